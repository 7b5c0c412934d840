/*
 * flow.c - a hash table of connections, and a list of them by last use.
 *
 * The two ends of a connection are put in a fixed order, so that both
 * directions find the same entry.  A connection that turns out not to be kdb+
 * keeps only its entry.
 */
#include "flow.h"

#include "base/mem.h"
#include "filter.h"
#include "ipfrag.h"
#include "reasm.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* One end: address, port, IP version. */
struct end {
    uint64_t word[3];
};

struct flow {
    struct end end[2]; /* in a fixed order */
    uint64_t hash;
    struct flow *newer, *older; /* by last use */
    struct dump_flows *all;
    struct dump_stream *stream; /* NULL: not decoded, or ended */
    struct dump_reasm side[2];  /* what end[i] sends */
    uint32_t id;
    uint8_t server;    /* index of its end */
    bool client_known; /* a SYN showed who is who */
    bool closed;       /* RST, or both sides have ended */
    bool ignored;
    uint8_t reset; /* packets since an RST that came before data, 0: none */
    uint32_t syn;  /* sequence number of the client's SYN, when client_known */
};

struct dump_flows {
    struct dump_streams *streams;
    const char *ports;
    struct flow **slot; /* open addressing, NULL: free */
    size_t cap, count;
    uint64_t seed;
    struct flow *newest, *oldest;
    struct flow *last; /* of the previous packet */
    uint32_t next_id;
    int64_t now_ns;
    struct dump_ipfrag *frags;  /* NULL until the first fragment */
    uint8_t servers[65536 / 8]; /* ports that a SYN was sent to */
};

/* ---- table ---- */

static uint64_t mix(uint64_t h, uint64_t v)
{
    h = (h ^ v) * UINT64_C(0x9e3779b97f4a7c15);
    return h ^ h >> 32;
}

static uint64_t hash_of(const struct dump_flows *f, const struct end end[2])
{
    uint64_t h = f->seed;
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 3; k++)
            h = mix(h, end[i].word[k]);
    }
    return h;
}

/* What differs between two ends, 0 for nothing. */
static uint64_t difference(const struct end *a, const struct end *b)
{
    return (a->word[0] ^ b->word[0]) | (a->word[1] ^ b->word[1]) | (a->word[2] ^ b->word[2]);
}

static bool same_ends(const struct flow *w, const struct end end[2])
{
    return !(difference(&w->end[0], &end[0]) | difference(&w->end[1], &end[1]));
}

/* Any order will do as long as it is always the same. */
static bool is_after(const struct end *a, const struct end *b)
{
    for (int i = 2; i > 0; i--) {
        if (a->word[i] != b->word[i])
            return a->word[i] > b->word[i];
    }
    return a->word[0] > b->word[0];
}

static void place(struct flow **slot, size_t cap, struct flow *w)
{
    size_t i = w->hash & (cap - 1);
    while (slot[i])
        i = (i + 1) & (cap - 1);
    slot[i] = w;
}

static void grow(struct dump_flows *f)
{
    size_t cap = f->cap ? f->cap * 2 : 256;
    struct flow **slot = kq_calloc(cap, sizeof *slot);
    for (size_t i = 0; i < f->cap; i++) {
        if (f->slot[i])
            place(slot, cap, f->slot[i]);
    }
    free(f->slot);
    f->slot = slot;
    f->cap = cap;
}

static struct flow *find(const struct dump_flows *f, const struct end end[2], uint64_t hash)
{
    if (!f->cap)
        return NULL;
    for (size_t i = hash & (f->cap - 1); f->slot[i]; i = (i + 1) & (f->cap - 1)) {
        if (f->slot[i]->hash == hash && same_ends(f->slot[i], end))
            return f->slot[i];
    }
    return NULL;
}

/* Take an entry out; those behind it that it kept from their place move up. */
static void take_out(struct dump_flows *f, struct flow *w)
{
    size_t mask = f->cap - 1, i = w->hash & mask;
    while (f->slot[i] != w)
        i = (i + 1) & mask;
    f->slot[i] = NULL;
    f->count--;
    for (size_t k = (i + 1) & mask; f->slot[k]; k = (k + 1) & mask) {
        struct flow *other = f->slot[k];
        f->slot[k] = NULL;
        place(f->slot, f->cap, other);
    }
}

/* ---- last use ---- */

static void unlink_flow(struct dump_flows *f, struct flow *w)
{
    *(w->newer ? &w->newer->older : &f->newest) = w->older;
    *(w->older ? &w->older->newer : &f->oldest) = w->newer;
}

