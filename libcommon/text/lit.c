/*
 * lit.c - a run of numbers is scanned twice: once to find its tokens and the
 * one type that fits all of them, once to convert.  A token's own type shows
 * in its suffix or its shape; integers and 0N 0W without suffix are weak and
 * take the type of their neighbours.
 */
#include "text/lit.h"

#include "base/cal.h"
#include "base/num.h"
#include "obj/list.h"
#include "obj/null.h"
#include "text/tok.h"

#include <math.h>

/* One number of a run. */
struct token {
    const char *s; /* with the sign */
    size_t len;    /* with the suffix */
    size_t body;   /* without the suffix */
    int type;      /* by suffix or shape */
    bool weak;     /* untyped: takes the type of its neighbours */
    bool suffixed;
    char special; /* 'N' null, 'W' infinity, 0 */
};

static bool is_alpha(char c)
{
    return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_alnum(char c)
{
    return kq_is_digit(c) || is_alpha(c);
}

static bool digit_at(const char *s, size_t len, size_t i)
{
    return i < len && kq_is_digit(s[i]);
}

static bool is_file_primitive(const char *s, size_t len)
{
    return len > 1 && s[0] >= '0' && s[0] <= '2' && s[1] == ':' &&
           !(digit_at(s, len, 2) && digit_at(s, len, 3));
}

bool kq_lit_is_number(const char *s, size_t len)
{
    size_t i = len && s[0] == '-';
    i += i < len && s[i] == '.';
    return digit_at(s, len, i) && !is_file_primitive(s, len);
}

/* ---- tokens -------------------------------------------------------------- */

static bool is_hex_token(const char *s, size_t len)
{
    return len > 1 && s[0] == '0' && s[1] == 'x';
}

/* Digits, letters, points; a colon before a digit; a sign after the e of an exponent. */
static size_t token_len(const char *s, size_t len)
{
    size_t i = len && s[0] == '-';
    bool decimal = true; /* digits and points only so far */
    for (; i < len; i++) {
        char c = s[i];
        bool sign = c == '-' || c == '+';
        if (sign && !(decimal && i > 1 && (s[i - 1] | 0x20) == 'e' && digit_at(s, len, i + 1)))
            break;
        if (!sign && !is_alnum(c) && c != '.' && !(c == ':' && digit_at(s, len, i + 1)))
            break;
        if (!kq_is_digit(c) && c != '.' && c != 'e' && c != 'E')
            decimal = false;
    }
    return i;
}

static int suffix_type(char c)
{
    return c && strchr("hijefpmdznuvtg", c) ? kq_type_of_char(c) : -1;
}

/* 0N 0W 0n 0w, after the sign; the caller has cut the suffix, if any. */
static char special_of(const char *s, size_t len)
{
    if (len != 2 || s[0] != '0')
        return 0;
    switch (s[1]) {
    case 'N':
    case 'n': return 'N';
    case 'W':
    case 'w': return 'W';
    default: return 0;
    }
}

static int clock_type(const char *s, size_t len)
{
    const char *dot = memchr(s, '.', len);
    if (dot)
        return (size_t)(s + len - dot) > 4 ? KQ_TIMESPAN : KQ_TIME;
    const char *colon = memchr(s, ':', len);
    return memchr(colon + 1, ':', (size_t)(s + len - colon - 1)) ? KQ_SECOND : KQ_MINUTE;
}

/* The type that the shape of an unsuffixed token shows. */
static int shape_type(const char *s, size_t len)
{
    const char *dot = memchr(s, '.', len);
    const char *second = dot ? memchr(dot + 1, '.', (size_t)(s + len - dot - 1)) : NULL;
    if (memchr(s, 'D', len))
        return second && second < (const char *)memchr(s, 'D', len) ? KQ_TIMESTAMP : KQ_TIMESPAN;
    if (memchr(s, 'T', len))
        return KQ_DATETIME;
    if (memchr(s, ':', len))
        return clock_type(s, len);
    if (second)
        return KQ_DATE;
    return dot || memchr(s, 'e', len) || memchr(s, 'E', len) ? KQ_FLOAT : KQ_LONG;
}

static struct token classify(const char *s, size_t len)
{
    struct token t = {.s = s, .len = len, .body = len};
    size_t sign = s[0] == '-';
    const char *b = s + sign;
    size_t n = len - sign;

    t.special = special_of(b, n);
    if (t.special) { /* 0n and 0w are floats, not suffixed zeros */
        bool is_float = b[1] == 'n' || b[1] == 'w';
        t.type = is_float ? KQ_FLOAT : KQ_LONG;
        t.weak = !is_float;
        return t;
    }
    int type = n > 1 ? suffix_type(b[n - 1]) : -1;
    if (type >= 0) {
        t.body--;
        t.type = type;
        t.suffixed = true;
        t.special = special_of(b, n - 1);
        return t;
    }
    t.type = shape_type(b, n);
    t.weak = t.type == KQ_LONG;
    return t;
}

/* ---- the type of a run ---------------------------------------------------- */

static bool is_clock(int type)
{
    return type >= KQ_TIMESPAN && type <= KQ_TIME;
}

/* 12:00 12:00:01 is of the finer type: minute, second, time, timespan. */
static int finer_clock(int a, int b)
{
    if (a == KQ_TIMESPAN || b == KQ_TIMESPAN)
        return KQ_TIMESPAN;
    return a > b ? a : b;
}

static bool is_number_type(int type)
{
    return type >= KQ_SHORT && type <= KQ_FLOAT;
}

/* The type that holds both, or -1. */
static int join_types(int a, int b)
{
    if (a == b)
        return a;
    if (is_number_type(a) && is_number_type(b))
        return a > b ? a : b;
    if ((a == KQ_FLOAT && b == KQ_DATETIME) || (a == KQ_DATETIME && b == KQ_FLOAT))
        return KQ_DATETIME; /* 0n and 0w, see token_value */
    if (is_clock(a) && is_clock(b))
        return finer_clock(a, b);
    if (a == KQ_DATE && (b == KQ_TIMESTAMP || b == KQ_DATETIME))
        return b;
    if (b == KQ_DATE && (a == KQ_TIMESTAMP || a == KQ_DATETIME))
        return a;
    return -1;
}

struct run {
    size_t used;   /* bytes */
    int64_t n;     /* tokens */
    int type;      /* of all, -1: they do not go together */
    bool weak;     /* only weak tokens so far */
    bool suffixed; /* the last token's suffix decided the type */
};

static size_t skip_blanks(const char *s, size_t len, size_t i)
{
    while (i < len && kq_lit_is_blank(s[i]))
        i++;
    return i;
}

static bool only_bits(const char *s, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if (s[i] != '0' && s[i] != '1')
            return false;
    return len > 0;
}

static bool is_bool_token(const char *s, size_t len)
{
    return len && s[len - 1] == 'b' && only_bits(s, len - 1);
}

/* Where the next number of the run starts, 0 when the run ends at `end`. */
static size_t next_token(const char *s, size_t len, size_t end)
{
    size_t i = skip_blanks(s, len, end);
    if (i == end || !kq_lit_is_number(s + i, len - i) || is_hex_token(s + i, len - i))
        return 0;
    return is_bool_token(s + i, token_len(s + i, len - i)) ? 0 : i;
}

static void run_add(struct run *r, const struct token *t)
{
    if (t->suffixed)
        r->type = t->type;
    else if (!t->weak)
        r->type = r->weak ? t->type : r->type < 0 ? -1 : join_types(r->type, t->type);
    r->weak = r->weak && t->weak && !t->suffixed;
    r->suffixed = t->suffixed;
    r->n++;
}

static struct run measure(const char *s, size_t len)
{
    struct run r = {.type = KQ_LONG, .weak = true};
    size_t at = 0;
    do {
        size_t n = token_len(s + at, len - at);
        struct token t = classify(s + at, n);
        run_add(&r, &t);
        r.used = at + n;
        at = next_token(s, len, r.used);
    } while (at);
    return r;
}

/* ---- conversion ----------------------------------------------------------- */

static bool int_value(const struct token *t, int type, int64_t *v)
{
    if (!kq_parse_i64(t->s, t->body, v))
        return false;
    int bits = 8 * kq_typeinfo(type)->bytes;
    return bits == 64 || (*v >= -(INT64_C(1) << (bits - 1)) && *v < INT64_C(1) << (bits - 1));
}

/* A bare integer with a temporal suffix: 0p 0n 5d count units; 12t is a clock. */
static bool count_value(const struct token *t, int type, union kq_tokval *v)
{
    bool clock = is_clock(type) && type != KQ_TIMESPAN && t->body > 1;
    bool date = type == KQ_DATE && t->body == 8;
    return clock || date ? kq_tok(type, t->s, t->body, v) : int_value(t, type, &v->j);
}

static bool special_value(const struct token *t, int type, union kq_tokval *v)
{
    bool minus = t->s[0] == '-';
    bool is_float = kq_typeinfo(type)->class == KQ_CLASS_FLOAT;
    if (t->special == 'N') {
        if (is_float)
            v->f = (double)NAN;
        else
            v->j = kq_int_null(type);
        return !minus;
    }
    if (is_float)
        v->f = minus ? -(double)INFINITY : (double)INFINITY;
    else
        v->j = minus ? -kq_int_inf(type) : kq_int_inf(type);
    return true;
}

/* One token as `type`; false when it is none. */
static bool token_value(const struct token *t, int type, bool forced, union kq_tokval *v)
{
    if (t->special)
        return special_value(t, type, v);
    if (t->suffixed && t->type != type)
        return false;
    int shape = shape_type(t->s, t->body);
    if (type == KQ_DATETIME && shape <= KQ_FLOAT && !forced)
        return false;
    if (kq_typeinfo(type)->class == KQ_CLASS_FLOAT && shape <= KQ_FLOAT)
        return kq_parse_f64(t->s, t->body, &v->f);
    if (type <= KQ_LONG)
        return int_value(t, type, &v->j);
    if (shape == KQ_LONG)
        return forced && count_value(t, type, v);
    if (shape == KQ_FLOAT && type != KQ_MONTH)
        return false;
    return kq_tok(type, t->s, t->body, v);
}

static void store(struct kq_obj *vec, int64_t i, int type, union kq_tokval v)
{
    switch (type) {
    case KQ_REAL: kq_reals(vec)[i] = (float)v.f; break;
    case KQ_FLOAT:
    case KQ_DATETIME: kq_floats(vec)[i] = v.f; break;
    default:
        if (kq_typeinfo(type)->bytes == 8)
            kq_longs(vec)[i] = v.j;
        else if (kq_typeinfo(type)->bytes == 4)
            kq_ints(vec)[i] = (int32_t)v.j;
        else
            kq_shorts(vec)[i] = (int16_t)v.j;
    }
}

static struct kq_obj *bad_token(const char *s, size_t len, struct kq_err *err)
{
    return kq_fail_ptr(err, KQ_EUSAGE, "bad literal '%.*s'", len > 60 ? 60 : (int)len, s);
}

static struct kq_obj *atom(int type, union kq_tokval v)
{
    if (kq_typeinfo(type)->class == KQ_CLASS_FLOAT)
        return kq_atom_float(type, type == KQ_REAL ? (double)(float)v.f : v.f);
    return kq_atom_int(type, v.j);
}

static struct kq_obj *convert_one(const char *s, const struct run *r, struct kq_err *err)
{
    struct token t = classify(s, r->used);
    union kq_tokval v;
    if (!token_value(&t, r->type, r->suffixed, &v))
        return bad_token(s, r->used, err);
    return atom(r->type, v);
}

static struct kq_obj *convert(const char *s, size_t len, const struct run *r, size_t *bad,
                              struct kq_err *err)
{
    struct kq_obj *vec = kq_vec_new(r->type, r->n);
    if (!vec)
        return kq_fail_ptr(err, KQ_EIO, "not enough memory for %lld numbers", (long long)r->n);
    size_t at = 0;
    for (int64_t i = 0; i < r->n; i++) {
        size_t n = token_len(s + at, len - at);
        struct token t = classify(s + at, n);
        union kq_tokval v;
        if (!token_value(&t, r->type, r->suffixed, &v)) {
            kq_unref(vec);
            *bad = at;
            return bad_token(s + at, n, err);
        }
        store(vec, i, r->type, v);
        at = next_token(s, len, at + n);
    }
    return vec;
}

/* ---- booleans, bytes, guids ----------------------------------------------- */

/* Bytes of 0101b, or of 0 1 0 1b, up to the b; 0 for anything else. */
static size_t bool_run_len(const char *s, size_t len)
{
    size_t at = 0, n;
    while (!is_bool_token(s + at, n = token_len(s + at, len - at))) {
        size_t next = skip_blanks(s, len, at + n);
        if (!only_bits(s + at, n) || next == at + n || next == len)
            return 0;
        at = next;
    }
    return at + n - 1;
}

static struct kq_obj *bool_literal(const char *s, size_t len)
{
    if (len == 1)
        return kq_bool(s[0] == '1');
    struct kq_obj *v = kq_vec_new(KQ_BOOLEAN, (int64_t)len);
    int64_t n = 0;
    for (size_t i = 0; v && i < len; i++)
        if (!kq_lit_is_blank(s[i]))
            v->u.v.data[n++] = s[i] == '1';
    if (v)
        v->n = n;
    return v;
}

/* An odd number of digits has a zero in front. */
static struct kq_obj *byte_literal(const char *s, size_t n)
{
    if (n == 1 || n == 2) {
        int hi = n == 2 ? kq_hex_value(s[0]) : 0, lo = kq_hex_value(s[n - 1]);
        return hi < 0 || lo < 0 ? NULL : kq_atom_int(KQ_BYTE, hi << 4 | lo);
    }
    struct kq_obj *v = kq_vec_new(KQ_BYTE, (int64_t)((n + 1) / 2));
    size_t odd = n & 1;
    if (v && odd)
        v->u.v.data[0] = (uint8_t)kq_hex_value(s[0]);
    if (v &&
        ((odd && kq_hex_value(s[0]) < 0) || !kq_parse_hex(s + odd, n - odd, v->u.v.data + odd))) {
        kq_unref(v);
        v = NULL;
    }
    return v;
}

/* The 32 digits of a printed guid without dashes; false when it is none. */
static bool guid_digits(const char *s, char digits[32])
{
    size_t n = 0;
    for (size_t i = 0; i < 36; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? s[i] != '-' : kq_hex_value(s[i]) < 0)
            return false;
        if (!dash)
            digits[n++] = s[i];
    }
    return true;
}

