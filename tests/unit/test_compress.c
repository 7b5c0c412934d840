/*
 * test_compress.c - golden frames of other implementations, round trips, and
 * frames that lie.
 */
#include "wire/compress.h"
#include "wire/header.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIMIT (256u << 20)

/* The format's description, taken literally: what the tuned encoder must equal. */
static size_t plain_encoder(const uint8_t *y, size_t t, uint8_t *o)
{
    size_t table[256] = {0};
    size_t c = 12, d = 12, s = 8, late_s = 0, late_h = 0;
    unsigned flags = 0, bit = 0;
    bool late = false;
    while (s < t) {
        if (!bit) {
            if (d > t / 2 - 17)
                return 0;
            o[c] = (uint8_t)flags;
            c = d++;
            flags = 0;
            bit = 1;
        }
        size_t h = 0, p = 0;
        bool literal = s > t - 3;
        if (!literal) {
            h = y[s] ^ y[s + 1];
            p = table[h];
            literal = !p || y[s] != y[p];
        }
        if (late)
            table[late_h] = late_s;
        late = literal && s <= t - 3;
        late_h = h;
        late_s = s;
        if (literal) {
            o[d++] = y[s++];
        } else {
            table[h] = s;
            flags |= bit;
            p += 2;
            s += 2;
            size_t from = s, limit = s + 255 < t ? s + 255 : t;
            while (s < limit && y[p] == y[s]) {
                p++;
                s++;
            }
            o[d++] = (uint8_t)h;
            o[d++] = (uint8_t)(s - from);
        }
        bit = bit * 2 & 255;
    }
    o[c] = (uint8_t)flags;
    memcpy(o, y, 8);
    o[2] = 1;
    for (int i = 0; i < 4; i++) {
        o[4 + i] = (uint8_t)(d >> 8 * i);
        o[8 + i] = (uint8_t)(t >> 8 * i);
    }
    return d;
}

/* `hex` decompresses to `start` and then `unit` again and again, and back. */
static void both_ways(const char *hex, size_t total, const char *start, const char *unit)
{
    struct hex z = unhex(hex), head = unhex(start), rest = unhex(unit);
    uint8_t *want = malloc(total), *again = malloc(total / 2 + 1);
    memcpy(want, head.p, head.n);
    for (size_t i = head.n; i < total; i++)
        want[i] = rest.p[(i - head.n) % rest.n];
    struct kq_err err = {0};
    struct kq_rcbuf *plain = kq_decompress(z.p, z.n, LIMIT, &err);
    assert_string_equal(err.msg, "");
    assert_int_equal(plain->len, total);
    assert_memory_equal(plain->data, want, total);
    assert_int_equal(kq_compress(plain->data, total, again), z.n);
    assert_memory_equal(again, z.p, z.n);
    kq_rcbuf_unref(plain);
    free(want);
    free(again);
    free(z.p);
    free(head.p);
    free(rest.p);
}

static void frames_of_others_both_ways(void **state)
{
    (void)state;
    /* 2000#1b, by the official C client */
    both_ways("0100010026000000de070000 000100d007000001 01ff00ff00ff00ff00ff00ff00ff00ff 00c5",
              2014, "01000000de070000 0100d0070000", "01");
    /* 1987 zero bytes, by a big-endian Java client */
    both_ways("0000010000000026000007d1 c00400000007c300 0000ff7f00ff00ff00ff00ff00ff00ff00b8",
              2001, "00000000000007d1 0400000007c3", "00");
    /* 1000#`a and 1000#`q, from -18! */
    both_ways("010001002d000000de070000 800b00e803000061 61ffaa6161ff6161ff6161ff6161ff2a6161ff6161"
              "ff6161bf",
              2014, "01000000de070000 0b00e8030000", "6100");
    both_ways("010001002d000000de070000 800b00e803000071 71ffaa7171ff7171ff7171ff7171ff2a7171ff7171"
              "ff7171bf",
              2014, "01000000de070000 0b00e8030000", "7100");
    /* 500#0, in a response */
    both_ways("0102010035000000ae0f0000c00700f401000000ff00ffff00ff00ff00ff00ff00ff00ff00ff00ff3f00"
              "ff00ff00ff00ff00ff008f",
              4014, "01020000ae0f0000 0700f4010000", "00");
}

