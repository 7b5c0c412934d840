/*
 * v_split.c - sv and vs: putting together and taking apart.
 *
 * The left side chooses among four families: text between separators, symbols
 * and file names (a null symbol), digits of a base (numbers), and the bytes or
 * bits of a value (0x0 and 0b).
 */
#include "q/arith.h"
#include "q/core.h"
#include "q/verb.h"

#include "base/buf.h"
#include <endian.h>

#define TEXT_MAX ((size_t)1 << 30)

/* ---- text ----------------------------------------------------------------------------- */

/* Bytes of a string or byte vector, or of an atom of the two. */
static bool bytes_of(const struct kq_obj *o, struct kq_str *text)
{
    if (q_text(o, text))
        return true;
    if (o->type == KQ_BYTE)
        *text = kq_str((const char *)kq_data(o), (size_t)o->n);
    else if (o->type == -KQ_BYTE)
        *text = kq_str((const char *)&o->u.j, 1); /* little-endian, as everywhere here */
    return o->type == KQ_BYTE || o->type == -KQ_BYTE;
}

static struct kq_obj *vector_of(struct q *q, int type, const void *bytes, size_t len)
{
    struct kq_obj *r = q_vec(q, type, (int64_t)len);
    if (r && len)
        memcpy(r->u.v.data, bytes, len);
    return r;
}

/* Append every item of y to the buffer, `sep` between them or (ends) after each. */
static bool put_items(struct q *q, struct kq_buf *b, struct kq_str sep, bool ends, struct kq_obj *y)
{
    int64_t n = kq_count(y);
    for (int64_t i = 0; i < n; i++) {
        struct kq_obj *item = q_item(q, y, i);
        struct kq_str text;
        if (!item || !bytes_of(item, &text))
            return q_drop(item, item ? q_fail(q, "type") : NULL);
        kq_buf_append(b, text.s, text.len);
        kq_unref(item);
        if (ends || i + 1 < n)
            kq_buf_append(b, sep.s, sep.len);
    }
    return true;
}

static struct kq_obj *join_texts(struct q *q, struct kq_str sep, bool ends, struct kq_obj *y,
                                 int type)
{
    struct kq_buf b;
    kq_buf_init(&b, TEXT_MAX);
    struct kq_obj *r = NULL;
    if (put_items(q, &b, sep, ends, y))
        r = b.failed ? q_fail(q, "wsfull") : vector_of(q, type, b.data, b.len);
    kq_buf_release(&b);
    return r;
}

static bool push_text(struct q *q, struct kq_obj **r, int type, const char *s, size_t len)
{
    struct kq_obj *piece = vector_of(q, type, s, len);
    if (!piece || !q_tick(q))
        return q_drop(piece, NULL);
    bool ok = kq_push(r, piece);
    kq_unref(piece);
    return ok || q_fail(q, "wsfull");
}

static struct kq_obj *split_text(struct q *q, struct kq_str sep, struct kq_str text, int type)
{
    if (!sep.len)
        return q_fail(q, "length");
    struct kq_obj *r = q_vec(q, KQ_LIST, 0);
    const char *from = text.s, *end = text.s + text.len;
    for (const char *at; r; from = at + sep.len) {
        at = memmem(from, (size_t)(end - from), sep.s, sep.len);
        if (!push_text(q, &r, type, from, (size_t)((at ? at : end) - from)))
            return q_drop(r, NULL);
        if (!at)
            break;
    }
    return r;
}

/* Lines; the last one need not have an end, and CR before it is dropped. */
static struct kq_obj *split_lines(struct q *q, struct kq_str text)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, 0);
    while (r && text.len) {
        struct kq_str line;
        kq_str_cut(text, '\n', &line, &text);
        if (line.len && line.s[line.len - 1] == '\r')
            line.len--;
        if (!push_text(q, &r, KQ_CHAR, line.s, line.len))
            return q_drop(r, NULL);
    }
    return r;
}

/* ---- symbols ------------------------------------------------------------------------------ */

/* `a`b joined by points; `:dir`file by a slash. */
static struct kq_obj *join_symbols(struct q *q, const struct kq_obj *y)
{
    struct kq_buf b;
    kq_buf_init(&b, TEXT_MAX);
    char sep = y->n && kq_syms(y)[0][0] == ':' ? '/' : '.';
    for (int64_t i = 0; i < y->n; i++) {
        if (i)
            kq_buf_byte(&b, (uint8_t)sep);
        kq_buf_append(&b, kq_syms(y)[i], kq_sym_len(kq_syms(y)[i]));
    }
    const char *sym = b.failed ? NULL : kq_sym((const char *)b.data, b.len);
    kq_buf_release(&b);
    return sym ? kq_atom_sym(sym) : q_fail(q, "wsfull");
}

static bool push_symbol(struct q *q, struct kq_obj **r, const char *s, size_t len)
{
    const char *sym = kq_sym(s, len);
    if (!sym || !kq_grow(r, 1))
        return q_fail(q, "wsfull");
    kq_syms(*r)[(*r)->n++] = sym;
    return true;
}

