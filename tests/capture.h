/*
 * capture.h - writing captures for tests and benchmarks: TCP over IPv4 over
 * Ethernet, as a classic pcap file with microseconds.
 *
 * Connections are numbered; number c is 10.0.1.c:40000+c to 10.0.0.1:5010.
 * Side 0 is the client's, 1 the server's.
 */
#ifndef KQ_TESTS_CAPTURE_H
#define KQ_TESTS_CAPTURE_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { CAPTURE_CONNS = 200, CAPTURE_MSS = 1448, CAPTURE_HEAD = 14 + 20 + 20 };
enum { CAPTURE_FIN = 1, CAPTURE_SYN = 2, CAPTURE_PUSH = 8, CAPTURE_ACK = 16 };

struct capture {
    FILE *f;
    uint64_t now_us; /* of the next packet, since 1970; the caller moves it */
    uint64_t written, packets;
    uint32_t seq[CAPTURE_CONNS][2]; /* next */
    unsigned unacked[CAPTURE_CONNS];
};

static inline void capture_start(struct capture *c, FILE *f, uint64_t now_us)
{
    const uint32_t head[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
    *c = (struct capture){.f = f, .now_us = now_us};
    fwrite(head, 1, sizeof head, f);
}

static inline void capture_put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static inline void capture_put32(uint8_t *p, uint32_t v)
{
    capture_put16(p, v >> 16);
    capture_put16(p + 2, v & 0xffff);
}

static inline void capture_packet(struct capture *c, int conn, int side, unsigned flags,
                                  const uint8_t *data, size_t n)
{
    uint8_t h[16 + CAPTURE_HEAD] = {0};
    uint32_t len = (uint32_t)(CAPTURE_HEAD + n);
    uint32_t head[4] = {(uint32_t)(c->now_us / 1000000), (uint32_t)(c->now_us % 1000000), len, len};
    uint8_t *ip = h + 16 + 14, *tcp = ip + 20;
    uint32_t client = 0x0a000100 + (uint32_t)conn, server = 0x0a000001;
    unsigned port = 40000 + (unsigned)conn;
    memcpy(h, head, sizeof head);
    capture_put16(h + 16 + 12, 0x0800);
    ip[0] = 0x45;
    capture_put16(ip + 2, (unsigned)(40 + n));
    ip[8] = 64;
    ip[9] = 6;
    capture_put32(ip + 12, side ? server : client);
    capture_put32(ip + 16, side ? client : server);
    capture_put16(tcp, side ? 5010 : port);
    capture_put16(tcp + 2, side ? port : 5010);
    capture_put32(tcp + 4, c->seq[conn][side]);
    capture_put32(tcp + 8, c->seq[conn][!side]);
    capture_put16(tcp + 12, 0x5000 | flags);
    capture_put16(tcp + 14, 65535);
    fwrite(h, 1, sizeof h, c->f);
    if (n)
        fwrite(data, 1, n, c->f);
    c->seq[conn][side] += (uint32_t)n + (flags & (CAPTURE_SYN | CAPTURE_FIN) ? 1 : 0);
    c->written += sizeof h + n;
    c->now_us += 3;
    c->packets++;
}

/* In segments, with an ACK for every second one. */
static inline void capture_bytes(struct capture *c, int conn, int side, const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    for (size_t at = 0; at < n; at += CAPTURE_MSS) {
        size_t len = n - at < CAPTURE_MSS ? n - at : CAPTURE_MSS;
        capture_packet(c, conn, side, CAPTURE_PUSH | CAPTURE_ACK, p + at, len);
        if (++c->unacked[conn] % 2 == 0)
            capture_packet(c, conn, !side, CAPTURE_ACK, NULL, 0);
    }
}

/* TCP's handshake and kdb+'s; `seq` is where the client's numbers begin. */
static inline void capture_connect(struct capture *c, int conn, uint32_t seq, const char *user)
{
    char login[100];
    int n = snprintf(login, sizeof login, "%s:secret\3", user);
    c->seq[conn][0] = seq;
    c->seq[conn][1] = ~seq;
    capture_packet(c, conn, 0, CAPTURE_SYN, NULL, 0);
    capture_packet(c, conn, 1, CAPTURE_SYN | CAPTURE_ACK, NULL, 0);
    capture_packet(c, conn, 0, CAPTURE_ACK, NULL, 0);
    capture_bytes(c, conn, 0, login, (size_t)n + 1);
    capture_bytes(c, conn, 1, "\3", 1);
}

#endif