/* Frames that no encoder would send, but legal. */
static void tiny_frames(void **state)
{
    (void)state;
    struct hex z = unhex("01000100120000000d00000000f534353600");
    struct kq_rcbuf *plain = kq_decompress(z.p, z.n, LIMIT, NULL);
    assert_non_null(plain);
    assert_int_equal(plain->len, 13);
    assert_memory_equal(plain->data, "\x01\x00\x00\x00\x0d\x00\x00\x00\xf5\x34\x35\x36\x00", 13);
    kq_rcbuf_unref(plain);
    free(z.p);
    uint8_t dst[32];
    assert_int_equal(kq_compress((const uint8_t *)"\1\0\0\0\12\0\0\0\145\0", 10, dst), 0);
}

/* A message whose bytes repeat more or less, by `kind`. */
static uint8_t *make_message(size_t n, unsigned kind, uint64_t *rnd)
{
    uint8_t *y = malloc(n);
    for (size_t i = 8; i < n; i++) {
        uint64_t r = test_random(rnd);
        switch (kind % 6) {
        case 0: y[i] = 0; break;
        case 1: y[i] = (uint8_t)r; break;
        case 2: y[i] = i > 16 && r % 10 ? y[i - 8] : (uint8_t)r; break;
        case 3: y[i] = (uint8_t)(r & 1); break;
        case 4: y[i] = (uint8_t)(i & 7 ? (i >> 3) >> 8 * (i & 7) : (r & 3)); break;
        case 5: y[i] = i > n / 2 ? 7 : (uint8_t)(r & 15); break;
        }
    }
    kq_header_put(y, &(struct kq_header){.kind = KQ_SYNC, .total = n});
    return y;
}

static void one_round_trip(size_t n, unsigned kind, uint64_t *rnd)
{
    uint8_t *y = make_message(n, kind, rnd), *z = malloc(n / 2 + 1), *ref = malloc(n);
    size_t len = kq_compress(y, n, z), want = plain_encoder(y, n, ref);
    assert_int_equal(len, want);
    if (len) {
        assert_memory_equal(z, ref, len);
        z = realloc(z, len);
        struct kq_err err = {0};
        struct kq_rcbuf *plain = kq_decompress(z, len, n, &err);
        assert_string_equal(err.msg, "");
        assert_int_equal(plain->len, n);
        assert_memory_equal(plain->data, y, n);
        kq_rcbuf_unref(plain);
        assert_null(kq_decompress(z, len, n - 1, &err));
        assert_int_equal(err.code, KQ_EPROTO);
    }
    free(y);
    free(z);
    free(ref);
}

static void round_trips_equal_the_description(void **state)
{
    (void)state;
    uint64_t rnd = 42;
    for (unsigned i = 0; i < 600; i++)
        one_round_trip(64 + test_random(&rnd) % (i < 500 ? 6000 : 60000), i, &rnd);
    for (unsigned kind = 0; kind < 6; kind++)
        one_round_trip(300000, kind, &rnd);
}

static void prefixes_of_any_length(void **state)
{
    (void)state;
    uint64_t rnd = 7;
    uint8_t *y = make_message(5000, 2, &rnd), z[2500], got[5100];
    size_t len = kq_compress(y, 5000, z);
    assert_true(len > 0);
    for (size_t n = 8; n < 5100; n += n < 300 ? 1 : 97) {
        size_t have = kq_decompress_prefix(z, len, got, n);
        assert_int_equal(have, n < 5000 ? n : 5000);
        assert_memory_equal(got, y, have);
    }
    assert_int_equal(kq_decompress_prefix(z, len, got, 7), 0);
    z[4]--;
    assert_int_equal(kq_decompress_prefix(z, len, got, 64), 0);
    free(y);
}

static void prefixes_of_cut_frames(void **state)
{
    (void)state;
    uint64_t rnd = 9;
    uint8_t *y = make_message(5000, 2, &rnd), z[2500], got[5000];
    size_t len = kq_compress(y, 5000, z), before = 0;
    for (size_t cut = 0; cut <= len; cut++) {
        uint8_t *part = malloc(cut ? cut : 1);
        memcpy(part, z, cut);
        size_t have = kq_decompress_prefix(part, cut, got, sizeof got);
        free(part);
        assert_true(have >= before);
        assert_memory_equal(got, y, have);
        before = have;
    }
    assert_int_equal(before, 5000);
    /* A match in the first group, before there is anything to refer to. */
    z[12] |= 1;
    assert_int_equal(kq_decompress_prefix(z, 40, got, sizeof got), 0);
    free(y);
}

