/*
 * json.h - a streaming JSON writer.
 *
 * The writer keeps only what it needs to place commas; the caller is trusted
 * to nest calls properly.  Everything goes straight to a kq_out.  kq-dump's
 * message objects, kq-listen's journal and error objects are written with it,
 * so strings are escaped in one place.
 *
 * Bytes that are not valid UTF-8 are written as if they were Latin-1: \u0080
 * to \u00ff.  int64 values are exact.
 */
#ifndef KQ_TEXT_JSON_H
#define KQ_TEXT_JSON_H

#include "base/digits.h"
#include "base/out.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct kq_json {
    struct kq_out *o;
    bool comma; /* a value stands in front of the next one */
};

static inline struct kq_json kq_json(struct kq_out *o)
{
    return (struct kq_json){o, false};
}

void kq_json_obj_begin(struct kq_json *j);
void kq_json_obj_end(struct kq_json *j);
void kq_json_arr_begin(struct kq_json *j);
void kq_json_arr_end(struct kq_json *j);

/* The name of the next value, one of our own: it needs no escapes. */
void kq_json_key_plain(struct kq_json *j, const char *name, size_t len);
static inline void kq_json_key(struct kq_json *j, const char *name)
{
    kq_json_key_plain(j, name, strlen(name));
}

void kq_json_str(struct kq_json *j, const char *s, size_t len);
void kq_json_strz(struct kq_json *j, const char *s); /* NULL: null */
void kq_json_i64(struct kq_json *j, int64_t v);
void kq_json_u64(struct kq_json *j, uint64_t v);
void kq_json_f64(struct kq_json *j, double v); /* shortest; not finite: null */
void kq_json_bool(struct kq_json *j, bool v);
void kq_json_null(struct kq_json *j);
/* Text that is JSON already. */
void kq_json_raw(struct kq_json *j, const char *text, size_t len);

/* Name and value in one call; text that is NULL is null. */
void kq_json_key_str(struct kq_json *j, const char *name, struct kq_str s);
void kq_json_key_i64(struct kq_json *j, const char *name, int64_t v);

/* A comma, if one is due; then the caller writes one value to j->o himself. */
static inline void kq_json_next(struct kq_json *j)
{
    if (j->comma)
        kq_out_char(j->o, ',');
    j->comma = true;
}

/* Is any of these eight bytes of text a control character, a quote, a backslash
 * or not ASCII, so that it cannot just be copied? */
static inline bool kq_json_needs_care(uint64_t w)
{
    uint64_t quote = (w ^ KQ_BYTES8('"')) - KQ_BYTES8(1);
    uint64_t back = (w ^ KQ_BYTES8('\\')) - KQ_BYTES8(1);
    uint64_t below = w - KQ_BYTES8(0x20);
    return ((w | below | quote | back) & KQ_BYTES8(0x80)) != 0;
}

/*
 * `len` bytes as a JSON string with its quotes, without any comma; returns the
 * bytes written.  latin1: every byte above 0x7f as \u00xx, UTF-8 or not.
 */
size_t kq_json_quote(struct kq_out *o, const char *s, size_t len, bool latin1);

#endif
