/*
 * test_dump_flow.c - frames made by hand: link types, IP versions, fragments,
 * beginnings and ends of connections.
 */
#include "flow.h"
#include "ipfrag.h"

#include "hex.h"
#include "text/repr.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

enum { ETHERNET = 1, RAW = 12, LOOPBACK = 0, COOKED = 113, COOKED2 = 276 };

/* ---- frames ---- */

struct frame {
    uint8_t p[2048];
    size_t n;
};

static void put16(struct frame *f, unsigned v)
{
    f->p[f->n++] = (uint8_t)(v >> 8);
    f->p[f->n++] = (uint8_t)v;
}

static void put32(struct frame *f, uint32_t v)
{
    put16(f, v >> 16);
    put16(f, v & 0xffff);
}

static void put_hex(struct frame *f, const char *text)
{
    struct hex h = unhex(text);
    memcpy(f->p + f->n, h.p, h.n);
    f->n += h.n;
    free(h.p);
}

/* Who sends: 'c' is 10.0.0.1:4000, 's' is 10.0.0.2:5010. */
static void put_tcp(struct frame *f, char from, uint32_t seq, uint32_t ack, unsigned flags,
                    const char *payload)
{
    put16(f, from == 'c' ? 4000 : 5010);
    put16(f, from == 'c' ? 5010 : 4000);
    put32(f, seq);
    put32(f, ack);
    put16(f, 0x5000 | flags);
    put16(f, 1000);
    put32(f, 0);
    put_hex(f, payload);
}

static void put_ipv4(struct frame *f, char from, const struct frame *tcp, unsigned frag, size_t at,
                     size_t n)
{
    put32(f, 0x45000000u | (uint32_t)(20 + n));
    put32(f, 0x12340000u | frag);
    put32(f, 0x40060000u);
    put32(f, from == 'c' ? 0x0a000001 : 0x0a000002);
    put32(f, from == 'c' ? 0x0a000002 : 0x0a000001);
    memcpy(f->p + f->n, tcp->p + at, n);
    f->n += n;
}

static void put_ipv6(struct frame *f, char from, const struct frame *tcp, const char *extension)
{
    struct hex ext = unhex(extension);
    put32(f, 0x60000000u);
    put16(f, (unsigned)(ext.n + tcp->n));
    put16(f, (ext.n ? 0x0040u : 0x0640u));
    for (int i = 0; i < 2; i++) {
        put32(f, 0xfe800000);
        put32(f, 0);
        put32(f, 0);
        put32(f, (from == 'c') == (i == 0) ? 1 : 2);
    }
    put_hex(f, extension);
    memcpy(f->p + f->n, tcp->p, tcp->n);
    f->n += tcp->n;
    free(ext.p);
}

/* ---- a capture ---- */

struct rig {
    struct dump_next next;
    struct dump_streams all;
    struct dump_flows *flows;
    struct kq_out text;
    const char *link; /* hex of the link header */
    int type;
    bool v6;
    int64_t now;
};

static bool collect(struct dump_next *next, struct dump_msg *m)
{
    struct kq_out *o = &((struct rig *)next)->text;
    kq_out_printf(o, "%u %s %s ", m->conn->id, dump_msg_src(m), dump_kind_name(m->kind));
    if (dump_msg_has_body(m) && dump_msg_value(m))
        kq_repr(o, dump_msg_value(m), &kq_style_default);
    else
        kq_out_printf(o, "%.*s", KQ_STR_FMT(m->text));
    kq_out_char(o, '\n');
    return true;
}

static void begin(struct rig *g, const char *ports, size_t max_memory)
{
    *g =
        (struct rig){.next = {collect}, .link = "000000000000 000000000000 0800", .type = ETHERNET};
    g->all = (struct dump_streams){.next = &g->next, .pair = true, .trust = ports != NULL};
    g->all.memory.max = max_memory;
    g->all.limits = (struct dump_limits){1 << 30, SIZE_MAX, &g->all.memory};
    g->flows = dump_flows_new(&g->all, ports);
    kq_out_init_mem(&g->text);
}

static void frame(struct rig *g, const struct frame *f)
{
    uint8_t *copy = malloc(f->n);
    memcpy(copy, f->p, f->n);
    assert_true(dump_flows_frame(g->flows, g->type, copy, f->n, g->now++));
    free(copy);
}

static void packet(struct rig *g, char from, uint32_t seq, uint32_t ack, unsigned flags,
                   const char *payload)
{
    struct frame tcp = {.n = 0}, f = {.n = 0};
    put_tcp(&tcp, from, seq, ack, flags, payload);
    put_hex(&f, g->link);
    if (g->v6)
        put_ipv6(&f, from, &tcp, "0600050200000000");
    else
        put_ipv4(&f, from, &tcp, 0, 0, tcp.n);
    frame(g, &f);
}

