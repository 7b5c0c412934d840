/*
 * item.c - one switch over the kinds of type byte for heads, one for data.
 */
#include "wire/item.h"

#include "obj/prim.h"
#include "obj/types.h"
#include "wire/symscan.h"

enum { ATTR_LONG = 0x80 };

/* ---- heads ---- */

static void refuse_type(struct kq_cursor *c, const struct kq_item *it)
{
    int t = it->type < 0 ? -it->type : it->type;
    bool enumeration = t >= KQ_ENUM && t <= KQ_ENUM_LAST;
    kq_cur_fail_at(c, it->at,
                   enumeration ? "enumerations are not sent, their symbols are"
                               : "there is no such type");
}

static void read_attr(struct kq_cursor *c, struct kq_item *it)
{
    uint8_t attr = kq_cur_u8(c);
    it->attr = attr & ~ATTR_LONG;
    it->long_count = attr & ATTR_LONG;
    if (it->attr > KQ_ATTR_GROUPED)
        kq_cur_fail_at(c, it->at + 1, "unknown attribute");
}

static void read_vector_head(struct kq_cursor *c, struct kq_item *it)
{
    if (kq_typeinfo(it->type)->class == KQ_CLASS_NONE) {
        refuse_type(c, it);
        return;
    }
    read_attr(c, it);
    uint64_t n = it->long_count ? kq_cur_u64(c) : kq_cur_u32(c);
    if (n > INT64_MAX)
        kq_cur_fail_at(c, it->at + 2, "impossible count");
    it->n = (int64_t)n;
    if (it->type == KQ_LIST)
        it->children = it->n;
}

static void read_table_head(struct kq_cursor *c, struct kq_item *it)
{
    read_attr(c, it);
    if (it->long_count)
        kq_cur_fail_at(c, it->at + 1, "unknown attribute");
    it->children = 1;
}

static void read_primitive(struct kq_cursor *c, struct kq_item *it)
{
    it->code = kq_cur_u8(c);
    if (it->code > kq_prim_last(it->type) && !(it->type == KQ_UNARY && it->code == KQ_CODE_ELIDED))
        kq_cur_fail_at(c, it->at + 1, "unknown primitive");
}

/* A projection or composition: a count without an attribute. */
static void read_parts_head(struct kq_cursor *c, struct kq_item *it)
{
    it->n = kq_cur_u32(c);
    it->children = it->n;
    if (!it->n || it->n > INT32_MAX)
        kq_cur_fail_at(c, it->at + 1, "impossible count");
}

static void read_function_head(struct kq_cursor *c, struct kq_item *it)
{
    switch (it->type) {
    case KQ_LAMBDA: it->children = 1; break;
    case KQ_UNARY:
    case KQ_BINARY:
    case KQ_ITERATOR: read_primitive(c, it); break;
    case KQ_PROJECTION:
    case KQ_COMPOSITION: read_parts_head(c, it); break;
    default: it->children = 1; break;
    }
}

/* The usual heads, atoms and vectors with a count of 4 bytes, without further ado. */
static inline bool read_usual_head(struct kq_cursor *c, struct kq_item *it)
{
    enum { HEAD = 6 };
    if (kq_cur_left(c) < HEAD)
        return false;
    const uint8_t *p = c->base + c->off;
    int t = (int8_t)p[0];
    bool vector = t >= 0;
    if (kq_typeinfo(t)->class == KQ_CLASS_NONE || (vector && p[1] > KQ_ATTR_GROUPED))
        return false;
    *it = (struct kq_item){.at = c->off, .type = (int8_t)t, .n = 1};
    if (vector) {
        it->attr = p[1];
        it->n = kq_load_u32(p + 2, c->big);
        it->children = t == KQ_LIST ? it->n : 0;
    }
    c->off += vector ? HEAD : 1;
    it->data = c->off;
    return true;
}

bool kq_item_head(struct kq_cursor *c, struct kq_item *it)
{
    if (read_usual_head(c, it))
        return true;
    *it = (struct kq_item){.at = c->off, .n = 1};
    int t = it->type = kq_cur_i8(c);
    if (t >= 0 && t <= KQ_TYPE_MAX)
        read_vector_head(c, it);
    else if (t == KQ_TABLE)
        read_table_head(c, it);
    else if (t == KQ_DICT || t == KQ_SORTEDDICT)
        it->children = 2;
    else if (t >= KQ_LAMBDA && t <= KQ_EACHLEFT)
        read_function_head(c, it);
    else if (t != KQ_ERROR && (t > 0 || kq_typeinfo(t)->class == KQ_CLASS_NONE))
        refuse_type(c, it);
    it->data = c->off;
    return !c->failed;
}

/* ---- data ---- */

/* Is a byte above 1 among them?  Its offset from p, or n. */
static size_t find_not_boolean(const uint8_t *p, size_t n)
{
    const uint64_t not_bits = UINT64_C(0xfefefefefefefefe);
    size_t i = 0;
    while (n - i >= 32) {
        uint64_t all = 0;
        for (size_t k = 0; k < 32; k += 8)
            all |= kq_load_u64(p + i + k, false);
        if (all & not_bits)
            break;
        i += 32;
    }
    while (i < n && p[i] <= 1)
        i++;
    return i;
}

static void read_elements(struct kq_cursor *c, struct kq_item *it, size_t width)
{
    if ((uint64_t)it->n > kq_cur_left(c) / width) {
        kq_cur_starve(c);
        return;
    }
    it->len = (size_t)it->n * width;
    const uint8_t *p = kq_cur_bytes(c, it->len);
    if (!p || (it->type != KQ_BOOLEAN && it->type != -KQ_BOOLEAN))
        return;
    size_t good = find_not_boolean(p, it->len);
    if (good < it->len)
        kq_cur_fail_at(c, it->data + good, "boolean is neither 0 nor 1");
}

static void read_symbols(struct kq_cursor *c, struct kq_item *it)
{
    const uint8_t *p = c->base + c->off;
    const uint8_t *end = (uint64_t)it->n > kq_cur_left(c)
                             ? NULL
                             : kq_skip_texts(p, c->base + c->len, (uint64_t)it->n);
    if (!end) {
        kq_cur_starve(c);
        return;
    }
    it->len = (size_t)(end - p);
    c->off += it->len;
}

/* Every object is at least 2 bytes long. */
static void check_children(struct kq_cursor *c, const struct kq_item *it)
{
    if ((uint64_t)it->children > kq_cur_left(c) / 2)
        kq_cur_starve(c);
}

bool kq_item_data(struct kq_cursor *c, struct kq_item *it)
{
    int width = kq_typeinfo(it->type)->bytes;
    if (kq_item_is_text(it) || it->type == KQ_LAMBDA)
        kq_cur_cstr(c, &it->len);
    else if (it->type == KQ_SYMBOL)
        read_symbols(c, it);
    else if (width)
        read_elements(c, it, (size_t)width);
    else if (it->children)
        check_children(c, it);
    return !c->failed;
}