bool kq_lit_is_guid(const char *s, size_t len)
{
    char digits[32];
    return len >= 36 && guid_digits(s, digits) && (len == 36 || !is_alnum(s[36]));
}

static bool guid_null_at(const char *s, size_t len)
{
    return len >= 3 && memcmp(s, "0Ng", 3) == 0 && (len == 3 || !is_alnum(s[3]));
}

/* Bytes of the guid that starts at `s`, 0 for none. */
static size_t guid_len(const char *s, size_t len)
{
    return kq_lit_is_guid(s, len) ? 36 : guid_null_at(s, len) ? 3 : 0;
}

static void guid_value(const char *s, size_t n, uint8_t g[16])
{
    char digits[32];
    memset(g, 0, 16);
    if (n == 36 && guid_digits(s, digits))
        kq_parse_hex(digits, 32, g);
}

struct kq_obj *kq_lit_guid(const char *s, size_t len, size_t *used, struct kq_err *err)
{
    int64_t count = 0;
    for (size_t at = 0, n; at < len && (n = guid_len(s + at, len - at)) > 0; count++) {
        *used = at + n;
        at = skip_blanks(s, len, *used);
        if (at == *used)
            at = len;
    }
    uint8_t g[16];
    if (count == 1) {
        guid_value(s, *used, g);
        return kq_atom_guid(g);
    }
    struct kq_obj *v = kq_vec_new(KQ_GUID, count);
    if (!v)
        return kq_fail_ptr(err, KQ_EIO, "not enough memory for %lld guids", (long long)count);
    size_t at = 0;
    for (int64_t i = 0; i < count; i++) {
        size_t n = guid_len(s + at, len - at);
        guid_value(s + at, n, v->u.v.data + 16 * i);
        at = skip_blanks(s, len, at + n);
    }
    return v;
}

