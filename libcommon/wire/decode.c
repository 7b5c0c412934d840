/*
 * decode.c - items become objects, children by bounded recursion.
 *
 * The cursor's sticky failure is the only error state: a function that finds
 * something wrong records it there and returns NULL, and everything built so
 * far is dropped on the way out.
 */
#include "wire/decode.h"

#include "obj/dict.h"
#include "wire/compress.h"
#include "wire/item.h"

struct dec {
    struct kq_cursor c;
    struct kq_rcbuf *frame;
    bool views;
    int depth, max_depth;
};

static struct kq_obj *decode_object(struct dec *d);

static void *fail(struct dec *d, const struct kq_item *it, const char *what)
{
    kq_cur_fail_at(&d->c, it->at, what);
    return NULL;
}

static const uint8_t *data_of(const struct dec *d, const struct kq_item *it)
{
    return d->c.base + it->data;
}

/* ---- atoms ---- */

static int64_t load_int(const uint8_t *p, size_t width, bool big)
{
    switch (width) {
    case 2: return (int16_t)kq_load_u16(p, big);
    case 4: return (int32_t)kq_load_u32(p, big);
    default: return (int64_t)kq_load_u64(p, big);
    }
}

static double load_float(const uint8_t *p, size_t width, bool big)
{
    struct kq_cursor c = kq_cur(p, width, big);
    return width == 4 ? (double)kq_cur_f32(&c) : kq_cur_f64(&c);
}

static struct kq_obj *decode_text(struct dec *d, const struct kq_item *it)
{
    const char *text = (const char *)data_of(d, it);
    if (it->type == KQ_ERROR && d->depth > 1)
        return fail(d, it, "error inside another object");
    if (d->views && it->len)
        return kq_atom_sym_view(it->type, text, d->frame);
    const char *sym = kq_sym(text, it->len);
    if (!sym)
        return fail(d, it, "symbol table is full");
    return it->type == KQ_ERROR ? kq_error(text, it->len) : kq_atom_sym(sym);
}

static struct kq_obj *decode_atom(struct dec *d, const struct kq_item *it)
{
    const struct kq_typeinfo *t = kq_typeinfo(it->type);
    const uint8_t *p = data_of(d, it);
    switch (t->class) {
    case KQ_CLASS_BYTE: return kq_atom_int(-it->type, *p);
    case KQ_CLASS_INT: return kq_atom_int(-it->type, load_int(p, t->bytes, d->c.big));
    case KQ_CLASS_FLOAT: return kq_atom_float(-it->type, load_float(p, t->bytes, d->c.big));
    case KQ_CLASS_GUID: return kq_atom_guid(p);
    default: return decode_text(d, it);
    }
}

/* ---- vectors ---- */

static void swap_elements(uint8_t *to, const uint8_t *from, size_t n, size_t width)
{
    for (size_t i = 0; i < n; i++, to += width, from += width) {
        if (width == 2) {
            uint16_t v = kq_load_u16(from, true);
            memcpy(to, &v, sizeof v);
        } else if (width == 4) {
            uint32_t v = kq_load_u32(from, true);
            memcpy(to, &v, sizeof v);
        } else {
            uint64_t v = kq_load_u64(from, true);
            memcpy(to, &v, sizeof v);
        }
    }
}

/*
 * Symbols of one vector repeat, and most are shorter than 8 bytes: a small
 * cache keyed by the text itself answers without hashing and comparing.
 */
struct symcache {
    struct {
        uint64_t text; /* padded with zeros: the empty text to begin with */
        const char *sym;
    } slots[256];
};

/* The text at `s`, of up to 7 bytes, as a number; 8 bytes can be read there. */
static bool short_text(const char *s, uint64_t *text, size_t *len)
{
    uint64_t w = kq_load_u64(s, false);
    uint64_t nuls = (w - UINT64_C(0x0101010101010101)) & ~w & UINT64_C(0x8080808080808080);
    if (!nuls)
        return false;
    /* The lowest mark is exact, and little-endian order makes it the first NUL. */
    int bits = __builtin_ctzll(nuls) - 7;
    *text = w & ((UINT64_C(1) << bits) - 1);
    *len = (size_t)bits / 8;
    return true;
}

static const char *intern(struct symcache *cache, const char *s, const char *end, size_t *len)
{
    uint64_t text;
    if (end - s < 8 || !short_text(s, &text, len)) {
        *len = strlen(s);
        return kq_sym(s, *len);
    }
    size_t at = text * UINT64_C(0x9e3779b97f4a7c15) >> 56;
    if (cache->slots[at].text != text || !cache->slots[at].sym) {
        cache->slots[at].text = text;
        cache->slots[at].sym = kq_sym(s, *len);
    }
    return cache->slots[at].sym;
}

