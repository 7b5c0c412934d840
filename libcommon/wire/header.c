/*
 * header.c - parsing, writing and guessing message headers.
 */
#include "wire/header.h"

#include "wire/cursor.h"

const char *kq_kind_name(enum kq_kind kind)
{
    static const char *const name[] = {"async", "sync", "response"};
    return name[kind];
}

uint64_t kq_header_min(uint8_t compressed)
{
    /* header, original length, one flag byte and one token; or header and object */
    static const uint8_t min[] = {10, 14, 18};
    return min[compressed];
}

static uint64_t total_of(const uint8_t *h)
{
    return (uint64_t)h[3] << 32 | kq_load_u32(h + 4, h[0] == 0);
}

bool kq_header_parse(const uint8_t h[KQ_HEADER_LEN], struct kq_header *head, struct kq_err *err)
{
    if (h[0] > 1)
        return kq_fail(err, KQ_EPROTO, "not a kdb+ message: byte order 0x%02x is neither 0 nor 1",
                       h[0]);
    if (h[1] > KQ_RESPONSE)
        return kq_fail(err, KQ_EPROTO, "unknown message type %u", h[1]);
    if (h[2] == 3)
        return kq_fail(err, KQ_EPROTO, "in-process message (flag 3) cannot be decoded");
    if (h[2] > 3)
        return kq_fail(err, KQ_EPROTO, "unknown compression flag %u", h[2]);
    uint64_t total = total_of(h);
    if (total < kq_header_min(h[2]))
        return kq_fail(err, KQ_EPROTO, "impossible message length %llu", (unsigned long long)total);
    *head = (struct kq_header){
        .big = h[0] == 0, .kind = (enum kq_kind)h[1], .compressed = h[2], .total = total};
    return true;
}

void kq_header_put(uint8_t h[KQ_HEADER_LEN], const struct kq_header *head)
{
    h[0] = head->big ? 0 : 1;
    h[1] = (uint8_t)head->kind;
    h[2] = head->compressed;
    h[3] = (uint8_t)(head->total >> 32);
    kq_store_u32(h + 4, (uint32_t)head->total, head->big);
}

/* Can an object on the wire begin with this signed type byte? */
static bool object_type(uint8_t type)
{
    int8_t t = (int8_t)type;
    if (t == -128 || (t >= 98 && t <= 111) || t == 127)
        return true;
    return t >= -19 && t <= 19 && t != 3 && t != -3;
}

static bool plausible_object(const struct kq_header *head, const uint8_t *p, size_t n)
{
    if (!n)
        return true;
    if (!object_type(p[0]) || (p[0] == 0x80 && head->kind != KQ_RESPONSE))
        return false;
    return p[0] > 19 || n < 2 || (p[1] & 0x7f) <= 4;
}

static bool plausible_compressed(const struct kq_header *head, const uint8_t *p, size_t n)
{
    size_t width = head->compressed == 1 ? 4 : 8;
    if (n < width)
        return true;
    uint64_t t = width == 4 ? kq_load_u32(p, head->big) : kq_load_u64(p, head->big);
    if (t < kq_header_min(0) || t > KQ_TOTAL_MAX || t / 121 > head->total)
        return false;
    /* The first token cannot refer back to anything, and starts the object. */
    if (n < width + 2)
        return true;
    return !(p[width] & 1) && object_type(p[width + 1]);
}

bool kq_header_plausible(const uint8_t *p, size_t n)
{
    struct kq_header head;
    if (n < KQ_HEADER_LEN || !kq_header_parse(p, &head, NULL))
        return false;
    p += KQ_HEADER_LEN;
    n -= KQ_HEADER_LEN;
    return head.compressed ? plausible_compressed(&head, p, n) : plausible_object(&head, p, n);
}
