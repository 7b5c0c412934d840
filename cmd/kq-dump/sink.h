/*
 * sink.h - the end of the line: messages to text, JSON, bytes or numbers.
 *
 * A sink writes to a kq_out and does nothing else; the one list of formats is
 * dump_sink_new.  Sinks with state that survives a change of output (--split
 * opens many) are made once for each output.
 */
#ifndef KQ_DUMP_SINK_H
#define KQ_DUMP_SINK_H

#include "base/out.h"
#include "msg.h"
#include "opts.h"

struct dump_sink {
    void (*put)(struct dump_sink *s, struct dump_msg *m);
    void (*end)(struct dump_sink *s); /* NULL: nothing to add */
    void (*free)(struct dump_sink *s);
};

/* What a sink needs to know besides the options. */
struct dump_sink_env {
    const struct dump_opts *opts;
    struct kq_out *out;
    bool color;
    int columns; /* that a line of text may have, where `cut` says that it is cut */
    bool cut;    /* at a terminal, or by --width; what goes elsewhere is whole */
};

/* The sink for the format in the options; NULL with KQ_EUSAGE for bad --fields. */
struct dump_sink *dump_sink_new(const struct dump_sink_env *env, struct kq_err *err);

/* Does the format show nothing of the values, so that they need not be kept? */
bool dump_sink_skims(const struct dump_opts *o);

/* ---- the sinks ---- */

struct dump_sink *dump_text_new(const struct dump_sink_env *env, struct kq_err *err);
struct dump_sink *dump_json_new(const struct dump_sink_env *env);
struct dump_sink *dump_csv_new(const struct dump_sink_env *env, struct kq_err *err);
struct dump_sink *dump_tree_new(const struct dump_sink_env *env);
/* q, hex, ipc, payload, tplog and none. */
struct dump_sink *dump_bytes_new(const struct dump_sink_env *env);
/* A recording of the connections (-w). */
struct dump_sink *dump_wire_new(const struct dump_sink_env *env);

#endif