static void end(struct rig *g, const char *want)
{
    assert_true(dump_flows_end(g->flows));
    dump_flows_free(g->flows);
    assert_int_equal(g->all.memory.used, 0);
    kq_out_char(&g->text, 0);
    assert_string_equal(g->text.buf, want);
    kq_out_release(&g->text);
}

#define SYN   DUMP_SYN
#define ACK   DUMP_ACK
#define FIN   DUMP_FIN
#define RST   DUMP_RST
#define ASK   "01010000 11000000 0a00 03000000 322b32"
#define REPLY "01020000 0d000000 fa 04000000"

static void session(struct rig *g, uint32_t c, uint32_t s)
{
    packet(g, 'c', c, 0, SYN, "");
    packet(g, 's', s, c + 1, SYN | ACK, "");
    packet(g, 'c', c + 1, s + 1, ACK, "75 03 00");
    packet(g, 's', s + 1, c + 4, ACK, "03");
    packet(g, 'c', c + 4, s + 2, ACK, ASK);
    packet(g, 's', s + 2, c + 21, ACK, REPLY);
}

static const char usual[] = "1 10.0.0.1:4000 handshake u\n"
                            "1 10.0.0.2:5010 accept \n"
                            "1 10.0.0.1:4000 sync \"2+2\"\n"
                            "1 10.0.0.2:5010 response 4i\n";

static void reads_every_link_type(void **state)
{
    (void)state;
    static const struct {
        int type;
        const char *link;
    } links[] = {
        {ETHERNET, "000000000000 000000000000 0800"},
        {ETHERNET, "000000000000 000000000000 8100 0005 0800"},
        {ETHERNET, "000000000000 000000000000 88a8 0005 8100 0006 0800"},
        {RAW, ""},
        {101, ""},
        {228, ""},
        {LOOPBACK, "02000000"},
        {COOKED, "0000 0304 0006 000000000000 0000 0800"},
        {COOKED2, "0800 0000 00000001 0304 00 06 0000000000000000"},
    };
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        struct rig g;
        begin(&g, NULL, 0);
        g.type = links[i].type;
        g.link = links[i].link;
        assert_true(dump_link_known(g.type));
        session(&g, 1000, 2000);
        end(&g, usual);
    }
    assert_false(dump_link_known(147));
}

static void reads_ipv6_with_extensions(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    g.v6 = true;
    g.link = "000000000000 000000000000 86dd";
    session(&g, 1000, 2000);
    end(&g, "1 [fe80::1]:4000 handshake u\n"
            "1 [fe80::2]:5010 accept \n"
            "1 [fe80::1]:4000 sync \"2+2\"\n"
            "1 [fe80::2]:5010 response 4i\n");
}

static void puts_fragments_together(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    packet(&g, 'c', 1000, 0, SYN, "");
    packet(&g, 's', 2000, 1001, SYN | ACK, "");
    struct frame tcp = {.n = 0};
    put_tcp(&tcp, 'c', 1001, 2001, ACK, "750300" ASK);
    for (int i = 0; i < 2; i++) {
        /* The second piece comes first. */
        struct frame f = {.n = 0};
        put_hex(&f, g.link);
        if (i)
            put_ipv4(&f, 'c', &tcp, 0x2000, 0, 24);
        else
            put_ipv4(&f, 'c', &tcp, 3, 24, tcp.n - 24);
        frame(&g, &f);
    }
    end(&g, "1 10.0.0.1:4000 handshake u\n"
            "1 10.0.0.1:4000 sync \"2+2\"\n"
            "1 10.0.0.1:4000 note no answer\n");
}

static void passes_over_padding_and_other_frames(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    struct frame f = {.n = 0};
    put_hex(&f, "000000000000 000000000000 0806 0001");
    frame(&g, &f);
    session(&g, 1000, 2000);
    struct frame tcp = {.n = 0}, padded = {.n = 0};
    put_tcp(&tcp, 'c', 1021, 2015, ACK, "");
    put_hex(&padded, g.link);
    put_ipv4(&padded, 'c', &tcp, 0, 0, tcp.n);
    put_hex(&padded, "000000000000");
    frame(&g, &padded);
    end(&g, usual);
}

static void survives_reordered_beginnings(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    packet(&g, 's', 2000, 1001, SYN | ACK, "");
    packet(&g, 'c', 1001, 2001, ACK, "75 03 00");
    packet(&g, 'c', 1000, 0, SYN, "");
    packet(&g, 's', 2002, 1021, ACK, REPLY);
    packet(&g, 's', 2001, 1004, ACK, "03");
    packet(&g, 'c', 1004, 2002, ACK, ASK);
    end(&g, usual);
}

static void takes_packets_behind_a_reset(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    packet(&g, 'c', 1000, 0, SYN, "");
    packet(&g, 's', 2000, 1001, SYN | ACK, "");
    packet(&g, 'c', 1001, 2001, ACK, "75 03 00");
    packet(&g, 's', 2001, 1004, ACK, "03");
    packet(&g, 'c', 1021, 2015, RST, "");
    packet(&g, 's', 2002, 1021, ACK, REPLY);
    packet(&g, 'c', 1004, 2002, ACK, ASK);
    end(&g, usual);
}

