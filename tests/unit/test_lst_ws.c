/*
 * test_lst_ws.c - frames of a client in, frames of ours out; the ways in which
 * a WebSocket ends.
 */
#include "ws.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* One end of a WebSocket, and what it has sent. */
struct rig {
    struct lst_ws *ws;
    struct kq_buf sent;
};

static void keep(void *arg, const void *data, size_t n)
{
    struct rig *r = arg;
    kq_buf_append(&r->sent, data, n);
}

static void begin(struct rig *r, bool deflate)
{
    struct lst_ws_opts opts = {.deflate = deflate, .max = 1000, .write = keep, .arg = r};
    kq_buf_init(&r->sent, KQ_BUF_NOMAX);
    r->ws = lst_ws_new(&opts);
}

static void end(struct rig *r)
{
    lst_ws_free(r->ws);
    kq_buf_release(&r->sent);
}

/* A frame as clients send it; the mask is 0, so the payload is as it is. */
static void feed(struct rig *r, int head, const char *payload, size_t len)
{
    uint8_t frame[8 + 2000];
    size_t n = 0;
    frame[n++] = (uint8_t)head;
    frame[n++] = (uint8_t)(0x80 | (len < 126 ? len : 126));
    if (len >= 126) {
        frame[n++] = (uint8_t)(len >> 8);
        frame[n++] = (uint8_t)len;
    }
    memset(frame + n, 0, 4);
    n += 4;
    memcpy(frame + n, payload, len);
    lst_ws_feed(r->ws, frame, n + len);
}

static void assert_sent(struct rig *r, const char *bytes, size_t len)
{
    assert_int_equal(r->sent.len, len);
    assert_memory_equal(r->sent.data, bytes, len);
    kq_buf_clear(&r->sent);
}

/* The connection is to be closed, after a goodbye with this code (0: without one). */
static void assert_over(struct rig *r, unsigned code)
{
    assert_true(lst_ws_is_over(r->ws));
    assert_int_equal(r->sent.len, code ? 4 : 2);
    assert_int_equal(r->sent.data[0], 0x88);
    if (code)
        assert_int_equal(r->sent.data[2] << 8 | r->sent.data[3], code);
}

static void assert_message(struct rig *r, bool text, const char *want)
{
    struct kq_buf got;
    bool is_text;
    kq_buf_init(&got, KQ_BUF_NOMAX);
    assert_true(lst_ws_take(r->ws, &got, &is_text));
    assert_int_equal(is_text, text);
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.data, want, got.len);
    kq_buf_release(&got);
}

static void messages_come_whole_and_in_order(void **state)
{
    (void)state;
    struct rig r;
    struct kq_buf none;
    bool text;
    begin(&r, false);
    feed(&r, 0x81, "2+2", 3);
    feed(&r, 0x02, "a", 1); /* in three parts, with a ping between them */
    feed(&r, 0x00, "b", 1);
    feed(&r, 0x89, "hi", 2);
    assert_sent(&r, "\x8a\x02hi", 4);
    feed(&r, 0x80, "c", 1);
    assert_message(&r, true, "2+2");
    assert_message(&r, false, "abc");
    kq_buf_init(&none, KQ_BUF_NOMAX);
    assert_false(lst_ws_take(r.ws, &none, &text));
    end(&r);
}

static void ours_are_one_frame_each(void **state)
{
    (void)state;
    struct rig r;
    struct kq_err err;
    begin(&r, false);
    assert_true(lst_ws_send(r.ws, true, "hello", 5, &err));
    assert_sent(&r, "\x81\x05hello", 7);
    assert_true(lst_ws_send(r.ws, false, "\1\2", 2, &err));
    assert_sent(&r, "\x82\x02\1\2", 4);
    assert_false(lst_ws_send(r.ws, true, "\xff", 1, &err));
    assert_string_equal(err.msg, "utf8");
    assert_int_equal(r.sent.len, 0);
    end(&r);
}

static void goodbye_is_answered(void **state)
{
    (void)state;
    struct rig r;
    struct kq_err err;
    begin(&r, false);
    feed(&r, 0x88, "\x03\xe8", 2);
    assert_over(&r, 1000);
    assert_false(lst_ws_send(r.ws, true, "late", 4, &err));
    end(&r);
    begin(&r, false);
    lst_ws_close(r.ws, 1001);
    assert_sent(&r, "\x88\x02\x03\xe9", 4);
    assert_false(lst_ws_is_over(r.ws)); /* not before the client has answered */
    feed(&r, 0x88, "\x03\xe9", 2);
    assert_true(lst_ws_is_over(r.ws));
    end(&r);
}

