/*
 * dump_capture.c - writes a capture of kdb+ traffic to measure kq-dump with.
 *
 *      dump_capture FILE MEGABYTES mixed|tiny
 *
 * mixed: 200 connections over Ethernet, MSS 1448, an ACK for every second
 * segment; queries with answers of 100 to 400 rows, and updates of 100 rows.
 * tiny: 8 connections, updates of one row, as many in a segment as fit.
 */
#include "base/buf.h"
#include "base/num.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "wire/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONNS_MAX = 200, MSS = 1448, HEAD = 14 + 20 + 20, KINDS = 8 };

struct conn {
    uint32_t seq[2]; /* next, client and server */
    unsigned unacked;
};

static struct {
    FILE *f;
    struct conn conn[CONNS_MAX];
    uint64_t written, now_us, frames, packets, seed;
} cap;

static uint64_t next_random(void)
{
    cap.seed ^= cap.seed << 13;
    cap.seed ^= cap.seed >> 7;
    cap.seed ^= cap.seed << 17;
    return cap.seed;
}

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

/* ---- packets ---- */

static void put_packet(int c, int side, unsigned flags, const uint8_t *data, size_t n)
{
    uint8_t h[16 + HEAD] = {0};
    uint32_t head[4] = {(uint32_t)(cap.now_us / 1000000), (uint32_t)(cap.now_us % 1000000),
                        (uint32_t)(HEAD + n), (uint32_t)(HEAD + n)};
    uint8_t *ip = h + 16 + 14, *tcp = ip + 20;
    struct conn *k = &cap.conn[c];
    memcpy(h, head, sizeof head);
    put16(h + 16 + 12, 0x0800);
    ip[0] = 0x45;
    put16(ip + 2, (unsigned)(40 + n));
    ip[8] = 64;
    ip[9] = 6;
    put32(ip + 12, side ? 0x0a000001 : 0x0a000100 + (uint32_t)c);
    put32(ip + 16, side ? 0x0a000100 + (uint32_t)c : 0x0a000001);
    put16(tcp, side ? 5010 : 40000 + (unsigned)c);
    put16(tcp + 2, side ? 40000 + (unsigned)c : 5010);
    put32(tcp + 4, k->seq[side]);
    put32(tcp + 8, k->seq[!side]);
    put16(tcp + 12, 0x5000 | flags);
    put16(tcp + 14, 65535);
    fwrite(h, 1, sizeof h, cap.f);
    if (n)
        fwrite(data, 1, n, cap.f);
    k->seq[side] += (uint32_t)n + (flags & 2 ? 1 : 0);
    cap.written += sizeof h + n;
    cap.now_us += 3;
    cap.packets++;
}

static void send_bytes(int c, int side, const uint8_t *p, size_t n)
{
    for (size_t at = 0; at < n; at += MSS) {
        put_packet(c, side, 0x18, p + at, n - at < MSS ? n - at : MSS);
        if (++cap.conn[c].unacked % 2 == 0)
            put_packet(c, !side, 0x10, NULL, 0);
    }
}

static void connect_one(int c)
{
    cap.conn[c].seq[0] = (uint32_t)next_random();
    cap.conn[c].seq[1] = (uint32_t)next_random();
    put_packet(c, 0, 0x02, NULL, 0);
    put_packet(c, 1, 0x12, NULL, 0);
    put_packet(c, 0, 0x10, NULL, 0);
    send_bytes(c, 0, (const uint8_t *)"trader:secret\3", 15);
    send_bytes(c, 1, (const uint8_t *)"\3", 1);
}

/* ---- messages ---- */

static struct kq_obj *column(int type, int64_t n)
{
    struct kq_obj *v = kq_vec_new(type, n);
    static const char *const names[] = {"IBM", "MSFT", "AAPL", "GOOG", "ORCL", "SAP"};
    for (int64_t i = 0; i < n; i++) {
        if (type == KQ_SYMBOL)
            kq_syms(v)[i] = kq_symz(names[next_random() % 6]);
        else if (type == KQ_FLOAT)
            kq_floats(v)[i] = (double)(next_random() % 100000) / 100;
        else
            kq_longs(v)[i] = (int64_t)(next_random() % 1000);
    }
    return v;
}