static void tells_reused_ports_apart(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    session(&g, 1000, 2000);
    packet(&g, 'c', 1021, 2015, ACK | FIN, "");
    packet(&g, 's', 2015, 1022, ACK | FIN, "");
    packet(&g, 'c', 1022, 2016, ACK, "");
    session(&g, 500000, 700000);
    /* Without an end in between, too. */
    session(&g, 90000000, 80000000);
    end(&g, "1 10.0.0.1:4000 handshake u\n"
            "1 10.0.0.2:5010 accept \n"
            "1 10.0.0.1:4000 sync \"2+2\"\n"
            "1 10.0.0.2:5010 response 4i\n"
            "2 10.0.0.1:4000 handshake u\n"
            "2 10.0.0.2:5010 accept \n"
            "2 10.0.0.1:4000 sync \"2+2\"\n"
            "2 10.0.0.2:5010 response 4i\n"
            "3 10.0.0.1:4000 handshake u\n"
            "3 10.0.0.2:5010 accept \n"
            "3 10.0.0.1:4000 sync \"2+2\"\n"
            "3 10.0.0.2:5010 response 4i\n");
}

static void sees_packets_captured_twice_once(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, NULL, 0);
    for (int i = 0; i < 2; i++)
        packet(&g, 'c', 1000, 0, SYN, "");
    for (int i = 0; i < 2; i++)
        packet(&g, 's', 2000, 1001, SYN | ACK, "");
    for (int i = 0; i < 2; i++)
        packet(&g, 'c', 1001, 2001, ACK, "75 03 00");
    for (int i = 0; i < 2; i++)
        packet(&g, 's', 2001, 1004, ACK, "03");
    for (int i = 0; i < 2; i++)
        packet(&g, 'c', 1004, 2002, ACK, ASK);
    for (int i = 0; i < 2; i++)
        packet(&g, 's', 2002, 1021, ACK, REPLY);
    end(&g, usual);
}

static void looks_at_the_ports_asked_for(void **state)
{
    (void)state;
    struct rig g;
    begin(&g, "5000-5020", 0);
    session(&g, 1000, 2000);
    end(&g, usual);
    begin(&g, "4000", 0);
    session(&g, 1000, 2000);
    end(&g, "");
}

static void keeps_to_its_memory(void **state)
{
    (void)state;
    struct rig g;
    size_t most = 0;
    begin(&g, "5010", 100000);
    packet(&g, 'c', 1000, 0, SYN, "");
    packet(&g, 's', 2000, 1001, SYN | ACK, "");
    packet(&g, 'c', 1001, 2001, ACK, "75 03 00");
    /* A message of 1 MB that never ends, behind a hole. */
    char payload[2 * 1000 + 1];
    memset(payload, '0', sizeof payload - 1);
    payload[sizeof payload - 1] = 0;
    for (uint32_t i = 0; i < 300; i++) {
        packet(&g, 'c', 2000 + i * 1000, 2001, ACK, payload);
        if (g.all.memory.used > most)
            most = g.all.memory.used;
    }
    assert_true(most > 50000);
    assert_true(most < 110000);
    dump_flows_end(g.flows);
    dump_flows_free(g.flows);
    assert_int_equal(g.all.memory.used, 0);
    kq_out_release(&g.text);
}

static void survives_cut_and_random_frames(void **state)
{
    (void)state;
    struct rig g;
    uint64_t seed = 7;
    begin(&g, NULL, 1 << 20);
    for (int i = 0; i < 20000; i++) {
        struct frame tcp = {.n = 0}, f = {.n = 0};
        put_tcp(&tcp, i % 2 ? 'c' : 's', (uint32_t)test_random(&seed) % 100, 0, i % 64,
                "01010000 11000000 0a");
        put_hex(&f, g.link);
        put_ipv4(&f, i % 2 ? 'c' : 's', &tcp, i % 5 ? 0 : 0x2001, 0, tcp.n);
        f.p[test_random(&seed) % f.n] = (uint8_t)test_random(&seed);
        f.n = test_random(&seed) % (f.n + 1);
        frame(&g, &f);
    }
    dump_flows_end(g.flows);
    dump_flows_free(g.flows);
    kq_out_release(&g.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_every_link_type),
        cmocka_unit_test(reads_ipv6_with_extensions),
        cmocka_unit_test(puts_fragments_together),
        cmocka_unit_test(passes_over_padding_and_other_frames),
        cmocka_unit_test(survives_reordered_beginnings),
        cmocka_unit_test(takes_packets_behind_a_reset),
        cmocka_unit_test(tells_reused_ports_apart),
        cmocka_unit_test(sees_packets_captured_twice_once),
        cmocka_unit_test(looks_at_the_ports_asked_for),
        cmocka_unit_test(keeps_to_its_memory),
        cmocka_unit_test(survives_cut_and_random_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
