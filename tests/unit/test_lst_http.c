/*
 * test_lst_http.c - requests whole, in pieces, in a row, and broken.
 */
#include "http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const struct http_limits limits = {.head = 1024, .body = 64};

static struct http_parser *fed(const char *text)
{
    struct http_parser *p = http_parser_new(&limits);
    http_parser_feed(p, text, strlen(text));
    return p;
}

static void assert_str(struct kq_str got, const char *want)
{
    assert_int_equal(got.len, strlen(want));
    assert_memory_equal(got.s ? got.s : "", want, got.len);
}

static void assert_refused(const char *text, int want)
{
    struct http_request req;
    int status = 0;
    struct http_parser *p = fed(text);
    assert_int_equal(http_parser_next(p, &req, &status), -1);
    assert_int_equal(status, want);
    assert_int_equal(http_parser_next(p, &req, &status), -1);
    http_parser_free(p);
}

static void a_get_has_target_and_headers(void **state)
{
    (void)state;
    struct http_request req;
    int status;
    struct http_parser *p =
        fed("GET /?1+1 HTTP/1.1\r\nHost: x\r\nAccept-Encoding: br, gzip\r\n\r\n");
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    assert_str(req.method, "GET");
    assert_str(req.target, "/?1+1");
    assert_str(http_header(&req, "HOST"), "x");
    assert_true(http_header_lists(&req, "accept-encoding", "gzip"));
    assert_true(req.keep_alive);
    assert_int_equal(http_parser_next(p, &req, &status), 0);
    http_parser_free(p);
}

static void bytes_may_come_one_by_one(void **state)
{
    (void)state;
    static const char text[] = "POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
    struct http_request req;
    int status;
    struct http_parser *p = http_parser_new(&limits);
    for (size_t i = 0; i < sizeof text - 1; i++) {
        assert_int_equal(http_parser_next(p, &req, &status), 0);
        http_parser_feed(p, text + i, 1);
    }
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    assert_str(req.body, "hello");
    http_parser_free(p);
}

static void requests_follow_each_other(void **state)
{
    (void)state;
    struct http_request req;
    int status;
    struct http_parser *p = fed("GET /a HTTP/1.1\r\n\r\n\r\nGET /b HTTP/1.0\r\n\r\nrest");
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    assert_str(req.target, "/a");
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    assert_str(req.target, "/b");
    assert_false(req.keep_alive);
    assert_str(http_parser_rest(p), "rest");
    http_parser_free(p);
}

static void chunks_are_joined(void **state)
{
    (void)state;
    struct http_request req;
    int status;
    struct http_parser *p = fed("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
                                "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\nG");
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    assert_str(req.body, "abcde");
    assert_str(http_parser_rest(p), "G");
    http_parser_free(p);
}

static void a_client_may_wait_for_continue(void **state)
{
    (void)state;
    struct http_request req;
    int status;
    struct http_parser *p =
        fed("POST / HTTP/1.1\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    assert_int_equal(http_parser_next(p, &req, &status), 0);
    assert_true(http_parser_wants_continue(p));
    assert_false(http_parser_wants_continue(p));
    http_parser_feed(p, "ok", 2);
    assert_int_equal(http_parser_next(p, &req, &status), 1);
    http_parser_free(p);
}

static void broken_requests_get_their_status(void **state)
{
    (void)state;
    assert_refused("GET\r\n\r\n", 400);
    assert_refused("GET / HTTP/2.0\r\n\r\n", 505);
    assert_refused("GET / HTTP/1.1\r\nNo colon\r\n\r\n", 400);
    assert_refused("GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400);
    assert_refused("POST / HTTP/1.1\r\n\r\n", 411);
    assert_refused("POST / HTTP/1.1\r\nContent-Length: 65\r\n\r\n", 413);
    assert_refused("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400);
    assert_refused("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
                   400);
    assert_refused("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
    assert_refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n", 413);
    assert_refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400);
    assert_refused("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400);
}

static void an_endless_head_is_refused(void **state)
{
    (void)state;
    struct http_request req;
    int status = 0;
    struct http_parser *p = fed("GET / HTTP/1.1\r\n");
    for (int i = 0; i < 200; i++)
        http_parser_feed(p, "X: aaaaaaa\r\n", 12);
    assert_int_equal(http_parser_next(p, &req, &status), -1);
    assert_int_equal(status, 431);
    http_parser_free(p);
}

static void escapes_both_ways(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 100);
    http_unescape(&b, kq_strz("a%20b+c%zz%"), true);
    assert_str(kq_str((char *)b.data, b.len), "a b c%zz%");
    kq_buf_clear(&b);
    http_escape_html(&b, kq_strz("<a & \"b\">"));
    assert_str(kq_str((char *)b.data, b.len), "&lt;a &amp; &quot;b&quot;&gt;");
    kq_buf_release(&b);
}

static void a_head_answer_has_no_body(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, 1000);
    http_respond(&b, 200, "text/plain", "X: y\r\n", kq_strz("hello"), true, true);
    kq_buf_byte(&b, 0);
    assert_string_equal((char *)b.data,
                        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
                        "Connection: keep-alive\r\nContent-Length: 5\r\nX: y\r\n\r\n");
    kq_buf_release(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_get_has_target_and_headers),
        cmocka_unit_test(bytes_may_come_one_by_one),
        cmocka_unit_test(requests_follow_each_other),
        cmocka_unit_test(chunks_are_joined),
        cmocka_unit_test(a_client_may_wait_for_continue),
        cmocka_unit_test(broken_requests_get_their_status),
        cmocka_unit_test(an_endless_head_is_refused),
        cmocka_unit_test(escapes_both_ways),
        cmocka_unit_test(a_head_answer_has_no_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