/* A name at its points; a file name into directory and file. */
static struct kq_obj *split_symbol(struct q *q, struct kq_str name)
{
    struct kq_obj *r = q_vec(q, KQ_SYMBOL, 0);
    bool ok = r, more = true;
    const char *slash = name.len && *name.s == ':' ? memrchr(name.s, '/', name.len) : NULL;
    if (slash) {
        struct kq_str file = {slash + 1, (size_t)(name.s + name.len - slash - 1)};
        ok = ok && push_symbol(q, &r, name.s, (size_t)(slash - name.s)) &&
             push_symbol(q, &r, file.s, file.len);
        return ok ? r : q_drop(r, NULL);
    }
    while (ok && more) {
        struct kq_str part;
        more = kq_str_cut(name, '.', &part, &name);
        ok = push_symbol(q, &r, part.s, part.len) && q_tick(q);
    }
    return ok ? r : q_drop(r, NULL);
}

/* ---- bytes and bits -------------------------------------------------------------------------- */

/* The value of a type from its big-endian bytes. */
static struct kq_obj *value_from(struct q *q, const uint8_t *p, int64_t n)
{
    uint16_t h;
    uint32_t i;
    uint64_t j;
    switch (n) {
    case 1: return kq_atom_int(KQ_BYTE, *p);
    case 2: memcpy(&h, p, 2); return kq_atom_int(KQ_SHORT, (int16_t)be16toh(h));
    case 4: memcpy(&i, p, 4); return kq_atom_int(KQ_INT, (int32_t)be32toh(i));
    case 8: memcpy(&j, p, 8); return kq_long((int64_t)be64toh(j));
    case 16: return kq_atom_guid(p);
    default: return q_fail(q, "length");
    }
}

/* The big-endian bytes of an atom; their number, 0 for what has none. */
static size_t value_bytes(const struct kq_obj *x, uint8_t p[16])
{
    const struct kq_typeinfo *t = kq_typeinfo(x->type);
    uint64_t bits = (uint64_t)x->u.j;
    if (x->type >= 0 || !t->bytes)
        return 0;
    if (t->class == KQ_CLASS_GUID) {
        memcpy(p, x->u.g, 16);
        return 16;
    }
    if (x->type == -KQ_REAL) {
        float f = (float)x->u.f;
        uint32_t half;
        memcpy(&half, &f, 4);
        bits = half;
    } else if (t->class == KQ_CLASS_FLOAT) {
        memcpy(&bits, &x->u.f, 8);
    }
    bits = htobe64(bits << (64 - 8 * t->bytes));
    memcpy(p, &bits, t->bytes);
    return t->bytes;
}

static struct kq_obj *join_bits(struct q *q, const struct kq_obj *y)
{
    uint8_t bytes[16] = {0};
    if (y->type != KQ_BOOLEAN)
        return q_fail(q, "type");
    if (!y->n || y->n > 128 || y->n % 8)
        return q_fail(q, "length");
    for (int64_t i = 0; i < y->n; i++)
        bytes[i / 8] |= (uint8_t)(kq_data(y)[i] << (7 - i % 8));
    return value_from(q, bytes, y->n / 8);
}

static struct kq_obj *split_bits(struct q *q, const struct kq_obj *y)
{
    uint8_t bytes[16];
    size_t n = value_bytes(y, bytes) * 8;
    struct kq_obj *r = n ? q_vec(q, KQ_BOOLEAN, (int64_t)n) : q_fail(q, "type");
    for (size_t i = 0; r && i < n; i++)
        r->u.v.data[i] = bytes[i / 8] >> (7 - i % 8) & 1;
    return r;
}

static struct kq_obj *split_bytes(struct q *q, const struct kq_obj *y)
{
    uint8_t bytes[16];
    size_t n = value_bytes(y, bytes);
    return n ? vector_of(q, KQ_BYTE, bytes, n) : q_fail(q, "type");
}

/* ---- bases -------------------------------------------------------------------------------------- */

static bool is_base(const struct kq_obj *x)
{
    int t = x->type < 0 ? -x->type : x->type;
    return t >= KQ_SHORT && t <= KQ_FLOAT;
}

/* Horner's rule; the items of y may be vectors. */
static struct kq_obj *join_digits(struct q *q, struct kq_obj *x, struct kq_obj *y)
{
    int64_t n = kq_count(y);
    if (x->type > 0 && x->n != n)
        return q_fail(q, "length");
    if (!n)
        return kq_long(0);
    struct kq_obj *r = q_item(q, y, 0);
    for (int64_t i = 1; r && i < n; i++) {
        struct kq_obj *base = q_item(q, x, i), *digit = q_item(q, y, i);
        struct kq_obj *scaled = base && digit ? q_multiply(q, r, base) : NULL;
        kq_unref(r);
        r = scaled ? q_add(q, scaled, digit) : NULL;
        kq_unref(scaled);
        kq_unref(base);
        kq_unref(digit);
    }
    return r;
}