static void link_newest(struct dump_flows *f, struct flow *w)
{
    w->newer = NULL;
    w->older = f->newest;
    *(f->newest ? &f->newest->newer : &f->oldest) = w;
    f->newest = w;
}

/* ---- bytes in order ---- */

/* The side of a connection as reassembly sees it. */
struct side {
    struct flow *w;
    bool to_client;
};

static bool side_data(void *user, const uint8_t *p, size_t n, int64_t when_ns)
{
    struct side *s = user;
    if (!s->w->stream)
        return true;
    return dump_stream_feed(s->w->stream, s->to_client, p, n, when_ns);
}

static bool side_gap(void *user, uint64_t n, int64_t when_ns)
{
    struct side *s = user;
    return !s->w->stream || dump_stream_gap(s->w->stream, s->to_client, n, when_ns);
}

static struct dump_reasm_out side_out(struct side *s, struct flow *w, int i)
{
    *s = (struct side){w, i == w->server};
    return (struct dump_reasm_out){side_data, side_gap, s};
}

/* Hand on what is due in both directions, in the order of time. */
static bool hand_on(struct flow *w)
{
    struct side s[2];
    struct dump_reasm_out out[2] = {side_out(&s[0], w, 0), side_out(&s[1], w, 1)};
    int64_t when[2];
    bool go = true;
    while (go) {
        bool due[2];
        for (int i = 0; i < 2; i++)
            due[i] = dump_reasm_due(&w->side[i], &when[i]);
        if (!due[0] && !due[1])
            break;
        int i = due[0] && due[1] ? when[1] < when[0] : due[1];
        go = dump_reasm_one(&w->side[i], &out[i]);
    }
    return go;
}

/* Hand on what waited for a SYN. */
static bool begin_both(struct flow *w)
{
    for (int i = 0; i < 2; i++)
        dump_reasm_begin(&w->side[i]);
    return hand_on(w);
}

static bool flush_both(struct flow *w)
{
    bool go = begin_both(w);
    for (int i = 0; i < 2 && go; i++) {
        struct side s;
        struct dump_reasm_out out = side_out(&s, w, i ? w->server : !w->server);
        go = dump_reasm_flush(&w->side[i ? w->server : !w->server], w->all->now_ns, &out);
    }
    return go;
}

/* ---- life of a connection ---- */

/* Memory of a connection and its stream, counted roughly. */
enum { FLOW_COST = sizeof(struct flow) + 2048 };

static void drop_stream(struct flow *w)
{
    dump_stream_free(w->stream);
    w->stream = NULL;
    dump_reasm_release(&w->side[0]);
    dump_reasm_release(&w->side[1]);
}

/* What is left is handed on; then the connection is over. */
static bool finish(struct flow *w)
{
    bool go = flush_both(w);
    if (go && w->stream)
        go = dump_stream_end(w->stream, w->all->now_ns);
    drop_stream(w);
    w->closed = true;
    return go;
}

static void remove_flow(struct dump_flows *f, struct flow *w)
{
    drop_stream(w);
    take_out(f, w);
    unlink_flow(f, w);
    if (f->last == w)
        f->last = NULL;
    f->streams->memory.used -= FLOW_COST;
    free(w);
}

static unsigned port_of(const struct end *e)
{
    return (unsigned)(e->word[2] & 0xffff);
}

static bool is_server_port(const struct dump_flows *f, unsigned port)
{
    if (f->ports)
        return dump_ports_have(f->ports, port);
    return f->servers[port / 8] & 1 << port % 8;
}

/* Which end is the server when no SYN says so: a known port, else the lower one. */
static int guess_server(const struct dump_flows *f, const struct end end[2])
{
    unsigned a = port_of(&end[0]), b = port_of(&end[1]);
    bool known_a = is_server_port(f, a), known_b = is_server_port(f, b);
    if (known_a != known_b)
        return known_b;
    return b < a;
}

static void open_stream(struct flow *w, bool from_start)
{
    struct dump_flows *f = w->all;
    char text[2][DUMP_ADDR_TEXT];
    if (w->stream || w->ignored)
        return;
    if (f->ports && !is_server_port(f, port_of(&w->end[w->server]))) {
        w->ignored = true;
        return;
    }
    for (int i = 0; i < 2; i++) {
        struct dump_addr a = {{w->end[i].word[0], w->end[i].word[1]}};
        dump_addr_text(text[i], w->end[i].word[2] >> 16, &a, (uint16_t)port_of(&w->end[i]));
    }
    w->stream = dump_stream_new(f->streams, w->id, text[!w->server], text[w->server],
                                from_start ? DUMP_START_LOGIN : DUMP_START_MIDDLE);
}