static bool intern_all(struct kq_obj *o, const char *s, const char *end)
{
    struct symcache cache = {0};
    size_t len;
    for (int64_t i = 0; i < o->n; i++, s += len + 1) {
        const char *sym = intern(&cache, s, end, &len);
        if (!sym)
            return false;
        kq_syms(o)[i] = sym;
    }
    return true;
}

/* The same for short vectors, which a cache would cost more than it saves. */
static bool intern_few(struct kq_obj *o, const char *s)
{
    for (int64_t i = 0; i < o->n; i++) {
        size_t len = strlen(s);
        const char *sym = kq_sym(s, len);
        if (!sym)
            return false;
        kq_syms(o)[i] = sym;
        s += len + 1;
    }
    return true;
}

static struct kq_obj *own_symbols(struct dec *d, const struct kq_item *it)
{
    struct kq_obj *o = kq_vec_new(KQ_SYMBOL, it->n);
    if (!o)
        return fail(d, it, "no memory for a vector of this length");
    const char *s = (const char *)data_of(d, it);
    if (it->n < 64 ? intern_few(o, s) : intern_all(o, s, s + it->len))
        return o;
    kq_unref(o);
    return fail(d, it, "symbol table is full");
}

static struct kq_obj *copy_vector(struct dec *d, const struct kq_item *it, bool swap)
{
    struct kq_obj *o = kq_vec_new(it->type, it->n);
    if (!o)
        return fail(d, it, "no memory for a vector of this length");
    uint8_t *to = o->u.v.data;
    if (swap)
        swap_elements(to, data_of(d, it), (size_t)it->n, kq_typeinfo(it->type)->bytes);
    else if (it->len)
        memcpy(to, data_of(d, it), it->len);
    return o;
}

static struct kq_obj *decode_vector(struct dec *d, const struct kq_item *it)
{
    const struct kq_typeinfo *t = kq_typeinfo(it->type);
    bool swap = d->c.big && (t->class == KQ_CLASS_INT || t->class == KQ_CLASS_FLOAT);
    struct kq_obj *o;
    if (d->views && !swap)
        o = kq_vec_view(it->type, it->n, data_of(d, it), d->frame);
    else if (t->class == KQ_CLASS_SYM)
        o = own_symbols(d, it);
    else
        o = copy_vector(d, it, swap);
    if (o)
        o->attr = it->attr;
    return o;
}

/* ---- containers ---- */

/* A list, projection, composition, derived function or dictionary. */
static struct kq_obj *decode_children(struct dec *d, const struct kq_item *it)
{
    struct kq_obj *o = kq_container_new(it->type, it->children);
    if (!o)
        return fail(d, it, "no memory for a list of this length");
    o->attr = it->attr;
    for (int64_t i = 0; i < it->children; i++) {
        kq_items(o)[i] = decode_object(d);
        if (!kq_child(o, i)) {
            kq_unref(o);
            return NULL;
        }
    }
    return o;
}

static bool has_rows(const struct kq_obj *o)
{
    return (o->type >= 0 && o->type <= KQ_TYPE_MAX) || o->type == KQ_TABLE || kq_is_dict(o);
}

static struct kq_obj *decode_dict(struct dec *d, const struct kq_item *it)
{
    struct kq_obj *o = decode_children(d, it);
    if (!o)
        return NULL;
    const struct kq_obj *keys = kq_keys(o), *values = kq_values(o);
    const char *why = NULL;
    if (!has_rows(keys) || !has_rows(values))
        why = "keys and values of a dictionary must be lists";
    else if (kq_count(keys) != kq_count(values) && !kq_is_splayed(keys) && !kq_is_splayed(values))
        why = "a dictionary with different numbers of keys and values";
    if (!why)
        return o;
    kq_unref(o);
    return fail(d, it, why);
}

/* Turn the decoded inner dictionary `o` into a table, when it can be one. */
static struct kq_obj *table_of(struct dec *d, const struct kq_item *it, struct kq_obj *o)
{
    const char *why = NULL;
    const struct kq_obj *names = kq_keys(o), *columns = kq_values(o);
    if (columns->type == -KQ_SYMBOL) {
        if (names->type != KQ_SYMBOL)
            why = "column names are not symbols";
    } else {
        kq_table_shape(names, columns, &why);
    }
    if (why) {
        kq_unref(o);
        return fail(d, it, why);
    }
    o->type = KQ_TABLE;
    o->attr = it->attr;
    return o;
}

static struct kq_obj *decode_table(struct dec *d, const struct kq_item *it)
{
    struct kq_item inner;
    if (!kq_item_read(&d->c, &inner))
        return NULL;
    if (inner.type != KQ_DICT)
        return fail(d, &inner, "a table must hold a dictionary");
    struct kq_obj *o = decode_children(d, &inner);
    return o ? table_of(d, it, o) : NULL;
}

