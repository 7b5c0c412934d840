/*
 * test_dump_stream.c - connections given as pieces of bytes, the messages that
 * come out written as lines "kind direction size content".
 */
#include "stream.h"

#include "hex.h"
#include "text/repr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

struct collector {
    struct dump_next next;
    struct kq_out text;
    struct dump_streams all;
    struct dump_stream *s;
};

static bool collect(struct dump_next *next, struct dump_msg *m)
{
    struct kq_out *o = &((struct collector *)next)->text;
    kq_out_printf(o, "%s %c %llu ", dump_kind_name(m->kind), m->to_client ? '<' : '>',
                  (unsigned long long)m->len);
    if (m->missing)
        kq_out_printf(o, "missing %llu", (unsigned long long)m->missing);
    else if (dump_msg_has_body(m) && dump_msg_value(m))
        kq_repr(o, dump_msg_value(m), &kq_style_default);
    else
        kq_out_printf(o, "%.*s", KQ_STR_FMT(m->text));
    if (m->capability >= 0)
        kq_out_printf(o, " capability %d", m->capability);
    if (m->ask)
        kq_out_printf(o, " to %llu", (unsigned long long)m->ask->n);
    if (m->latency_ns >= 0)
        kq_out_printf(o, " after %lld", (long long)m->latency_ns);
    kq_out_char(o, '\n');
    return true;
}

static void begin(struct collector *c, enum dump_start start, bool trust)
{
    *c = (struct collector){.next = {collect}};
    kq_out_init_mem(&c->text);
    c->all = (struct dump_streams){.next = &c->next, .pair = true, .trust = trust};
    c->all.limits = (struct dump_limits){1 << 20, SIZE_MAX, &c->all.memory};
    c->s = dump_stream_new(&c->all, 1, "c:1", "s:2", start);
}

/* "> 0102" or "< 03" at a time; "> -5" is a gap of 5 bytes. */
static void play(struct collector *c, const char *step, int64_t when_ns)
{
    bool to_client = step[0] == '<';
    if (step[2] == '-') {
        dump_stream_gap(c->s, to_client, strtoull(step + 3, NULL, 10), when_ns);
        return;
    }
    struct hex h = unhex(step + 2);
    dump_stream_feed(c->s, to_client, h.p, h.n, when_ns);
    free(h.p);
}

static void end(struct collector *c, const char *want)
{
    dump_stream_end(c->s, 1000);
    dump_stream_free(c->s);
    assert_int_equal(c->all.memory.used, 0);
    kq_out_char(&c->text, 0);
    assert_string_equal(c->text.buf, want);
    kq_out_release(&c->text);
}

/* Steps 100 ns apart. */
static void expect(enum dump_start start, bool trust, const char *const *steps, const char *want)
{
    struct collector c;
    begin(&c, start, trust);
    for (int64_t t = 0; *steps; steps++, t += 100)
        play(&c, *steps, t);
    end(&c, want);
}

#define LOGIN "> 753a70 03 00"
#define ASK   "01010000 11000000 0a00 03000000 322b32"
#define REPLY "01020000 0d000000 fa 04000000"
#define ASYNC "01000000 0d000000 fa 07000000"

static const char usual[] = "handshake > 5 u capability 3\n"
                            "accept < 1  capability 3\n"
                            "sync > 17 \"2+2\"\n"
                            "async < 13 7i\n"
                            "response < 13 4i to 2 after 100\n";

static void follows_a_session(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){LOGIN, "< 03", "> " ASK, "< " ASYNC REPLY, NULL}, usual);
}

static void takes_any_pieces(void **state)
{
    (void)state;
    struct hex sent = unhex("753a700300" ASK), back = unhex("03" ASYNC REPLY);
    struct collector c;
    begin(&c, DUMP_START_LOGIN, false);
    for (size_t i = 0; i < sent.n; i++)
        dump_stream_feed(c.s, false, sent.p + i, 1, 300);
    for (size_t i = 0; i < back.n; i++)
        dump_stream_feed(c.s, true, back.p + i, 1, 400);
    end(&c, "handshake > 5 u capability 3\n"
            "sync > 17 \"2+2\"\n"
            "accept < 1  capability 3\n"
            "async < 13 7i\n"
            "response < 13 4i to 1 after 100\n");
    free(sent.p);
    free(back.p);
}

static void waits_for_the_login(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){"< 03", LOGIN, "> " ASK, "< " ASYNC REPLY, NULL}, usual);
}

static void knows_the_console_protocol(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false, (const char *const[]){"> 71636f6e00 322b3200", "< 340a", NULL},
           "handshake > 5 qcon\n"
           "text > 4 2+2\n"
           "text < 2 4\n\n");
    /* Without a name, in one segment or two. */
    static const char nameless[] = "handshake > 1 \n"
                                   "text > 4 2+2\n"
                                   "text < 2 4\n\n";
    expect(DUMP_START_LOGIN, false, (const char *const[]){"> 00322b3200", "< 340a", NULL},
           nameless);
    expect(DUMP_START_LOGIN, false, (const char *const[]){"> 00", "> 322b3200", "< 340a", NULL},
           nameless);
}

/* Another protocol may begin with a zero. */
static void does_not_take_any_zero_for_a_login(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false, (const char *const[]){"> 0001020300", "< 340a", NULL}, "");
    expect(DUMP_START_LOGIN, false, (const char *const[]){"> 0000", "< 340a", NULL}, "");
}

static void knows_the_login_of_old_clients(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){"> 753a7000", "< 01", "> " ASK, "< " REPLY, NULL},
           "handshake > 4 u\n"
           "accept < 1  capability 1\n"
           "sync > 17 \"2+2\"\n"
           "response < 13 4i to 2 after 100\n");
}

