/*
 * msgjson.h - one IPC message as a JSON object, the same from every tool.
 *
 *      {"v":1,"n":0,"time":"2024-01-02T03:04:05.123456789Z","conn":1,
 *       "src":"a:p","dst":"b:p","kind":"sync","size":47,"zsize":null,
 *       "endian":"little","fn":null,"table":null,"query":"select ...",
 *       "value":...,"latency_us":123.4,"reply_to":null,"error":null}
 *
 * Fields are only ever added.  kq-dump prints captures so, kq-listen its log,
 * and kq-send --subscribe what the server publishes.
 */
#ifndef KQ_CLI_MSGJSON_H
#define KQ_CLI_MSGJSON_H

#include "base/out.h"
#include "base/str.h"
#include "obj/obj.h"
#include "text/jsonval.h"
#include "text/style.h"
#include "wire/header.h"

#include <stdbool.h>
#include <stdint.h>

/* A message as its readers see it.  Strings are borrowed; s NULL is null. */
struct kq_msgrec {
    uint64_t n;      /* number of the message, from 0 */
    int64_t time_ns; /* UTC, since 1970; 0: unknown */
    uint64_t conn;   /* number of the connection, from 1 */
    const char *src; /* "10.0.0.1:40123", or NULL */
    const char *dst;
    enum kq_kind kind;
    const char *kind_text; /* instead, for what is no IPC message: "text"; or NULL */
    uint64_t size;         /* of the plain message, header included */
    uint64_t zsize;        /* compressed, 0: it was plain */
    bool big;              /* big-endian */
    struct kq_str fn;      /* see kq_msgrec_call */
    struct kq_str table;
    struct kq_str query;        /* the text of a request that is one */
    const struct kq_obj *value; /* NULL: null */
    double latency_us;          /* of a reply; negative: null */
    int64_t reply_to;           /* number of the request, -1: null */
    struct kq_str error;        /* text of a q error */
};

/*
 * Fill fn, table and query from a request: (`upd;`trade;data) calls upd about
 * trade, a string is a query.  The slices point into `x`.
 */
void kq_msgrec_call(struct kq_msgrec *m, const struct kq_obj *x);

/* The object, without a newline. */
void kq_msgrec_json(struct kq_out *o, const struct kq_msgrec *m, enum kq_json_mode mode,
                    const struct kq_style *style);

#endif
