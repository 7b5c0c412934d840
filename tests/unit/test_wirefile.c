/*
 * test_wirefile.c - our record of wire bytes: exact bytes, any pieces, damage.
 */
#include "wire/wirefile.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static const char golden[] = "4b5157495245310a"
                             "0807060504030201 01000000 6f 000000 03000000 612062"
                             "0907060504030201 01000000 3e 000000 02000000 0300"
                             "0a07060504030201 01000000 3c 000000 01000000 03"
                             "0b07060504030201 01000000 63 000000 00000000";

static const struct kq_wirerec records[] = {
    {0x0102030405060708, 1, KQ_WIRE_OPEN, (const uint8_t *)"a b", 3},
    {0x0102030405060709, 1, KQ_WIRE_TO_SERVER, (const uint8_t *)"\x03\0", 2},
    {0x010203040506070a, 1, KQ_WIRE_TO_CLIENT, (const uint8_t *)"\x03", 1},
    {0x010203040506070b, 1, KQ_WIRE_CLOSE, NULL, 0},
};

static void writes_the_documented_bytes(void **state)
{
    (void)state;
    struct hex want = unhex(golden);
    struct kq_out out;
    kq_out_init_mem(&out);
    kq_wirefile_begin(&out);
    for (size_t i = 0; i < 4; i++)
        kq_wirefile_put(&out, &records[i]);
    assert_int_equal(out.len, want.n);
    assert_memory_equal(out.buf, want.p, want.n);
    kq_out_release(&out);
    free(want.p);
}

static void reads_pieces_of_any_size(void **state)
{
    (void)state;
    struct hex h = unhex(golden);
    for (size_t piece = 1; piece <= h.n; piece++) {
        struct kq_wirefile f;
        struct kq_wirerec rec;
        struct kq_err err = {0};
        size_t seen = 0;
        kq_wirefile_init(&f);
        for (size_t at = 0; at < h.n; at += piece) {
            kq_wirefile_feed(&f, h.p + at, piece < h.n - at ? piece : h.n - at);
            while (kq_wirefile_next(&f, &rec, &err) == 1) {
                assert_true(rec.when_ns == records[seen].when_ns);
                assert_int_equal(rec.conn, 1);
                assert_int_equal(rec.event, records[seen].event);
                assert_int_equal(rec.len, records[seen].len);
                if (rec.len)
                    assert_memory_equal(rec.data, records[seen].data, rec.len);
                seen++;
            }
        }
        assert_int_equal(seen, 4);
        assert_true(kq_wirefile_end(&f, &err));
        kq_wirefile_release(&f);
    }
    free(h.p);
}

static void long_data_become_several_records(void **state)
{
    (void)state;
    size_t n = 2 * KQ_WIREFILE_DATA_MAX + 5;
    uint8_t *data = calloc(1, n);
    struct kq_out out;
    kq_out_init_mem(&out);
    kq_wirefile_begin(&out);
    kq_wirefile_put(&out, &(struct kq_wirerec){1, 2, KQ_WIRE_TO_SERVER, data, n});
    struct kq_wirefile f;
    struct kq_wirerec rec;
    kq_wirefile_init(&f);
    kq_wirefile_feed(&f, out.buf, out.len);
    size_t seen = 0, bytes = 0;
    while (kq_wirefile_next(&f, &rec, NULL) == 1) {
        assert_in_range(rec.len, 1, KQ_WIREFILE_DATA_MAX);
        bytes += rec.len;
        seen++;
    }
    assert_int_equal(seen, 3);
    assert_int_equal(bytes, n);
    kq_wirefile_release(&f);
    kq_out_release(&out);
    free(data);
}

static void refuse(const char *hex, const char *message)
{
    struct hex h = unhex(hex);
    struct kq_wirefile f;
    struct kq_wirerec rec;
    struct kq_err err = {0};
    kq_wirefile_init(&f);
    kq_wirefile_feed(&f, h.p, h.n);
    int got;
    while ((got = kq_wirefile_next(&f, &rec, &err)) == 1)
        ;
    assert_true(got == -1 || !kq_wirefile_end(&f, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, message);
    kq_wirefile_release(&f);
    free(h.p);
}

static void damage_is_named(void **state)
{
    (void)state;
    refuse("4b5157495245320a", "not a wire file (written by -w)");
    refuse("4b5157495245310a 0000000000000000 01000000 78 000000 00000000",
           "wire file: no record at byte 8");
    refuse("4b5157495245310a 0000000000000000 01000000 3c 000000 01001000",
           "wire file: record of 1048577 bytes at byte 8");
    refuse("4b5157495245310a 0000000000000000 01000000 3c 000000 02000000 00",
           "wire file ends inside a record, at byte 29");
    refuse("4b515749", "wire file ends inside a record, at byte 4");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_the_documented_bytes),
        cmocka_unit_test(reads_pieces_of_any_size),
        cmocka_unit_test(long_data_become_several_records),
        cmocka_unit_test(damage_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
