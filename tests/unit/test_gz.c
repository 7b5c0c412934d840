/*
 * test_gz.c - streams made by gzip(1), our own, pieces of any size, damage.
 */
#include "base/gz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

/* printf 'hello\n' | gzip -n */
static const uint8_t hello_gz[] = {0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
                                   0x03, 0xcb, 0x48, 0xcd, 0xc9, 0xc9, 0xe7, 0x02, 0x00,
                                   0x20, 0x30, 0x3a, 0x36, 0x06, 0x00, 0x00, 0x00};
/* python3: zlib.compress(b'hello\n') */
static const uint8_t hello_zlib[] = {0x78, 0x9c, 0xcb, 0x48, 0xcd, 0xc9, 0xc9,
                                     0xe7, 0x02, 0x00, 0x08, 0x4b, 0x02, 0x1f};

static struct kq_buf out;
static struct kq_err err;

static int start(void **state)
{
    (void)state;
    kq_buf_init(&out, 1 << 24);
    err = (struct kq_err){0};
    return 0;
}

static int stop(void **state)
{
    (void)state;
    kq_buf_release(&out);
    return 0;
}

static void assert_out(const char *want)
{
    assert_int_equal(out.len, strlen(want));
    assert_memory_equal(out.data, want, out.len);
}

static void unpacks_gzip_and_zlib(void **state)
{
    (void)state;
    assert_true(kq_gz_is(hello_gz, sizeof hello_gz));
    assert_false(kq_gz_is(hello_gz, 2));
    assert_false(kq_gz_is(hello_zlib, sizeof hello_zlib));
    assert_true(kq_gz_inflate(hello_gz, sizeof hello_gz, 100, &out, &err));
    assert_out("hello\n");
    assert_true(kq_gz_inflate(hello_zlib, sizeof hello_zlib, 100, &out, &err));
    assert_out("hello\nhello\n");
}

static void members_follow_each_other(void **state)
{
    (void)state;
    uint8_t two[2 * sizeof hello_gz + 5] = {0};
    memcpy(two, hello_gz, sizeof hello_gz);
    memcpy(two + sizeof hello_gz, hello_gz, sizeof hello_gz);
    assert_true(kq_gz_inflate(two, sizeof two, 100, &out, &err)); /* zeros at the end */
    assert_out("hello\nhello\n");
}

static void any_pieces_will_do(void **state)
{
    (void)state;
    struct kq_gz *z = kq_gz_inflate_new(100);
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof hello_gz; i++) {
            struct kq_str in = {(const char *)hello_gz + i, 1};
            char c;
            size_t made;
            do {
                assert_true(kq_gz_step(z, &in, &c, 1, &made, &err));
                kq_buf_append(&out, &c, made);
            } while (in.len || made == 1);
        }
    }
    assert_true(kq_gz_finish(z, NULL, &err));
    kq_gz_free(z);
    assert_out("hello\nhello\n");
}

/* Text that compresses, but not too well. */
static void fill(uint8_t *p, size_t n)
{
    uint32_t r = 1;
    for (size_t i = 0; i < n; i++) {
        r = r * 1664525 + 1013904223;
        p[i] = (uint8_t)("abcdefgh"[r >> 29]);
    }
}

static void packs_what_it_unpacks(void **state)
{
    (void)state;
    enum { N = 300000 };
    uint8_t *text = malloc(N);
    fill(text, N);
    for (int format = KQ_GZ_GZIP; format <= KQ_GZ_ZLIB; format++) {
        struct kq_buf packed;
        kq_buf_init(&packed, N);
        kq_buf_clear(&out);
        assert_true(kq_gz_deflate((enum kq_gz_format)format, text, N, &packed, &err));
        assert_int_equal(kq_gz_is(packed.data, packed.len), format == KQ_GZ_GZIP);
        assert_in_range(packed.len, N / 10, N / 2);
        assert_true(kq_gz_inflate(packed.data, packed.len, N, &out, &err));
        assert_int_equal(out.len, N);
        assert_memory_equal(out.data, text, N);
        kq_buf_release(&packed);
    }
    free(text);
}

