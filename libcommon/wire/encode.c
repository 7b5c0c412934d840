/*
 * encode.c - one function per kind of object, by storage class.
 *
 * Room is reserved for a whole vector at once, so the inner loops only copy.
 * Symbols are copied in words: interned text is padded to a multiple of 8
 * bytes (sym.h), and what a word writes too much the next symbol overwrites.
 */
#include "wire/encode.h"

#include "obj/dict.h"
#include "wire/cursor.h"
#include "wire/hello.h"
#include "wire/symscan.h"

struct enc {
    struct kq_buf *out;
    struct kq_err *err;
    bool big;
    int capability;
    int depth;
};

static bool encode_object(struct enc *e, const struct kq_obj *o);

/* ---- pieces ---- */

static void put_u32(struct enc *e, uint32_t v)
{
    uint8_t *p = kq_buf_reserve(e->out, 4);
    if (p) {
        kq_store_u32(p, v, e->big);
        kq_buf_advance(e->out, 4);
    }
}

static void put_u64(struct enc *e, uint64_t v)
{
    uint8_t *p = kq_buf_reserve(e->out, 8);
    if (p) {
        kq_store_u64(p, v, e->big);
        kq_buf_advance(e->out, 8);
    }
}

static void put_swapped(uint8_t *to, const uint8_t *from, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++, to += width, from += width) {
        for (size_t k = 0; k < width; k++)
            to[k] = from[width - 1 - k];
    }
}

/* Elements of a fixed width in the byte order of the message. */
static void put_elements(struct enc *e, int type, const void *data, size_t n)
{
    const struct kq_typeinfo *t = kq_typeinfo(type);
    size_t len = n * t->bytes;
    uint8_t *to = kq_buf_reserve(e->out, len);
    if (!to || !len)
        return;
    if (e->big && (t->class == KQ_CLASS_INT || t->class == KQ_CLASS_FLOAT))
        put_swapped(to, data, n, t->bytes);
    else
        memcpy(to, data, len);
    kq_buf_advance(e->out, len);
}

static void put_text(struct enc *e, const struct kq_obj *o)
{
    kq_buf_append(e->out, kq_sym_text(o), kq_sym_textlen(o) + 1);
}

/* What the peer's version of kdb+ does not know. */
static bool allowed(struct enc *e, int type)
{
    int t = type < 0 ? -type : type;
    if (t == KQ_GUID && e->capability < KQ_CAP_GUID)
        return kq_fail(e->err, KQ_EPROTO, "type: guid needs capability %d, the peer has %d",
                       KQ_CAP_GUID, e->capability);
    if ((t == KQ_TIMESTAMP || t == KQ_TIMESPAN) && e->capability < KQ_CAP_COMPRESS)
        return kq_fail(e->err, KQ_EPROTO, "type: %s needs capability %d, the peer has %d",
                       kq_typeinfo(t)->name, KQ_CAP_COMPRESS, e->capability);
    return true;
}

/* ---- atoms ---- */

static void put_float(struct enc *e, const struct kq_obj *o)
{
    float real = (float)o->u.f;
    if (o->type == -KQ_REAL)
        put_elements(e, KQ_REAL, &real, 1);
    else
        put_elements(e, o->type, &o->u.f, 1);
}

static void put_int(struct enc *e, const struct kq_obj *o)
{
    /* Both orders take the low bytes of a little-endian 64-bit number. */
    uint8_t bytes[8];
    kq_store_u64(bytes, (uint64_t)o->u.j, false);
    put_elements(e, o->type, bytes, 1);
}

static bool encode_atom(struct enc *e, const struct kq_obj *o)
{
    if (!allowed(e, o->type))
        return false;
    kq_buf_byte(e->out, (uint8_t)o->type);
    switch (kq_typeinfo(o->type)->class) {
    case KQ_CLASS_FLOAT: put_float(e, o); break;
    case KQ_CLASS_GUID: kq_buf_append(e->out, o->u.g, 16); break;
    case KQ_CLASS_SYM: put_text(e, o); break;
    default: put_int(e, o); break;
    }
    return true;
}

/* ---- vectors ---- */

static bool put_vector_head(struct enc *e, const struct kq_obj *o)
{
    /* Capability 5 stops just below 2^31 - 1, the ones before it at an int32. */
    int64_t most = e->capability >= KQ_CAP_MAX   ? INT64_MAX
                   : e->capability >= KQ_CAP_BIG ? INT32_MAX - 1
                                                 : INT32_MAX;
    if (o->n > most)
        return kq_fail(e->err, KQ_EPROTO, "limit: %lld items are too many for capability %d",
                       (long long)o->n, e->capability);
    bool wide = o->n > UINT32_MAX;
    kq_buf_byte(e->out, (uint8_t)o->type);
    kq_buf_byte(e->out, o->attr | (wide ? 0x80 : 0));
    if (wide)
        put_u64(e, (uint64_t)o->n);
    else
        put_u32(e, (uint32_t)o->n);
    return true;
}

static size_t syms_len(const char **syms, int64_t n)
{
    size_t len = (size_t)n;
    for (int64_t i = 0; i < n; i++)
        len += kq_sym_len(syms[i]);
    return len;
}

static uint8_t *copy_syms(uint8_t *to, const char **syms, int64_t n)
{
    for (int64_t i = 0; i < n; i++) {
        const char *s = syms[i];
        size_t len = kq_sym_len(s) + 1;
        memcpy(to, s, 8);
        for (size_t k = 8; __builtin_expect(k < len, 0); k += 8)
            memcpy(to + k, s + k, 8);
        to += len;
    }
    return to;
}

