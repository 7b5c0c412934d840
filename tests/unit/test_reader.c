/*
 * test_reader.c - bytes in any pieces become whole messages.
 */
#include "wire/reader.h"

#include "hex.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define LIMIT (64u << 20)

/* Append a message of `total` bytes whose body is made from `seed`. */
static size_t put_message(uint8_t *to, size_t total, unsigned seed)
{
    kq_header_put(to, &(struct kq_header){.kind = KQ_SYNC, .total = total});
    for (size_t i = KQ_HEADER_LEN; i < total; i++)
        to[i] = (uint8_t)(seed + i * 7 + (i >> 8));
    return total;
}

static void assert_message(const struct kq_msg *msg, size_t total, unsigned seed)
{
    uint8_t *want = malloc(total);
    put_message(want, total, seed);
    assert_int_equal(msg->len, total);
    assert_true(msg->head.total == total);
    assert_memory_equal(kq_msg_bytes(msg), want, total);
    free(want);
}

static const size_t sizes[] = {10, 4096, 11, 5000, 300000, 12, 65536, 65537, 10, 3000000, 70000};
enum { COUNT = sizeof sizes / sizeof *sizes };

static uint8_t *make_stream(size_t *len)
{
    uint8_t *s = malloc(8 << 20);
    *len = 0;
    for (unsigned i = 0; i < COUNT; i++)
        *len += put_message(s + *len, sizes[i], i);
    return s;
}

static unsigned take_all(struct kq_reader *r, unsigned seen, uint64_t *off)
{
    struct kq_msg msg;
    struct kq_err err;
    while (kq_reader_next(r, &msg, &err) == 1) {
        assert_in_range(seen, 0, COUNT - 1);
        assert_message(&msg, sizes[seen], seen);
        assert_true(msg.stream_off == *off);
        *off += msg.len;
        seen++;
        kq_msg_release(&msg);
    }
    return seen;
}

static void feed_in_pieces(const uint8_t *s, size_t len, size_t piece)
{
    struct kq_reader *r = kq_reader_new(LIMIT);
    unsigned seen = 0;
    uint64_t off = 0;
    for (size_t at = 0; at < len; at += piece) {
        kq_reader_feed(r, s + at, piece < len - at ? piece : len - at);
        seen = take_all(r, seen, &off);
    }
    assert_int_equal(seen, COUNT);
    assert_int_equal(kq_reader_pending(r, NULL), 0);
    kq_reader_free(r);
}

static void pieces_of_any_size(void **state)
{
    (void)state;
    size_t len;
    uint8_t *s = make_stream(&len);
    static const size_t pieces[] = {1, 7, 8, 1460, 4096, 65536, 1 << 20, 8 << 20};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        feed_in_pieces(s, len, pieces[i]);
    free(s);
}

/* As a transport does: read to where the reader wants it, at most `most`. */
static void pump(const uint8_t *s, size_t len, size_t most)
{
    struct kq_reader *r = kq_reader_new(LIMIT);
    unsigned seen = 0;
    uint64_t off = 0;
    for (size_t at = 0; at < len;) {
        size_t n;
        uint8_t *to = kq_reader_want(r, &n);
        assert_non_null(to);
        assert_true(n >= 1);
        n = n < most ? n : most;
        n = n < len - at ? n : len - at;
        memcpy(to, s + at, n);
        kq_reader_got(r, n);
        at += n;
        seen = take_all(r, seen, &off);
    }
    assert_int_equal(seen, COUNT);
    kq_reader_free(r);
}

static void transports_read_in_place(void **state)
{
    (void)state;
    size_t len;
    uint8_t *s = make_stream(&len);
    pump(s, len, 3);
    pump(s, len, 1000);
    pump(s, len, SIZE_MAX);
    free(s);
}

static void small_messages_share_a_frame(void **state)
{
    (void)state;
    uint8_t s[30];
    for (unsigned i = 0; i < 3; i++)
        put_message(s + 10 * i, 10, i);
    struct kq_reader *r = kq_reader_new(LIMIT);
    struct kq_msg msg[3];
    kq_reader_feed(r, s, sizeof s);
    for (unsigned i = 0; i < 3; i++)
        assert_int_equal(kq_reader_next(r, &msg[i], NULL), 1);
    assert_ptr_equal(msg[0].frame, msg[2].frame);
    kq_reader_free(r);
    for (unsigned i = 0; i < 3; i++) {
        assert_message(&msg[i], 10, i);
        kq_msg_release(&msg[i]);
    }
}