static void passes_over_other_protocols(void **state)
{
    (void)state;
    struct collector c;
    begin(&c, DUMP_START_LOGIN, false);
    play(&c, "> 5353482d322e302d780d0a", 0); /* SSH-2.0-x */
    play(&c, "< 5353482d322e302d790d0a", 1);
    assert_true(dump_stream_ignored(c.s));
    assert_int_equal(c.all.other, 1);
    end(&c, "");
    begin(&c, DUMP_START_LOGIN, false);
    play(&c, "> 1603010200", 0);
    assert_true(dump_stream_ignored(c.s));
    assert_int_equal(c.all.encrypted, 1);
    end(&c, "");
}

static void notes_tls_on_a_known_port(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, true, (const char *const[]){"> 1603010200", NULL},
           "note > 0 TLS: encrypted\n");
}

static void finds_its_way_in_the_middle(void **state)
{
    (void)state;
    expect(DUMP_START_MIDDLE, false,
           (const char *const[]){"> 000000 322b32", "> " ASK, "< ffff" REPLY REPLY, NULL},
           "sync > 17 \"2+2\"\n"
           "response < 13 4i to 0 after 100\n"
           "response < 13 4i\n");
}

static void counts_through_a_hole(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){LOGIN, "< 03", "> 01010000 11000000 0a00 0300", "> -5", "> " ASK,
                                 NULL},
           "handshake > 5 u capability 3\n"
           "accept < 1  capability 3\n"
           "sync > 17 missing 5\n"
           "sync > 17 \"2+2\"\n"
           "note > 0 no answer to 2\n"
           "note > 0 no answer to 3\n");
}

static void searches_behind_a_hole(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){LOGIN, "< 03", "> -40", "> 0a00ff01" ASK "0101", "< " REPLY, NULL},
           "handshake > 5 u capability 3\n"
           "accept < 1  capability 3\n"
           "note > 0 40 bytes lost in the capture\n"
           "sync > 17 \"2+2\"\n"
           "response < 13 4i to 2 after 100\n"
           "note > 0 ends inside a message header: 2 of 8 bytes\n");
}

static void reports_what_is_no_message(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false, (const char *const[]){LOGIN, "> 0103000000000000 " ASK, NULL},
           "handshake > 5 u capability 3\n"
           "note > 0 unknown message type 3\n"
           "sync > 17 \"2+2\"\n"
           "note > 0 no answer to 1\n");
    /* The next message begins inside of what looked like a header. */
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){LOGIN, "> 0103", "> 00 01010000", "> 110000000a0003000000322b32",
                                 NULL},
           "handshake > 5 u capability 3\n"
           "note > 0 unknown message type 3\n"
           "sync > 17 \"2+2\"\n"
           "note > 0 no answer to 1\n");
}

static void follows_websockets(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){
               "> 474554202f20485454502f312e310d0a557067726164653a20776562736f636b65740d0a0d0a",
               "< 485454502f312e3120313031204f4b0d0a0d0a",
               /* masked with 01020304, in two frames of one message */
               "> 0288 01020304 0003030410020304", "> 8089 01020304 0b0200040102312f33",
               "< 820d " REPLY, "< 8103 616263", NULL},
           "sync > 17 \"2+2\"\n"
           "response < 13 4i to 0 after 100\n"
           "text < 3 abc\n");
}

#define UPGRADE                                                                       \
    "> 474554202f20485454502f312e310d0a557067726164653a20776562736f636b65740d0a0d0a", \
        "< 485454502f312e3120313031204f4b0d0a0d0a"

/* Packed by zlib, each message with what the one before left in its window. */
static void follows_packed_websockets(void **state)
{
    (void)state;
    static const char want[] = "async < 13 7i\n"
                               "async < 13 7i\n"
                               "text < 17 hello hello hello\n";
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){UPGRADE, "< c20c62646060e005e25fec400200", "< c2056244e60000",
                                 "< c10aca48cdc9c95740220100", NULL},
           want);
    /* In pieces, and in two frames with a ping between them. */
    expect(DUMP_START_LOGIN, false,
           (const char *const[]){UPGRADE, "< 4205 6264", "< 6060e0 8900", "< 8007 05e25fec",
                                 "< 400200 c2056244e60000", "< c10aca48cdc9c95740220100", NULL},
           want);
}

static void gives_up_on_damaged_websockets(void **state)
{
    (void)state;
    expect(DUMP_START_LOGIN, true,
           (const char *const[]){UPGRADE, "< c203ffffff", "< 820d " ASYNC, NULL},
           "note > 0 HTTP request GET / HTTP/1.1\n"
           "note < 0 HTTP response HTTP/1.1 101 OK\n"
           "note < 0 WebSocket begins\n"
           "note < 0 compressed stream: invalid block type\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(follows_a_session),
        cmocka_unit_test(takes_any_pieces),
        cmocka_unit_test(waits_for_the_login),
        cmocka_unit_test(knows_the_console_protocol),
        cmocka_unit_test(does_not_take_any_zero_for_a_login),
        cmocka_unit_test(knows_the_login_of_old_clients),
        cmocka_unit_test(passes_over_other_protocols),
        cmocka_unit_test(notes_tls_on_a_known_port),
        cmocka_unit_test(finds_its_way_in_the_middle),
        cmocka_unit_test(counts_through_a_hole),
        cmocka_unit_test(searches_behind_a_hole),
        cmocka_unit_test(reports_what_is_no_message),
        cmocka_unit_test(follows_websockets),
        cmocka_unit_test(follows_packed_websockets),
        cmocka_unit_test(gives_up_on_damaged_websockets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