static void offences_have_their_codes(void **state)
{
    (void)state;
    static const struct {
        int head;
        const char *payload;
        size_t len;
        unsigned code;
    } cases[] = {
        {0x83, "x", 1, 1002},        /* a type of frame that does not exist */
        {0xc1, "x", 1, 1002},        /* compressed, which was not agreed on */
        {0x80, "x", 1, 1002},        /* the rest of nothing */
        {0x09, "x", 1, 0},           /* a ping in parts */
        {0x88, "\x03", 1, 0},        /* half a code */
        {0x81, "\xff\xfe", 2, 1007}, /* no utf-8 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct rig r;
        begin(&r, false);
        feed(&r, cases[i].head, cases[i].payload, cases[i].len);
        assert_over(&r, cases[i].code);
        end(&r);
    }
}

static void large_messages_are_1009(void **state)
{
    (void)state;
    static const char zeros[1500];
    struct rig r;
    begin(&r, false);
    feed(&r, 0x82, zeros, 1000);
    assert_false(lst_ws_is_over(r.ws));
    feed(&r, 0x82, zeros, 1001);
    assert_over(&r, 1009);
    end(&r);
    begin(&r, false); /* in parts, too */
    feed(&r, 0x02, zeros, 900);
    feed(&r, 0x80, zeros, 900);
    assert_over(&r, 1009);
    end(&r);
}

static void frames_without_a_mask_are_refused(void **state)
{
    (void)state;
    struct rig r;
    begin(&r, false);
    lst_ws_feed(r.ws, "\x81\x01x", 3);
    assert_over(&r, 1002);
    end(&r);
}

/* "Hello" as RFC 7692 (7.2.3.1) compresses it. */
static void compressed_messages(void **state)
{
    (void)state;
    /* 1001 letters, one more than is allowed */
    static const char bomb[] = "\x4a\x4c\x1c\x05\xa3\x60\x14\x0c\x7b\x00\x00";
    struct rig r;
    struct kq_err err;
    char text[500];
    begin(&r, true);
    feed(&r, 0xc1, "\xf2\x48\xcd\xc9\xc9\x07\x00", 7);
    assert_message(&r, true, "Hello");
    memset(text, 'a', sizeof text);
    assert_true(lst_ws_send(r.ws, true, text, sizeof text, &err));
    assert_int_equal(r.sent.data[0], 0xc1);
    assert_true(r.sent.len < 50);
    kq_buf_clear(&r.sent);
    feed(&r, 0xc1, "\xff\xff\xff", 3);
    assert_over(&r, 1007);
    end(&r);
    begin(&r, true);
    feed(&r, 0xc1, "", 0);
    assert_message(&r, true, "");
    feed(&r, 0xc1, bomb, sizeof bomb - 1);
    assert_over(&r, 1009);
    end(&r);
}

static void the_upgrade(void **state)
{
    (void)state;
    static const struct {
        const char *extensions, *protocols;
        bool deflate;
    } cases[] = {
        {"", "", false},
        {"permessage-deflate", "", true},
        {"permessage-deflate; client_max_window_bits", "", true},
        {"x, permessage-deflate;server_max_window_bits=10, permessage-deflate", "", true},
        {"permessage-deflate;server_max_window_bits=10", "", false},
        {"permessage-deflate", "kxnodeflate", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct kq_buf out;
        bool deflate = !cases[i].deflate;
        kq_buf_init(&out, KQ_BUF_NOMAX);
        assert_true(lst_ws_accept(&out, kq_strz("dGhlIHNhbXBsZSBub25jZQ=="),
                                  kq_strz(cases[i].extensions), kq_strz(cases[i].protocols),
                                  &deflate));
        assert_int_equal(deflate, cases[i].deflate);
        kq_buf_byte(&out, 0);
        assert_non_null(strstr((const char *)out.data,
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
        kq_buf_release(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(messages_come_whole_and_in_order),
        cmocka_unit_test(ours_are_one_frame_each),
        cmocka_unit_test(goodbye_is_answered),
        cmocka_unit_test(offences_have_their_codes),
        cmocka_unit_test(large_messages_are_1009),
        cmocka_unit_test(frames_without_a_mask_are_refused),
        cmocka_unit_test(compressed_messages),
        cmocka_unit_test(the_upgrade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