static struct kq_obj *decode_lambda(struct dec *d, const struct kq_item *it)
{
    struct kq_item context = *it;
    context.type = -KQ_SYMBOL;
    struct kq_obj *name = decode_text(d, &context);
    struct kq_obj *source = name ? decode_object(d) : NULL;
    struct kq_obj *o = NULL;
    if (source && source->type == KQ_CHAR)
        o = kq_lambda(name, source);
    else if (source)
        fail(d, it, "the source of a lambda must be text");
    kq_unref(name);
    kq_unref(source);
    return o;
}

static struct kq_obj *decode_primitive(const struct kq_item *it)
{
    if (it->type == KQ_UNARY && it->code == KQ_CODE_NULL)
        return kq_generic_null();
    if (it->type == KQ_UNARY && it->code == KQ_CODE_ELIDED)
        return kq_elided();
    return kq_prim(it->type, it->code);
}

static struct kq_obj *decode_container(struct dec *d, const struct kq_item *it)
{
    switch (it->type) {
    case KQ_TABLE: return decode_table(d, it);
    case KQ_DICT:
    case KQ_SORTEDDICT: return decode_dict(d, it);
    case KQ_LAMBDA: return decode_lambda(d, it);
    case KQ_UNARY:
    case KQ_BINARY:
    case KQ_ITERATOR: return decode_primitive(it);
    default: return decode_children(d, it);
    }
}

static struct kq_obj *decode_object(struct dec *d)
{
    struct kq_item it;
    if (!kq_item_read(&d->c, &it))
        return NULL;
    if (d->depth >= d->max_depth)
        return fail(d, &it, "objects are nested too deep");
    d->depth++;
    struct kq_obj *o;
    if (it.type < 0)
        o = decode_atom(d, &it);
    else if (it.type > 0 && it.type <= KQ_TYPE_MAX)
        o = decode_vector(d, &it);
    else
        o = decode_container(d, &it);
    d->depth--;
    return o;
}

/* ---- entry points ---- */

/* With `used` NULL the object must fill all bytes. */
static struct kq_obj *decode_top(struct dec *d, const struct kq_decode_opts *opts, size_t *used,
                                 struct kq_err *err)
{
    d->max_depth = opts && opts->max_depth ? opts->max_depth : KQ_DECODE_DEPTH;
    struct kq_obj *o = decode_object(d);
    if (o && !used && d->c.off < d->c.len) {
        kq_cur_fail(&d->c, "bytes follow the object");
        kq_unref(o);
        o = NULL;
    }
    if (used)
        *used = d->c.off;
    kq_cur_ok(&d->c, opts ? opts->origin : 0, err);
    return o;
}

struct kq_obj *kq_decode(struct kq_rcbuf *frame, size_t off, size_t len, bool big,
                         const struct kq_decode_opts *opts, struct kq_err *err)
{
    struct dec d = {.c = kq_cur(frame->data + off, len, big), .frame = frame};
    d.views = opts && opts->views;
    return decode_top(&d, opts, NULL, err);
}

struct kq_obj *kq_decode_prefix(struct kq_rcbuf *frame, size_t off, size_t len, bool big,
                                const struct kq_decode_opts *opts, size_t *used, struct kq_err *err)
{
    struct dec d = {.c = kq_cur(frame->data + off, len, big), .frame = frame};
    d.views = opts && opts->views;
    return decode_top(&d, opts, used, err);
}

struct kq_obj *kq_decode_bytes(const void *data, size_t len, bool big,
                               const struct kq_decode_opts *opts, struct kq_err *err)
{
    struct dec d = {.c = kq_cur(data, len, big)};
    return decode_top(&d, opts, NULL, err);
}

static struct kq_obj *decode_frame(struct kq_rcbuf *frame, size_t off, size_t len, bool big,
                                   const struct kq_decode_opts *opts, struct kq_err *err)
{
    struct kq_decode_opts body = opts ? *opts : (struct kq_decode_opts){0};
    body.origin += KQ_HEADER_LEN;
    return kq_decode(frame, off + KQ_HEADER_LEN, len - KQ_HEADER_LEN, big, &body, err);
}

struct kq_obj *kq_decode_msg(const struct kq_msg *msg, const struct kq_decode_opts *opts,
                             struct kq_err *err)
{
    if (!msg->head.compressed)
        return decode_frame(msg->frame, msg->off, msg->len, msg->head.big, opts, err);
    size_t max = opts && opts->max_size ? opts->max_size : SIZE_MAX;
    struct kq_rcbuf *plain = kq_decompress(kq_msg_bytes(msg), msg->len, max, err);
    if (!plain)
        return NULL;
    struct kq_obj *o = decode_frame(plain, 0, plain->len, msg->head.big, opts, err);
    kq_rcbuf_unref(plain);
    return o;
}
