/*
 * pair.c - two queues of copies of what matters about a request.
 */
#include "pair.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Longer query texts are cut: they are for display beside the answer. */
enum { TEXT_MAX = 16384 };

struct dump_waiting {
    struct dump_waiting *next;
    struct dump_ask ask; /* texts follow in the same block */
    size_t bytes;
    bool by_server;
};

static char *put_text(struct kq_str *to, struct kq_str from, char *at)
{
    if (!from.s)
        return at;
    memcpy(at, from.s, from.len);
    *to = kq_str(at, from.len);
    return at + from.len;
}

static struct dump_waiting *copy_request(struct dump_msg *m)
{
    struct kq_str fn = dump_msg_fn(m), table = dump_msg_table(m), query = dump_msg_query(m);
    if (query.len > TEXT_MAX)
        query.len = TEXT_MAX;
    if (fn.len > TEXT_MAX)
        fn.len = TEXT_MAX;
    if (table.len > TEXT_MAX)
        table.len = TEXT_MAX;
    size_t bytes = sizeof(struct dump_waiting) + fn.len + table.len + query.len;
    struct dump_waiting *w = kq_malloc(bytes);
    *w = (struct dump_waiting){.ask = {.n = m->n, .last_ns = m->last_ns},
                               .bytes = bytes,
                               .by_server = m->to_client};
    char *at = (char *)(w + 1);
    at = put_text(&w->ask.fn, fn, at);
    at = put_text(&w->ask.table, table, at);
    put_text(&w->ask.query, query, at);
    return w;
}

static void count(struct dump_pair *p, int side, size_t more, size_t less)
{
    p->queue[side].bytes += more - less;
    if (p->memory)
        p->memory->used += more - less;
}

static struct dump_waiting *pop(struct dump_pair *p, int side)
{
    struct dump_waiting *w = p->queue[side].first;
    if (!w)
        return NULL;
    p->queue[side].first = w->next;
    if (!w->next)
        p->queue[side].last = NULL;
    count(p, side, 0, w->bytes);
    return w;
}

static void drop_first(struct dump_pair *p, int side)
{
    free(pop(p, side));
    p->queue[side].dropped++;
}

static void push(struct dump_pair *p, int side, struct dump_waiting *w)
{
    while (p->queue[side].bytes > DUMP_PAIR_MAX)
        drop_first(p, side);
    if (p->queue[side].last)
        p->queue[side].last->next = w;
    else
        p->queue[side].first = w;
    p->queue[side].last = w;
    count(p, side, w->bytes, 0);
}

static int64_t between(int64_t from, int64_t to)
{
    if (from == DUMP_NO_TIME || to == DUMP_NO_TIME)
        return -1;
    return to > from ? to - from : 0;
}

static void set_answered(struct dump_pair *p, struct dump_waiting *w)
{
    free(p->answered);
    p->answered = w;
}

void dump_pair_see(struct dump_pair *p, struct dump_msg *m)
{
    if (m->kind == DUMP_SYNC)
        push(p, m->to_client, copy_request(m));
    if (m->kind != DUMP_RESPONSE)
        return;
    int side = !m->to_client;
    bool dropped = p->queue[side].dropped > 0;
    p->queue[side].dropped -= dropped;
    struct dump_waiting *w = dropped ? NULL : pop(p, side);
    set_answered(p, w);
    if (!w)
        return;
    m->ask = &w->ask;
    m->latency_ns = between(w->ask.last_ns, m->last_ns);
    m->wait_ns = between(w->ask.last_ns, m->first_ns);
}

static void drop_queue(struct dump_pair *p, int side)
{
    for (struct dump_waiting *w; (w = pop(p, side));)
        free(w);
    p->queue[side].dropped = 0;
}

void dump_pair_drop(struct dump_pair *p)
{
    for (int side = 0; side < 2; side++) {
        while (p->queue[side].first)
            drop_first(p, side);
    }
}

void dump_pair_forget(struct dump_pair *p)
{
    drop_queue(p, 0);
    drop_queue(p, 1);
}

bool dump_pair_unanswered(struct dump_pair *p, struct dump_msg *m)
{
    struct dump_waiting *w = pop(p, 0);
    if (!w)
        w = pop(p, 1);
    set_answered(p, w);
    if (!w)
        return false;
    dump_msg_init(m, DUMP_NOTE);
    m->ask = &w->ask;
    m->to_client = w->by_server;
    m->first_ns = m->last_ns = w->ask.last_ns;
    m->text = kq_strz("no answer");
    return true;
}

void dump_pair_release(struct dump_pair *p)
{
    dump_pair_forget(p);
    set_answered(p, NULL);
}
