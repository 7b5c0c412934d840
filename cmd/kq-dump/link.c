/*
 * link.c - each layer moves the start of a slice forward and says what follows.
 */
#include "link.h"

#include <arpa/inet.h>
#include <pcap/dlt.h>
#include <stdio.h>
#include <string.h>

enum {
    ETHER_IPV4 = 0x0800,
    ETHER_IPV6 = 0x86dd,
    ETHER_VLAN = 0x8100,
    ETHER_QINQ = 0x88a8,
    ETHER_QINQ_OLD = 0x9100,
    PROTO_TCP = 6
};

/* Bytes that are left. */
struct slice {
    const uint8_t *p;
    size_t n;
};

static uint16_t be16(const uint8_t *p)
{
    return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool skip(struct slice *s, size_t n)
{
    if (s->n < n)
        return false;
    s->p += n;
    s->n -= n;
    return true;
}

/* ---- link layers: move *s to the IP header ---- */

/* An Ethernet type and what follows it; VLAN tags are passed over. */
static bool skip_ether_type(struct slice *s, uint16_t type)
{
    for (int tags = 0; tags < 4; tags++) {
        if (type == ETHER_IPV4 || type == ETHER_IPV6)
            return true;
        if (type != ETHER_VLAN && type != ETHER_QINQ && type != ETHER_QINQ_OLD)
            return false;
        if (s->n < 4)
            return false;
        type = be16(s->p + 2);
        skip(s, 4);
    }
    return false;
}

static bool skip_ethernet(struct slice *s)
{
    uint16_t type = s->n >= 14 ? be16(s->p + 12) : 0;
    return skip(s, 14) && skip_ether_type(s, type);
}

/* Linux "cooked": the protocol stands at the end (v1) or the start (v2). */
static bool skip_cooked(struct slice *s, size_t len, size_t at)
{
    uint16_t type = s->n >= len ? be16(s->p + at) : 0;
    return skip(s, len) && skip_ether_type(s, type);
}

static bool skip_link(int type, struct slice *s)
{
    switch (type) {
    case DLT_EN10MB: return skip_ethernet(s);
    case DLT_LINUX_SLL: return skip_cooked(s, 16, 14);
    case DLT_LINUX_SLL2: return skip_cooked(s, 20, 0);
    case DLT_NULL:
    case DLT_LOOP: return skip(s, 4); /* an address family; the IP version tells the same */
    case DLT_RAW:
    case 101: /* LINKTYPE_RAW */
    case DLT_IPV4:
    case DLT_IPV6: return true;
    default: return false;
    }
}

bool dump_link_known(int type)
{
    switch (type) {
    case DLT_EN10MB:
    case DLT_LINUX_SLL:
    case DLT_LINUX_SLL2:
    case DLT_NULL:
    case DLT_LOOP:
    case DLT_RAW:
    case 101:
    case DLT_IPV4:
    case DLT_IPV6: return true;
    default: return false;
    }
}

/* ---- IP ---- */

static bool parse_ipv4(struct slice s, struct dump_ip *ip)
{
    if (s.n < 20)
        return false;
    const uint8_t *h = s.p;
    size_t head = (size_t)(h[0] & 15) * 4, total = be16(h + 2);
    /* A packet that the network card will cut up has no length yet. */
    if (!total)
        total = s.n;
    if (head < 20 || total < head || s.n < head)
        return false;
    uint16_t frag = be16(h + 6);
    *ip = (struct dump_ip){.proto = h[9], .p = h + head, .len = total - head};
    ip->have = (s.n < total ? s.n : total) - head;
    memcpy(ip->src.word, h + 12, 4);
    memcpy(ip->dst.word, h + 16, 4);
    ip->frag_more = frag & 0x2000;
    ip->frag_off = (uint32_t)(frag & 0x1fff) * 8;
    ip->frag_id = be16(h + 4);
    ip->fragment = ip->frag_more || ip->frag_off;
    return true;
}

/* Pass an IPv6 extension header; false for anything else, which is then the payload. */
static bool skip_extension(struct slice *s, struct dump_ip *ip)
{
    enum { HOP = 0, ROUTING = 43, FRAGMENT = 44, AUTH = 51, DEST = 60 };
    if (s->n < 8)
        return false;
    const uint8_t *h = s->p;
    uint8_t next = h[0];
    size_t len;
    switch (ip->proto) {
    case HOP:
    case ROUTING:
    case DEST: len = ((size_t)h[1] + 1) * 8; break;
    case AUTH: len = ((size_t)h[1] + 2) * 4; break;
    case FRAGMENT:
        len = 8;
        ip->frag_off = be16(h + 2) & 0xfff8u;
        ip->frag_more = h[3] & 1;
        ip->frag_id = be32(h + 4);
        ip->fragment = ip->frag_more || ip->frag_off;
        break;
    default: return false;
    }
    if (len > ip->len || !skip(s, len))
        return false;
    ip->len -= len;
    ip->proto = next;
    /* What follows the header of a fragment is the piece, not an extension. */
    return !ip->fragment;
}

static bool parse_ipv6(struct slice s, struct dump_ip *ip)
{
    if (s.n < 40)
        return false;
    const uint8_t *h = s.p;
    *ip = (struct dump_ip){.v6 = true, .proto = h[6], .len = be16(h + 4)};
    memcpy(ip->src.word, h + 8, 16);
    memcpy(ip->dst.word, h + 24, 16);
    skip(&s, 40);
    if (!ip->len)
        ip->len = s.n;
    while (skip_extension(&s, ip)) {
    }
    ip->p = s.p;
    ip->have = s.n < ip->len ? s.n : ip->len;
    return true;
}

bool dump_link_ip(int type, const uint8_t *p, size_t caplen, struct dump_ip *ip)
{
    struct slice s = {p, caplen};
    if (!skip_link(type, &s) || !s.n)
        return false;
    switch (s.p[0] >> 4) {
    case 4: return parse_ipv4(s, ip);
    case 6: return parse_ipv6(s, ip);
    default: return false;
    }
}

/* ---- TCP ---- */

bool dump_link_tcp(const uint8_t *p, size_t have, size_t len, struct dump_segment *s)
{
    if (have < 20 || len < have)
        return false;
    size_t head = (size_t)(p[12] >> 4) * 4;
    if (head < 20 || head > len)
        return false;
    *s = (struct dump_segment){.sport = be16(p),
                               .dport = be16(p + 2),
                               .seq = be32(p + 4),
                               .ack = be32(p + 8),
                               .flags = p[13],
                               .p = p + head};
    s->have = have > head ? have - head : 0;
    s->missing = len - head - s->have;
    return true;
}

void dump_addr_text(char text[DUMP_ADDR_TEXT], bool v6, const struct dump_addr *a, uint16_t port)
{
    char ip[INET6_ADDRSTRLEN];
    inet_ntop(v6 ? AF_INET6 : AF_INET, a->word, ip, sizeof ip);
    snprintf(text, DUMP_ADDR_TEXT, v6 ? "[%s]:%u" : "%s:%u", ip, port);
}