static void kept_messages_survive_what_follows(void **state)
{
    (void)state;
    size_t len;
    uint8_t *s = make_stream(&len);
    struct kq_reader *r = kq_reader_new(LIMIT);
    struct kq_msg kept[COUNT];
    unsigned seen = 0;
    for (size_t at = 0; at < len; at += 999) {
        kq_reader_feed(r, s + at, 999 < len - at ? 999 : len - at);
        while (seen < COUNT && kq_reader_next(r, &kept[seen], NULL) == 1)
            seen++;
    }
    kq_reader_free(r);
    assert_int_equal(seen, COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        assert_message(&kept[i], sizes[i], i);
        kq_msg_release(&kept[i]);
    }
    free(s);
}

static void a_claim_takes_no_memory(void **state)
{
    (void)state;
    struct kq_reader *r = kq_reader_new(KQ_TOTAL_MAX);
    struct kq_msg msg;
    uint64_t total;
    kq_reader_feed(r, "\x01\x00\x00\xff\xff\xff\xff\xff\x00", 9);
    assert_int_equal(kq_reader_next(r, &msg, NULL), 0);
    size_t n;
    assert_non_null(kq_reader_want(r, &n));
    assert_in_range(n, 1, 1 << 20);
    assert_int_equal(kq_reader_pending(r, &total), 9);
    assert_true(total == KQ_TOTAL_MAX);
    kq_reader_free(r);
}

static void refuse(const char *hex, uint64_t limit, const char *message)
{
    struct hex h = unhex(hex);
    struct kq_reader *r = kq_reader_new(limit);
    struct kq_msg msg;
    struct kq_err err = {0};
    kq_reader_feed(r, h.p, h.n);
    assert_int_equal(kq_reader_next(r, &msg, &err), -1);
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, message);
    /* Good bytes do not mend it; a reset does. */
    kq_reader_feed(r, "\x01\x00\x00\x00\x0a\x00\x00\x00\x65\x00", 10);
    assert_int_equal(kq_reader_next(r, &msg, &err), -1);
    assert_string_equal(err.msg, message);
    size_t n;
    assert_null(kq_reader_want(r, &n));
    kq_reader_reset(r, 77);
    kq_reader_feed(r, "\x01\x00\x00\x00\x0a\x00\x00\x00\x65\x00", 10);
    assert_int_equal(kq_reader_next(r, &msg, &err), 1);
    assert_true(msg.stream_off == 77);
    kq_msg_release(&msg);
    kq_reader_free(r);
    free(h.p);
}

static void broken_streams_stay_broken(void **state)
{
    (void)state;
    refuse("01 07 0000 0a000000 6500", LIMIT, "unknown message type 7");
    refuse("485454502f312e31", LIMIT, "not a kdb+ message: byte order 0x48 is neither 0 nor 1");
    refuse("01 00 0000 65000000 0000", 100,
           "message of 101 bytes is over the limit of 100 (--max-size)");
}

static void pending_tells_what_is_missing(void **state)
{
    (void)state;
    struct kq_reader *r = kq_reader_new(LIMIT);
    struct kq_msg msg;
    uint64_t total;
    kq_reader_feed(r, "\x01\x00\x00", 3);
    assert_int_equal(kq_reader_next(r, &msg, NULL), 0);
    assert_int_equal(kq_reader_pending(r, &total), 3);
    assert_int_equal(total, 0);
    kq_reader_feed(r, "\x00\x0a\x00\x00\x00\x65", 6);
    assert_int_equal(kq_reader_next(r, &msg, NULL), 0);
    assert_int_equal(kq_reader_pending(r, &total), 9);
    assert_int_equal(total, 10);
    kq_reader_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_of_any_size),
        cmocka_unit_test(transports_read_in_place),
        cmocka_unit_test(small_messages_share_a_frame),
        cmocka_unit_test(kept_messages_survive_what_follows),
        cmocka_unit_test(a_claim_takes_no_memory),
        cmocka_unit_test(broken_streams_stay_broken),
        cmocka_unit_test(pending_tells_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