static void refuse(const char *hex, const char *message)
{
    struct hex z = unhex(hex);
    struct kq_err err = {0};
    assert_null(kq_decompress(z.p, z.n, LIMIT, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, message);
    free(z.p);
}

static void frames_that_lie_are_refused(void **state)
{
    (void)state;
    refuse("0100010026000000de070000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff37c5",
           "at byte 38: compressed data refer to bytes that were never sent");
    refuse("01000100100000004000000002ffaa10",
           "at byte 16: compressed data refer to bytes that were never sent");
    refuse("0100010026000000ffffff7f000400f0ffff7f0101ff00ff00ff00ff00ff00ff00ff00ff00ff",
           "compressed message of 38 bytes cannot hold the 2147483647 it announces");
    refuse("010001002600000000000000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00c5",
           "compressed message of 38 bytes cannot hold the 0 it announces");
    refuse("0100010027000000de070000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00c500",
           "at byte 38: compressed data go on after the announced length");
    refuse("0100010026000000de070000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00c4",
           "at byte 38: compressed data end too early");
    refuse("0100010026000000de070000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00ff",
           "at byte 38: compressed data run past the announced length");
    refuse("01000100260000000d000000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00c5",
           "at byte 21: compressed data run past the announced length");
    refuse("0100010012000000de070000000100d00700",
           "compressed message of 18 bytes cannot hold the 2014 it announces");
    refuse("0100010025000000de070000000100d00700000101ff00ff00ff00ff00ff00ff00ff00ff00",
           "at byte 36: compressed data end too early");
    refuse("010001000e00000011000000 00f9", "at byte 14: compressed data end too early");
    refuse("0100010026000000de07", "message of 10 bytes announces 38");
    refuse("010000000a0000006500", "message is not compressed");
    refuse("0100", "compressed message of 2 bytes");
    refuse("01000200120000000a00000000000000 00 65", "at byte 18: compressed data end too early");
}

/* Every byte changed, every length: nothing may be read or written outside. */
static void damaged_frames_do_no_harm(void **state)
{
    (void)state;
    uint64_t rnd = 99;
    uint8_t *y = make_message(3000, 2, &rnd), z[1500];
    size_t len = kq_compress(y, 3000, z);
    for (unsigned i = 0; i < 4000; i++) {
        size_t cut = i % 4 ? len : 14 + test_random(&rnd) % (len - 14);
        uint8_t *bad = malloc(cut);
        memcpy(bad, z, cut);
        kq_header_put(bad, &(struct kq_header){.compressed = 1, .total = cut});
        bad[8 + test_random(&rnd) % (cut - 8)] ^= (uint8_t)(1 + test_random(&rnd) % 255);
        struct kq_rcbuf *plain = kq_decompress(bad, cut, 1 << 20, NULL);
        if (plain)
            assert_in_range(plain->len, 10, 1 << 20);
        kq_rcbuf_unref(plain);
        free(bad);
    }
    free(y);
}

static void data_that_do_not_shrink_are_given_up_early(void **state)
{
    (void)state;
    /* The second half would make up for the first, but a sample decides. */
    uint64_t rnd = 5;
    size_t n = 4 << 20;
    uint8_t *y = make_message(n, 0, &rnd), *z = malloc(n / 2);
    assert_true(kq_compress(y, n, z) > 0);
    for (size_t i = 8; i < n / 8; i++)
        y[i] = (uint8_t)test_random(&rnd);
    assert_int_equal(kq_compress(y, n, z), 0);
    free(y);
    free(z);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_of_others_both_ways),
        cmocka_unit_test(tiny_frames),
        cmocka_unit_test(round_trips_equal_the_description),
        cmocka_unit_test(prefixes_of_any_length),
        cmocka_unit_test(prefixes_of_cut_frames),
        cmocka_unit_test(frames_that_lie_are_refused),
        cmocka_unit_test(damaged_frames_do_no_harm),
        cmocka_unit_test(data_that_do_not_shrink_are_given_up_early),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