/* The next digit of *v, which loses it; a null stays null, base 0 takes all.  The digit has the
 * sign of the base. */
static int64_t take_digit(int64_t *v, int64_t base)
{
    if (*v == INT64_MIN || !base)
        return *v;
    int64_t digit = *v % base, rest = *v / base;
    bool below = digit && (digit < 0) != (base < 0);
    *v = rest - below;
    return below ? digit + base : digit;
}

/* Digits that the largest of n numbers needs. */
static int digits_needed(const int64_t *v, int64_t n, int64_t base)
{
    uint64_t most = 0;
    int digits = 1;
    for (int64_t i = 0; i < n; i++) {
        uint64_t size = v[i] == INT64_MIN ? 0 : v[i] < 0 ? (uint64_t)-v[i] : (uint64_t)v[i];
        most = size > most ? size : most;
    }
    while (most /= (uint64_t)base)
        digits++;
    return digits;
}

/* One number: a vector of digits.  Several: a vector for each place. */
static struct kq_obj *digits_of(struct q *q, int64_t *v, const struct kq_obj *y,
                                const struct kq_obj *x, int places)
{
    bool one = y->type < 0;
    struct kq_obj *r = q_vec(q, one ? KQ_LONG : KQ_LIST, places);
    for (int p = places; r && p-- > 0;) {
        int64_t base = kq_int_at(x, p);
        if (one) {
            kq_longs(r)[p] = take_digit(v, base);
            continue;
        }
        struct kq_obj *row = q_vec(q, KQ_LONG, y->n);
        if (!row)
            return q_drop(r, NULL);
        for (int64_t i = 0; i < y->n; i++)
            kq_longs(row)[i] = take_digit(v + i, base);
        kq_items(r)[p] = row;
    }
    return r;
}

static bool is_whole(int type)
{
    int t = type < 0 ? -type : type;
    return t == KQ_BOOLEAN || (t >= KQ_BYTE && t <= KQ_LONG) ||
           (kq_type_is_temporal(t) && t != KQ_DATETIME);
}

static struct kq_obj *split_digits(struct q *q, const struct kq_obj *x, struct kq_obj *y)
{
    if (!is_whole(x->type) || !is_whole(y->type))
        return q_fail(q, "type");
    if (x->type < 0 && x->u.j < 2)
        return q_fail(q, "domain");
    if (x->type > 0 && x->n > INT32_MAX)
        return q_fail(q, "limit");
    int64_t n = y->type < 0 ? 1 : y->n;
    struct kq_obj *work = q_vec(q, KQ_LONG, n);
    if (!work)
        return NULL;
    for (int64_t i = 0; i < n; i++)
        kq_longs(work)[i] = kq_is_null_at(y, i) ? INT64_MIN : kq_int_at(y, i);
    int places = x->type < 0 ? digits_needed(kq_longs(work), n, x->u.j) : (int)x->n;
    return q_drop(work, digits_of(q, kq_longs(work), y, x, places));
}

/* ---- verbs ------------------------------------------------------------------------------------------ */

static struct kq_obj *v_sv(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = a[1];
    struct kq_str sep;
    if (!kq_type_is_list(y->type))
        return q_fail(q, "type");
    if (x->type == -KQ_BOOLEAN)
        return join_bits(q, y);
    if (x->type == -KQ_BYTE && !x->u.j && y->type == KQ_BYTE)
        return value_from(q, kq_data(y), y->n == 1 ? 0 : y->n);
    if (is_base(x))
        return join_digits(q, x, y);
    if (bytes_of(x, &sep))
        return join_texts(q, sep, false, y, q_text(x, &sep) ? KQ_CHAR : KQ_BYTE);
    if (x->type != -KQ_SYMBOL || *kq_sym_text(x))
        return q_fail(q, "type");
    return y->type == KQ_SYMBOL ? join_symbols(q, y)
                                : join_texts(q, kq_strz("\n"), true, y, KQ_CHAR);
}

static struct kq_obj *v_vs(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0], *y = a[1];
    struct kq_str sep, text;
    if (x->type == -KQ_BOOLEAN)
        return split_bits(q, y);
    if (x->type == -KQ_BYTE && !x->u.j && y->type < 0)
        return split_bytes(q, y);
    if (is_base(x))
        return split_digits(q, x, y);
    if (bytes_of(x, &sep)) {
        if (!bytes_of(y, &text))
            return q_fail(q, "type");
        return split_text(q, sep, text, q_text(x, &sep) ? KQ_CHAR : KQ_BYTE);
    }
    if (x->type != -KQ_SYMBOL || *kq_sym_text(x))
        return q_fail(q, "type");
    if (y->type == -KQ_SYMBOL)
        return split_symbol(q, kq_strz(kq_sym_text(y)));
    return bytes_of(y, &text) ? split_lines(q, text) : q_fail(q, "type");
}

const struct q_verb q_verbs_split[] = {
    {"sv", 2, 2, v_sv},
    {"vs", 2, 2, v_vs},
    {NULL, 0, 0, NULL},
};