static struct flow *new_flow(struct dump_flows *f, const struct end end[2], uint64_t hash)
{
    struct flow *w = kq_calloc(1, sizeof *w);
    if (2 * (f->count + 1) > f->cap)
        grow(f);
    memcpy(w->end, end, sizeof w->end);
    w->hash = hash;
    w->all = f;
    w->id = ++f->next_id;
    w->server = (uint8_t)guess_server(f, end);
    dump_reasm_init(&w->side[0], &w->side[1], &f->streams->memory);
    dump_reasm_init(&w->side[1], &w->side[0], &f->streams->memory);
    place(f->slot, f->cap, w);
    f->count++;
    f->streams->memory.used += FLOW_COST;
    link_newest(f, w);
    return w;
}

/* The connection was there before under the same ports: this is a new one. */
static bool renew(struct dump_flows *f, struct flow **w)
{
    struct end end[2];
    uint64_t hash = (*w)->hash;
    memcpy(end, (*w)->end, sizeof end);
    bool go = finish(*w);
    remove_flow(f, *w);
    *w = new_flow(f, end, hash);
    return go;
}

/* Above the limit the oldest connections give up what they hold, then themselves. */
static bool limit_memory(struct dump_flows *f, const struct flow *current)
{
    struct dump_memory *m = &f->streams->memory;
    bool go = true;
    while (go && m->max && m->used > m->max && f->oldest) {
        struct flow *w = f->oldest;
        bool only = w == current;
        size_t before = m->used;
        go = flush_both(w);
        if (go && w->stream)
            go = dump_stream_forget(w->stream, f->now_ns);
        if (only)
            break;
        if (m->used == before)
            remove_flow(f, w);
    }
    return go;
}

/* ---- segments ---- */

/* A SYN without ACK comes from the client. */
static void see_syn(struct flow *w, int from, const struct dump_segment *s)
{
    struct dump_flows *f = w->all;
    bool answer = s->flags & DUMP_ACK;
    int client = answer ? !from : from;
    if (!w->client_known && !w->stream) {
        w->server = (uint8_t)!client;
        w->client_known = true;
    }
    if (!answer) {
        f->servers[s->dport / 8] |= (uint8_t)(1 << s->dport % 8);
        w->syn = s->seq;
    } else {
        f->servers[s->sport / 8] |= (uint8_t)(1 << s->sport % 8);
        dump_reasm_start(&w->side[!from], s->ack);
        w->syn = s->ack - 1;
    }
    dump_reasm_start(&w->side[from], s->seq + 1);
    open_stream(w, true);
}

/* Does this segment begin another connection between the same ports? */
static bool is_another(const struct flow *w, int from, const struct dump_segment *s)
{
    bool syn = (s->flags & DUMP_SYN) && !(s->flags & DUMP_ACK);
    if (syn && w->client_known && from != w->server)
        return s->seq != w->syn &&
               (w->closed || !dump_reasm_near(&w->side[from], s->seq) || w->side[from].started);
    if (syn)
        return w->closed || !dump_reasm_near(&w->side[from], s->seq + 1);
    bool data = s->have || s->missing;
    return data && !w->closed && !dump_reasm_near(&w->side[from], s->seq);
}

/* Does it say where its side ends?  That of an RST may be made up. */
static bool has_end(const struct flow *w, int from, const struct dump_segment *s)
{
    const struct dump_reasm *r = &w->side[from];
    return (s->flags & DUMP_FIN) ||
           ((s->flags & DUMP_RST) && r->started && dump_reasm_near(r, s->seq));
}

static bool feed_segment(struct flow *w, int from, const struct dump_segment *s, int64_t when_ns)
{
    struct side sides[2];
    struct dump_reasm_out out[2] = {side_out(&sides[0], w, 0), side_out(&sides[1], w, 1)};
    struct dump_piece piece = {.p = s->p,
                               .n = s->have,
                               .missing = s->missing,
                               .seq = s->seq + (s->flags & DUMP_SYN ? 1 : 0),
                               .has_ack = s->flags & DUMP_ACK,
                               .ack = s->ack,
                               .when_ns = when_ns};
    size_t len = s->have + s->missing;
    if (piece.has_ack)
        dump_reasm_ack(&w->side[!from], s->ack);
    if (has_end(w, from, s))
        dump_reasm_fin(&w->side[from], piece.seq + (uint32_t)len);
    if (len && !dump_reasm_segment(&w->side[from], &piece, &out[from]))
        return false;
    if (!dump_reasm_tick(&w->side[0], when_ns, &out[0]) ||
        !dump_reasm_tick(&w->side[1], when_ns, &out[1]))
        return false;
    if (dump_reasm_is_ripe(&w->side[0]) || dump_reasm_is_ripe(&w->side[1]))
        return begin_both(w);
    return (!w->side[0].first && !w->side[1].first) || hand_on(w);
}

