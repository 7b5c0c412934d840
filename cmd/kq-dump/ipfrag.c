/*
 * ipfrag.c - a few packets in progress; a bit for every 8 bytes that are there.
 *
 * All pieces but the last have a multiple of 8 bytes, so bits are exact.  The
 * first data for a place win.
 */
#include "ipfrag.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { SLOTS = 16, PACKET_MAX = 65536, UNIT = 8, UNITS = PACKET_MAX / UNIT };

struct packet {
    bool used;
    uint64_t age;
    struct dump_ip key;
    size_t total; /* 0: the last piece has not come */
    size_t units; /* that are there */
    uint8_t there[UNITS / 8];
    uint8_t data[PACKET_MAX];
};

struct dump_ipfrag {
    uint64_t clock;
    struct packet *slot[SLOTS];
};

struct dump_ipfrag *dump_ipfrag_new(void)
{
    return kq_calloc(1, sizeof(struct dump_ipfrag));
}

void dump_ipfrag_free(struct dump_ipfrag *f)
{
    for (int i = 0; f && i < SLOTS; i++)
        free(f->slot[i]);
    free(f);
}

static bool same(const struct dump_ip *a, const struct dump_ip *b)
{
    return a->v6 == b->v6 && a->frag_id == b->frag_id && a->proto == b->proto &&
           memcmp(&a->src, &b->src, sizeof a->src) == 0 &&
           memcmp(&a->dst, &b->dst, sizeof a->dst) == 0;
}

/* The packet this piece belongs to, a new one if need be. */
static struct packet *find(struct dump_ipfrag *f, const struct dump_ip *ip)
{
    int best = 0;
    for (int i = 0; i < SLOTS; i++) {
        struct packet *k = f->slot[i];
        if (k && k->used && same(&k->key, ip))
            return k;
        if (!k || !k->used)
            best = i;
        else if (f->slot[best] && f->slot[best]->used && k->age < f->slot[best]->age)
            best = i;
    }
    if (!f->slot[best])
        f->slot[best] = kq_malloc(sizeof *f->slot[best]);
    struct packet *k = f->slot[best];
    k->used = true;
    k->age = f->clock;
    k->key = *ip;
    k->total = k->units = 0;
    memset(k->there, 0, sizeof k->there);
    return k;
}

static void add(struct packet *k, const struct dump_ip *ip)
{
    for (size_t at = 0; at < ip->have; at += UNIT) {
        size_t unit = (ip->frag_off + at) / UNIT;
        size_t n = ip->have - at < UNIT ? ip->have - at : UNIT;
        if (k->there[unit / 8] & 1 << unit % 8)
            continue;
        k->there[unit / 8] |= (uint8_t)(1 << unit % 8);
        k->units++;
        memcpy(k->data + unit * UNIT, ip->p + at, n);
    }
    if (!ip->frag_more)
        k->total = ip->frag_off + ip->len;
}

bool dump_ipfrag_take(struct dump_ipfrag *f, struct dump_ip *ip)
{
    f->clock++;
    /* A piece that was cut in the capture cannot make a whole. */
    if (ip->have < ip->len || !ip->len || ip->frag_off + ip->len > PACKET_MAX ||
        (ip->frag_more && ip->len % UNIT))
        return false;
    struct packet *k = find(f, ip);
    add(k, ip);
    if (!k->total || k->units != (k->total + UNIT - 1) / UNIT)
        return false;
    k->used = false;
    ip->fragment = false;
    ip->p = k->data;
    ip->have = ip->len = k->total;
    return true;
}