struct kq_obj *kq_lit_number(const char *s, size_t len, size_t *used, struct kq_err *err)
{
    *used = 0;
    size_t first = token_len(s, len), bools = bool_run_len(s, len);
    if (bools) {
        *used = bools + 1;
        struct kq_obj *o = bool_literal(s, bools);
        return o ? o : kq_fail_ptr(err, KQ_EIO, "not enough memory for %zu booleans", bools);
    }
    if (is_hex_token(s, first)) {
        struct kq_obj *o = byte_literal(s + 2, first - 2);
        *used = o ? first : 0;
        return o ? o : bad_token(s, first, err);
    }
    if (guid_null_at(s, len))
        return kq_lit_guid(s, len, used, err);
    struct run r = measure(s, len);
    if (r.type < 0 || r.type == KQ_GUID)
        return kq_fail_ptr(err, KQ_EUSAGE, "'%.*s' mixes types", r.used > 60 ? 60 : (int)r.used, s);
    size_t bad = 0;
    struct kq_obj *o = r.n == 1 ? convert_one(s, &r, err) : convert(s, len, &r, &bad, err);
    *used = o ? r.used : bad;
    return o;
}

/* ---- strings --------------------------------------------------------------- */

static bool is_octal(char c)
{
    return c >= '0' && c <= '7';
}

