/*
 * link.h - a captured frame to the TCP segment in it.
 *
 * Understands the link types that captures of IP traffic come in, VLAN tags,
 * IPv4 with options, IPv6 with extension headers.  Everything is bounded by
 * the bytes captured; what the snapshot length cut off is counted, not
 * guessed.
 */
#ifndef KQ_DUMP_LINK_H
#define KQ_DUMP_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An IP address: 4 or 16 bytes in network order, the rest zero. */
struct dump_addr {
    uint64_t word[2];
};

/* What an IP packet carries. */
struct dump_ip {
    bool v6;
    struct dump_addr src, dst;
    uint8_t proto;    /* of the payload */
    const uint8_t *p; /* payload */
    size_t have;      /* bytes of it captured */
    size_t len;       /* bytes of it sent */
    bool fragment;    /* the payload is a piece of one */
    uint32_t frag_id;
    uint32_t frag_off; /* of this piece */
    bool frag_more;    /* others follow */
};

enum { DUMP_FIN = 1, DUMP_SYN = 2, DUMP_RST = 4, DUMP_ACK = 16 };

struct dump_segment {
    uint16_t sport, dport;
    uint32_t seq, ack;
    uint8_t flags;
    const uint8_t *p; /* payload */
    size_t have;      /* bytes of it captured */
    size_t missing;   /* bytes behind these that were sent and not captured */
};

/* Can frames of this link type (LINKTYPE_... / DLT_...) be read? */
bool dump_link_known(int type);

/* The IP packet in a frame of `caplen` bytes; false when there is none, or the headers are cut. */
bool dump_link_ip(int type, const uint8_t *p, size_t caplen, struct dump_ip *ip);

/* The TCP segment in the payload of an IP packet. */
bool dump_link_tcp(const uint8_t *p, size_t have, size_t len, struct dump_segment *s);

/* Room for dump_addr_text. */
enum { DUMP_ADDR_TEXT = 64 };

/* "10.0.0.1:5010", "[::1]:5010" */
void dump_addr_text(char text[DUMP_ADDR_TEXT], bool v6, const struct dump_addr *a, uint16_t port);

#endif
