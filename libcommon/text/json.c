/*
 * json.c - text is copied eight bytes at a time until a byte needs care.
 */
#include "text/json.h"

#include "base/num.h"
#include "base/utf8.h"

#include <math.h>
#include <string.h>

/* ---- strings ----------------------------------------------------------------- */

static inline bool is_plain(uint8_t c)
{
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* \u00xx */
static char *put_u00(char *d, uint8_t c)
{
    memcpy(d, "\\u00", 4);
    kq_fmt_hex(d + 4, &c, 1);
    return d + 6;
}

static char *put_ascii_escape(char *d, uint8_t c)
{
    static const char letters[256] = {
        ['"'] = '"',  ['\\'] = '\\', ['\b'] = 'b', ['\f'] = 'f',
        ['\n'] = 'n', ['\r'] = 'r',  ['\t'] = 't',
    };
    if (!letters[c])
        return put_u00(d, c);
    d[0] = '\\';
    d[1] = letters[c];
    return d + 2;
}

/* One character that is not plain: at most 6 bytes from up to 4. */
static char *put_special(char *d, const char **s, const char *end, bool latin1)
{
    uint8_t c = (uint8_t) * *s;
    uint32_t cp;
    size_t n = c < 0x80 || latin1 ? 0 : kq_utf8_decode(*s, (size_t)(end - *s), &cp);
    if (!n) {
        ++*s;
        return c < 0x80 ? put_ascii_escape(d, c) : put_u00(d, c);
    }
    memcpy(d, *s, n);
    *s += n;
    return d + n;
}

/* At most 6 bytes at `d` for each byte of the text. */
static char *put_escaped(char *d, const char *s, const char *end, bool latin1)
{
    while (s < end) {
        for (; end - s >= 8; s += 8, d += 8) {
            uint64_t w = kq_load8(s);
            if (kq_json_needs_care(w))
                break;
            kq_store8(d, w);
        }
        const char *stop = end - s > 8 ? s + 8 : end;
        while (s < stop && is_plain((uint8_t)*s))
            *d++ = *s++;
        if (s < stop)
            d = put_special(d, &s, end, latin1);
    }
    return d;
}

/* Long text goes piece by piece, cut where no UTF-8 sequence is cut. */
enum { PIECE = 4096 };

static const char *piece_end(const char *s, const char *end)
{
    if (end - s <= PIECE)
        return end;
    const char *cut = s + PIECE;
    for (int i = 0; i < 3 && ((uint8_t)*cut & 0xc0) == 0x80; i++)
        cut--;
    return cut;
}

size_t kq_json_quote(struct kq_out *o, const char *s, size_t len, bool latin1)
{
    const char *end = s + len;
    size_t n = 2;
    kq_out_char(o, '"');
    while (s < end) {
        const char *cut = piece_end(s, end);
        char *d = kq_out_reserve(o, 6 * (size_t)(cut - s) + 8);
        size_t used = (size_t)(put_escaped(d, s, cut, latin1) - d);
        kq_out_advance(o, used);
        n += used;
        s = cut;
    }
    kq_out_char(o, '"');
    return n;
}

/* ---- the writer ------------------------------------------------------------------ */

static void open_with(struct kq_json *j, char c)
{
    kq_json_next(j);
    kq_out_char(j->o, c);
    j->comma = false;
}

static void close_with(struct kq_json *j, char c)
{
    kq_out_char(j->o, c);
    j->comma = true;
}

void kq_json_obj_begin(struct kq_json *j)
{
    open_with(j, '{');
}
void kq_json_obj_end(struct kq_json *j)
{
    close_with(j, '}');
}
void kq_json_arr_begin(struct kq_json *j)
{
    open_with(j, '[');
}
void kq_json_arr_end(struct kq_json *j)
{
    close_with(j, ']');
}

void kq_json_key_plain(struct kq_json *j, const char *name, size_t len)
{
    char *d = kq_out_reserve(j->o, len + 4);
    *d = ',';
    d += j->comma;
    *d++ = '"';
    memcpy(d, name, len);
    memcpy(d + len, "\":", 2);
    kq_out_advance(j->o, len + 3 + j->comma);
    j->comma = false;
}

void kq_json_str(struct kq_json *j, const char *s, size_t len)
{
    kq_json_next(j);
    kq_json_quote(j->o, s, len, false);
}

void kq_json_strz(struct kq_json *j, const char *s)
{
    if (s)
        kq_json_str(j, s, strlen(s));
    else
        kq_json_null(j);
}

void kq_json_i64(struct kq_json *j, int64_t v)
{
    kq_json_next(j);
    kq_out_advance(j->o, kq_fmt_i64(kq_out_reserve(j->o, KQ_NUM_MAX), v));
}

void kq_json_u64(struct kq_json *j, uint64_t v)
{
    kq_json_next(j);
    kq_out_advance(j->o, kq_fmt_u64(kq_out_reserve(j->o, KQ_NUM_MAX), v));
}

void kq_json_f64(struct kq_json *j, double v)
{
    if (!isfinite(v)) {
        kq_json_null(j);
        return;
    }
    kq_json_next(j);
    kq_out_advance(j->o, kq_fmt_f64_short(kq_out_reserve(j->o, KQ_NUM_MAX), v));
}

void kq_json_bool(struct kq_json *j, bool v)
{
    kq_json_next(j);
    kq_out_puts(j->o, v ? "true" : "false");
}

void kq_json_null(struct kq_json *j)
{
    kq_json_next(j);
    kq_out_write(j->o, "null", 4);
}

void kq_json_raw(struct kq_json *j, const char *text, size_t len)
{
    kq_json_next(j);
    kq_out_write(j->o, text, len);
}

void kq_json_key_str(struct kq_json *j, const char *name, struct kq_str s)
{
    kq_json_key(j, name);
    if (s.s)
        kq_json_str(j, s.s, s.len);
    else
        kq_json_null(j);
}

void kq_json_key_i64(struct kq_json *j, const char *name, int64_t v)
{
    kq_json_key(j, name);
    kq_json_i64(j, v);
}