static void limits_hold(void **state)
{
    (void)state;
    assert_true(kq_gz_inflate(hello_gz, sizeof hello_gz, 6, &out, &err));
    assert_false(kq_gz_inflate(hello_gz, sizeof hello_gz, 5, &out, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, "compressed stream: unpacks to more than the limit");
    assert_false(kq_gz_inflate(hello_gz, sizeof hello_gz, 0, &out, &err));
}

static void the_buffers_limit_holds_too(void **state)
{
    (void)state;
    struct kq_buf small;
    kq_buf_init(&small, 6);
    assert_true(kq_gz_inflate(hello_gz, sizeof hello_gz, 100, &small, &err));
    assert_int_equal(small.len, 6);
    kq_buf_release(&small);
    kq_buf_init(&small, 5);
    assert_false(kq_gz_inflate(hello_gz, sizeof hello_gz, 100, &small, &err));
    assert_string_equal(err.msg, "compressed stream: does not fit the buffer");
    assert_true(small.failed);
    kq_buf_release(&small);
    kq_buf_init(&small, 10);
    assert_false(kq_gz_deflate(KQ_GZ_GZIP, "hello\n", 6, &small, &err));
    kq_buf_release(&small);
}

static void streams_cut_off_are_noticed(void **state)
{
    (void)state;
    for (size_t n = 0; n < sizeof hello_gz; n++) {
        assert_false(kq_gz_inflate(hello_gz, n, 100, &out, &err));
        assert_string_equal(err.msg, "compressed stream: cut off");
    }
}

static void damage_is_noticed_and_final(void **state)
{
    (void)state;
    uint8_t bad[sizeof hello_gz];
    memcpy(bad, hello_gz, sizeof bad);
    bad[sizeof bad - 6] ^= 1; /* in the checksum */
    struct kq_gz *z = kq_gz_inflate_new(100);
    assert_false(kq_gz_feed(z, bad, sizeof bad, &out, &err));
    assert_string_equal(err.msg, "compressed stream: incorrect data check");
    assert_false(kq_gz_feed(z, hello_gz, sizeof hello_gz, &out, &err));
    assert_false(kq_gz_finish(z, &out, &err));
    kq_gz_free(z);
    assert_false(kq_gz_inflate("not packed", 10, 100, &out, &err));
    assert_string_equal(err.msg, "compressed stream: incorrect header check");
    kq_gz_free(NULL);
}

/* Ten megabytes of zeros in ten kilobytes: only the limit's worth comes out. */
static void bombs_stop_at_the_limit(void **state)
{
    (void)state;
    enum { N = 10000000, LIMIT = 100000 };
    uint8_t *zeros = calloc(1, N);
    struct kq_buf packed;
    kq_buf_init(&packed, 100000);
    assert_true(kq_gz_deflate(KQ_GZ_GZIP, zeros, N, &packed, &err));
    free(zeros);
    assert_in_range(packed.len, 1000, 20000);
    assert_false(kq_gz_inflate(packed.data, packed.len, LIMIT, &out, &err));
    assert_in_range(out.len, 0, LIMIT);
    kq_buf_release(&packed);
}

/* RFC 7692, 7.2.3.1: "Hello" */
static void packs_messages(void **state)
{
    (void)state;
    static const uint8_t hello[] = {0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00};
    assert_true(kq_gz_unpack_message(hello, sizeof hello, 100, &out, &err));
    assert_out("Hello");
    kq_buf_clear(&out);
    kq_gz_pack_message("Hello", 5, &out);
    assert_int_equal(out.len, sizeof hello);
    assert_memory_equal(out.data, hello, sizeof hello);
    kq_buf_clear(&out);
    assert_false(kq_gz_unpack_message(hello, sizeof hello, 4, &out, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    kq_buf_clear(&out);
    assert_false(kq_gz_unpack_message("\xff\xff", 2, 100, &out, &err));
    kq_buf_clear(&out);
    kq_gz_pack_message("", 0, &out);
    assert_int_equal(out.len, 1);
    size_t n = out.len;
    uint8_t empty = out.data[0];
    assert_true(kq_gz_unpack_message(&empty, n, 100, &out, &err));
    assert_int_equal(out.len, 1);
}

static void packs_large_messages(void **state)
{
    (void)state;
    struct kq_buf plain, packed;
    kq_buf_init(&plain, KQ_BUF_NOMAX);
    kq_buf_init(&packed, KQ_BUF_NOMAX);
    for (uint32_t i = 0; i < 100000; i++) {
        uint32_t v = i * 2654435761u >> (i % 24);
        kq_buf_append(&plain, &v, sizeof v);
    }
    kq_gz_pack_message(plain.data, plain.len, &packed);
    assert_true(kq_gz_unpack_message(packed.data, packed.len, plain.len, &out, &err));
    assert_int_equal(out.len, plain.len);
    assert_memory_equal(out.data, plain.data, plain.len);
    kq_buf_release(&plain);
    kq_buf_release(&packed);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(packs_messages),
        TEST(packs_large_messages),
        TEST(unpacks_gzip_and_zlib),
        TEST(members_follow_each_other),
        TEST(any_pieces_will_do),
        TEST(packs_what_it_unpacks),
        TEST(limits_hold),
        TEST(the_buffers_limit_holds_too),
        TEST(streams_cut_off_are_noticed),
        TEST(damage_is_noticed_and_final),
        TEST(bombs_stop_at_the_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