/* In batches, so that the lengths of a batch are still at hand when it is copied. */
static void put_syms(struct enc *e, const struct kq_obj *o)
{
    enum { BATCH = 4096 };
    for (int64_t at = 0; at < o->n; at += BATCH) {
        const char **syms = kq_syms(o) + at;
        int64_t n = o->n - at < BATCH ? o->n - at : BATCH;
        uint8_t *to = kq_buf_reserve(e->out, syms_len(syms, n) + 8);
        if (!to)
            return;
        kq_buf_advance(e->out, (size_t)(copy_syms(to, syms, n) - to));
    }
}

static void put_sym_view(struct enc *e, const struct kq_obj *o)
{
    const struct kq_rcbuf *owner = o->u.v.owner;
    const uint8_t *end = kq_skip_texts(o->u.v.data, owner->data + owner->len, (uint64_t)o->n);
    kq_buf_append(e->out, o->u.v.data, (size_t)(end - o->u.v.data));
}

static bool encode_vector(struct enc *e, const struct kq_obj *o)
{
    if (!allowed(e, o->type) || !put_vector_head(e, o))
        return false;
    if (o->type != KQ_SYMBOL)
        put_elements(e, o->type, kq_data(o), (size_t)o->n);
    else if (o->flags & KQ_OBJ_VIEW)
        put_sym_view(e, o);
    else
        put_syms(e, o);
    return true;
}

/* ---- containers ---- */

static bool encode_children(struct enc *e, const struct kq_obj *o)
{
    for (int64_t i = 0; i < o->n; i++) {
        if (!encode_object(e, kq_child(o, i)))
            return false;
    }
    return true;
}

static bool encode_table(struct enc *e, const struct kq_obj *o)
{
    kq_buf_byte(e->out, KQ_TABLE);
    kq_buf_byte(e->out, o->attr);
    kq_buf_byte(e->out, KQ_DICT);
    return encode_children(e, o);
}

/* The compiled form that the evaluator may have added stays here. */
static bool encode_lambda(struct enc *e, const struct kq_obj *o)
{
    kq_buf_byte(e->out, KQ_LAMBDA);
    put_text(e, kq_child(o, 0));
    return encode_object(e, kq_child(o, 1));
}

static bool encode_function(struct enc *e, const struct kq_obj *o)
{
    if (o->type == KQ_LAMBDA)
        return encode_lambda(e, o);
    kq_buf_byte(e->out, (uint8_t)o->type);
    if (o->type <= KQ_ITERATOR) {
        kq_buf_byte(e->out, o->code);
        return true;
    }
    if (o->type <= KQ_COMPOSITION)
        put_u32(e, (uint32_t)o->n);
    return encode_children(e, o);
}

static bool encode_error(struct enc *e, const struct kq_obj *o)
{
    if (e->depth > 1)
        return kq_fail(e->err, KQ_EPROTO, "type: an error cannot be sent inside another object");
    kq_buf_byte(e->out, 0x80);
    put_text(e, o);
    return true;
}

static bool encode_kind(struct enc *e, const struct kq_obj *o)
{
    int t = o->type;
    if (t == KQ_ERROR)
        return encode_error(e, o);
    if (t == KQ_LIST)
        return put_vector_head(e, o) && encode_children(e, o);
    if (t == KQ_TABLE)
        return encode_table(e, o);
    if (kq_is_dict(o)) {
        kq_buf_byte(e->out, (uint8_t)t);
        return encode_children(e, o);
    }
    if (t >= KQ_LAMBDA && t <= KQ_EACHLEFT)
        return encode_function(e, o);
    if (kq_typeinfo(t)->class == KQ_CLASS_NONE)
        return kq_fail(e->err, KQ_EPROTO, "type: objects of type %d cannot be sent", t);
    return t < 0 ? encode_atom(e, o) : encode_vector(e, o);
}

static bool encode_object(struct enc *e, const struct kq_obj *o)
{
    if (e->depth >= KQ_ENCODE_DEPTH)
        return kq_fail(e->err, KQ_EPROTO, "limit: objects are nested deeper than %d levels",
                       KQ_ENCODE_DEPTH);
    e->depth++;
    bool ok = encode_kind(e, o);
    e->depth--;
    return ok;
}

/* ---- entry points ---- */

static bool check_total(const struct enc *e, uint64_t total)
{
    uint64_t most = e->capability >= KQ_CAP_BIG ? KQ_TOTAL_MAX : INT32_MAX;
    if (total <= most)
        return true;
    return kq_fail(e->err, KQ_EPROTO, "limit: message of %llu bytes is too long for capability %d",
                   (unsigned long long)total, e->capability);
}

bool kq_encode(struct kq_buf *out, const struct kq_obj *o, const struct kq_encode_opts *opts,
               struct kq_err *err)
{
    struct enc e = {.out = out,
                    .err = err,
                    .big = opts && opts->big,
                    .capability = opts ? opts->capability : KQ_CAP_MAX};
    size_t start = out->len;
    bool ok = encode_object(&e, o);
    if (ok && out->failed)
        ok = kq_fail(err, KQ_EPROTO, "limit: object does not fit a buffer of %zu bytes", out->max);
    if (ok && check_total(&e, out->len - start + KQ_HEADER_LEN))
        return true;
    out->len = start;
    return false;
}

bool kq_encode_msg(struct kq_buf *out, enum kq_kind kind, const struct kq_obj *o,
                   const struct kq_encode_opts *opts, struct kq_err *err)
{
    size_t start = out->len;
    static const uint8_t blank[KQ_HEADER_LEN];
    kq_buf_append(out, blank, sizeof blank);
    if (!kq_encode(out, o, opts, err)) {
        out->len = start;
        return false;
    }
    struct kq_header head = {.big = opts && opts->big, .kind = kind, .total = out->len - start};
    kq_header_put(out->data + start, &head);
    return true;
}