/* The byte that the escape after a backslash means, *n its length; -1: none. */
static int escape(const char *s, size_t len, size_t *n)
{
    *n = 1;
    if (!len)
        return -1;
    switch (s[0]) {
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case '"':
    case '\\': return (unsigned char)s[0];
    default: break;
    }
    if (len < 3 || s[0] > '3' || !is_octal(s[0]) || !is_octal(s[1]) || !is_octal(s[2]))
        return -1;
    *n = 3;
    return (s[0] - '0') << 6 | (s[1] - '0') << 3 | (s[2] - '0');
}

/* Offset of the closing quote, `len` when there is none. */
static size_t string_end(const char *s, size_t len)
{
    size_t i = 1;
    while (i < len && s[i] != '"')
        i += s[i] == '\\' ? 2 : 1;
    return i < len ? i : len;
}

struct kq_obj *kq_lit_string(const char *s, size_t len, size_t *used, struct kq_err *err)
{
    *used = 0;
    size_t end = string_end(s, len);
    if (end >= len)
        return kq_fail_ptr(err, KQ_EUSAGE, "string without closing quote");
    struct kq_obj *v = kq_vec_new(KQ_CHAR, (int64_t)end - 1);
    if (!v)
        return kq_fail_ptr(err, KQ_EIO, "not enough memory for a string of %zu bytes", end - 1);
    int64_t n = 0;
    for (size_t i = 1; i < end; i++) {
        int c = (unsigned char)s[i];
        if (c == '\\') {
            size_t width;
            c = escape(s + i + 1, end - i - 1, &width);
            if (c < 0) {
                kq_unref(v);
                *used = i;
                return kq_fail_ptr(err, KQ_EUSAGE, "bad escape '\\%.1s' in string", s + i + 1);
            }
            i += width;
        }
        v->u.v.data[n++] = (uint8_t)c;
    }
    v->n = n;
    *used = end + 1;
    if (n != 1)
        return v;
    struct kq_obj *atom_c = kq_atom_int(KQ_CHAR, v->u.v.data[0]);
    kq_unref(v);
    return atom_c;
}

