/*
 * sink_wire.c - -w: connections as a recording that kq-listen can replay.
 *
 * Messages are the stream, so writing them one after the other restores it, in
 * the order in which they were complete.  What the capture lost is missing in
 * the recording too.
 */
#include "sink.h"

#include "base/mem.h"
#include "wire/hello.h"
#include "wire/wirefile.h"

#include <stdlib.h>
#include <string.h>

struct wire_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    uint8_t *opened; /* bits by number of the connection, owned */
    size_t cap;      /* bytes of it */
};

static bool is_new(struct wire_sink *s, uint32_t conn)
{
    size_t byte = conn / 8;
    if (byte >= s->cap) {
        size_t cap = byte < 1024 ? 1024 : 2 * byte;
        s->opened = kq_realloc(s->opened, cap);
        memset(s->opened + s->cap, 0, cap - s->cap);
        s->cap = cap;
    }
    uint8_t bit = (uint8_t)(1 << conn % 8);
    bool seen = s->opened[byte] & bit;
    s->opened[byte] |= bit;
    return !seen;
}

static void put_record(struct wire_sink *s, const struct dump_msg *m, enum kq_wire_event event,
                       const void *p, size_t n)
{
    struct kq_wirerec rec = {.when_ns = m->last_ns == DUMP_NO_TIME ? 0 : (uint64_t)m->last_ns,
                             .conn = m->conn ? m->conn->id : 1,
                             .event = event,
                             .data = p,
                             .len = n};
    kq_wirefile_put(s->env.out, &rec);
}

static void put_open(struct wire_sink *s, const struct dump_msg *m)
{
    struct kq_buf ends;
    kq_buf_init(&ends, KQ_BUF_NOMAX);
    if (m->conn)
        kq_buf_printf(&ends, "%s %s", m->conn->client, m->conn->server);
    else
        kq_buf_puts(&ends, "? ?");
    put_record(s, m, KQ_WIRE_OPEN, ends.data, ends.len);
    kq_buf_release(&ends);
}

static void put_bytes(struct wire_sink *s, const struct dump_msg *m)
{
    struct kq_buf redacted;
    enum kq_wire_event event = m->to_client ? KQ_WIRE_TO_CLIENT : KQ_WIRE_TO_SERVER;
    if (m->kind != DUMP_HANDSHAKE || s->env.opts->show.secrets) {
        put_record(s, m, event, m->p, m->have);
        return;
    }
    kq_buf_init(&redacted, KQ_BUF_NOMAX);
    kq_hello_redact(&redacted, m->p, m->have);
    put_record(s, m, event, redacted.data, redacted.len);
    kq_buf_release(&redacted);
}

static void put_wire(struct dump_sink *base, struct dump_msg *m)
{
    struct wire_sink *s = (struct wire_sink *)base;
    if (m->kind == DUMP_NOTE || m->kind == DUMP_OBJECT || m->missing || m->have < m->len)
        return;
    if (is_new(s, m->conn ? m->conn->id : 1))
        put_open(s, m);
    put_bytes(s, m);
}

static void free_wire(struct dump_sink *base)
{
    struct wire_sink *s = (struct wire_sink *)base;
    free(s->opened);
    free(s);
}

struct dump_sink *dump_wire_new(const struct dump_sink_env *env)
{
    struct wire_sink *s = kq_calloc(1, sizeof *s);
    s->base = (struct dump_sink){put_wire, NULL, free_wire};
    s->env = *env;
    kq_wirefile_begin(env->out);
    return &s->base;
}