/* Is the connection over?  Behind an RST the capture may have packets from before it. */
static bool is_over(struct flow *w, const struct dump_segment *s)
{
    enum { RESET_GRACE = 16 };
    if (dump_reasm_finished(&w->side[0]) && dump_reasm_finished(&w->side[1]))
        return true;
    if (!(s->flags & DUMP_RST) && !w->reset)
        return false;
    bool complete = dump_reasm_complete(&w->side[0]) && dump_reasm_complete(&w->side[1]);
    return complete || ++w->reset > RESET_GRACE;
}

static bool take_segment(struct dump_flows *f, struct flow *w, int from,
                         const struct dump_segment *s)
{
    bool go = true;
    if (is_another(w, from, s))
        go = renew(f, &w);
    if (!go || w->closed)
        return go;
    if (s->flags & DUMP_SYN)
        see_syn(w, from, s);
    else if (!w->stream && (s->have || s->missing))
        open_stream(w, false);
    if (!w->ignored)
        go = feed_segment(w, from, s, f->now_ns);
    if (go && is_over(w, s))
        return finish(w);
    if (w->stream && dump_stream_ignored(w->stream)) {
        drop_stream(w);
        w->ignored = true;
    }
    if (go && f->streams->memory.max && f->streams->memory.used > f->streams->memory.max)
        go = limit_memory(f, w);
    return go;
}

/* The ends in their fixed order; which of them is the sender? */
static int ends_of(const struct dump_ip *ip, const struct dump_segment *s, struct end end[2])
{
    struct end src = {{ip->src.word[0], ip->src.word[1], s->sport | (uint64_t)ip->v6 << 16}};
    struct end dst = {{ip->dst.word[0], ip->dst.word[1], s->dport | (uint64_t)ip->v6 << 16}};
    bool swap = is_after(&src, &dst);
    end[swap] = src;
    end[!swap] = dst;
    return swap;
}

static bool take_packet(struct dump_flows *f, const struct dump_ip *ip)
{
    struct dump_segment s;
    struct end end[2];
    if (ip->proto != 6 || !dump_link_tcp(ip->p, ip->have, ip->len, &s))
        return true;
    int from = ends_of(ip, &s, end);
    struct flow *w = f->last;
    if (!w || !same_ends(w, end)) {
        uint64_t hash = hash_of(f, end);
        w = find(f, end, hash);
        if (!w)
            w = new_flow(f, end, hash);
        f->last = w;
    }
    if (w != f->newest) {
        unlink_flow(f, w);
        link_newest(f, w);
    }
    return take_segment(f, w, from, &s);
}

/* ---- from outside ---- */

struct dump_flows *dump_flows_new(struct dump_streams *streams, const char *ports)
{
    struct dump_flows *f = kq_calloc(1, sizeof *f);
    f->streams = streams;
    f->ports = ports;
    /* So that nobody can send packets that all land in one slot. */
    if (getrandom(&f->seed, sizeof f->seed, GRND_NONBLOCK) != sizeof f->seed)
        f->seed = (uintptr_t)f;
    return f;
}

void dump_flows_free(struct dump_flows *f)
{
    if (!f)
        return;
    while (f->oldest)
        remove_flow(f, f->oldest);
    dump_ipfrag_free(f->frags);
    free(f->slot);
    free(f);
}

bool dump_flows_frame(struct dump_flows *f, int link_type, const uint8_t *p, size_t caplen,
                      int64_t when_ns)
{
    struct dump_ip ip;
    f->now_ns = when_ns;
    if (!dump_link_ip(link_type, p, caplen, &ip))
        return true;
    if (ip.fragment) {
        if (!f->frags)
            f->frags = dump_ipfrag_new();
        if (!dump_ipfrag_take(f->frags, &ip))
            return true;
    }
    return take_packet(f, &ip);
}

bool dump_flows_resume(struct dump_flows *f, int64_t when_ns)
{
    return when_ns >= f->now_ns || dump_flows_end(f);
}

bool dump_flows_end(struct dump_flows *f)
{
    bool go = true;
    while (f->oldest && go) {
        go = f->oldest->closed || finish(f->oldest);
        remove_flow(f, f->oldest);
    }
    return go;
}