/* ---- symbols and names ------------------------------------------------------ */

static bool is_symbol_char(char c)
{
    return is_alnum(c) || c == '.' || c == '_' || c == ':' || (unsigned char)c >= 0x80;
}

/* Bytes of the symbol text right after a backquote. */
static size_t symbol_len(const char *s, size_t len)
{
    size_t i = 0;
    bool handle = false; /* a colon has been seen: paths follow */
    while (i < len && (is_symbol_char(s[i]) || (handle && strchr("/-~@%+", s[i]) && s[i]))) {
        handle = handle || s[i] == ':';
        i++;
    }
    return i;
}

struct kq_obj *kq_lit_symbol(const char *s, size_t len, size_t *used, struct kq_err *err)
{
    int64_t n = 0;
    size_t at = 0;
    for (; at < len && s[at] == '`'; n++)
        at += 1 + symbol_len(s + at + 1, len - at - 1);
    struct kq_obj *v = n == 1 ? NULL : kq_vec_new(KQ_SYMBOL, n);
    const char *sym = kq_sym_null;
    *used = at;
    at = 0;
    for (int64_t i = 0; i < n && (v || n == 1) && sym; i++) {
        size_t width = symbol_len(s + at + 1, len - at - 1);
        sym = kq_sym(s + at + 1, width);
        at += 1 + width;
        if (v)
            kq_syms(v)[i] = sym ? sym : kq_sym_null;
    }
    if (!sym || (!v && n != 1)) {
        kq_unref(v);
        *used = 0;
        return kq_fail_ptr(err, KQ_EIO, "no room for %lld symbols", (long long)n);
    }
    return v ? v : kq_atom_sym(sym);
}

size_t kq_lit_name_len(const char *s, size_t len)
{
    size_t i = len && s[0] == '.';
    if (i >= len || !is_alpha(s[i]))
        return 0;
    while (i < len &&
           (is_alnum(s[i]) || s[i] == '_' || (s[i] == '.' && i + 1 < len && is_alpha(s[i + 1]))))
        i++;
    return i;
}