static struct kq_obj *table(int64_t n)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 4);
    static const char *const texts[] = {"time", "sym", "price", "size"};
    for (int i = 0; i < 4; i++)
        kq_syms(names)[i] = kq_symz(texts[i]);
    return kq_table(names, kq_list_of(4, column(KQ_TIMESPAN, n), column(KQ_SYMBOL, n),
                                      column(KQ_FLOAT, n), column(KQ_LONG, n)));
}

static struct kq_buf message(enum kq_kind kind, struct kq_obj *x)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_encode_msg(&b, kind, x, NULL, NULL);
    kq_unref(x);
    return b;
}

static void send_message(int c, int side, const struct kq_buf *m)
{
    send_bytes(c, side, m->data, m->len);
    cap.frames++;
}

static void write_mixed(uint64_t size)
{
    struct kq_buf ask[KINDS], answer[KINDS], update[KINDS];
    char text[100];
    for (int i = 0; i < KINDS; i++) {
        snprintf(text, sizeof text, "select from trade where date=2024.01.%02d,sym=`IBM,price>%d",
                 10 + i, 100 * i);
        ask[i] = message(KQ_SYNC, kq_stringz(text));
        answer[i] = message(KQ_RESPONSE, table(100 + 50 * i));
        update[i] = message(KQ_ASYNC,
                            kq_list_of(3, kq_atom_symz("upd"), kq_atom_symz("trade"), table(200)));
    }
    while (cap.written < size) {
        int c = (int)(next_random() % CONNS_MAX), k = (int)(next_random() % KINDS);
        if (next_random() % 2) {
            send_message(c, 0, &ask[k]);
            cap.now_us += 100 + next_random() % 3000;
            send_message(c, 1, &answer[k]);
        } else {
            send_message(c, 1, &update[k]);
        }
    }
    for (int i = 0; i < KINDS; i++) {
        kq_buf_release(&ask[i]);
        kq_buf_release(&answer[i]);
        kq_buf_release(&update[i]);
    }
}

static void write_tiny(uint64_t size)
{
    struct kq_obj *row = kq_list_of(3, kq_atom_int(KQ_TIMESPAN, 34200000000000),
                                    kq_atom_symz("IBM"), kq_float(100.25));
    struct kq_buf one =
        message(KQ_ASYNC, kq_list_of(3, kq_stringz(".u.upd"), kq_atom_symz("trade"), row));
    struct kq_buf many;
    kq_buf_init(&many, KQ_BUF_NOMAX);
    while (many.len < 100 * MSS)
        kq_buf_append(&many, one.data, one.len);
    while (cap.written < size) {
        send_bytes((int)(next_random() % 8), 0, many.data, many.len);
        cap.frames += many.len / one.len;
    }
    kq_buf_release(&one);
    kq_buf_release(&many);
}

int main(int argc, char **argv)
{
    uint64_t mb = 0;
    if (argc != 4 || !kq_parse_u64(argv[2], strlen(argv[2]), &mb)) {
        fprintf(stderr, "usage: dump_capture FILE MEGABYTES mixed|tiny\n");
        return 2;
    }
    cap.f = fopen(argv[1], "wb");
    if (!cap.f) {
        perror(argv[1]);
        return 9;
    }
    const uint32_t head[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
    fwrite(head, 1, sizeof head, cap.f);
    cap.now_us = UINT64_C(1704186000000000);
    cap.seed = 88172645463325252u;
    for (int c = 0; c < CONNS_MAX; c++)
        connect_one(c);
    if (strcmp(argv[3], "tiny") == 0)
        write_tiny(mb * 1000000);
    else
        write_mixed(mb * 1000000);
    fprintf(stderr, "%llu bytes, %llu packets, %llu frames\n", (unsigned long long)cap.written,
            (unsigned long long)cap.packets, (unsigned long long)cap.frames);
    return fclose(cap.f) == 0 ? 0 : 9;
}
