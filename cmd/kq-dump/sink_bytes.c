/*
 * sink_bytes.c - formats that other programs read: frames, bodies, a
 * tickerplant log, hex digits, q text; and none at all.
 *
 * A message that cannot be decoded is left out where its value is needed.
 */
#include "sink.h"

#include "base/mem.h"
#include "text/hex.h"
#include "text/repr.h"
#include "wire/encode.h"
#include "wire/tplog.h"

#include <stdlib.h>

struct bytes_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    struct kq_style style;
    char end; /* of a record */
    bool begun;
};

static void end_record(struct bytes_sink *s)
{
    kq_out_char(s->env.out, s->end);
    kq_out_endline(s->env.out);
}

static void put_none(struct dump_sink *base, struct dump_msg *m)
{
    (void)base;
    (void)m;
}

static void put_q(struct dump_sink *base, struct dump_msg *m)
{
    struct bytes_sink *s = (struct bytes_sink *)base;
    const struct kq_obj *value = dump_msg_has_body(m) ? dump_msg_value(m) : NULL;
    if (!value)
        return;
    kq_repr(s->env.out, value, &s->style);
    end_record(s);
}

/* All bytes of a message are there. */
static bool is_whole(const struct dump_msg *m)
{
    return dump_msg_has_body(m) && !m->missing && m->have == m->len;
}

static void put_hex(struct dump_sink *base, struct dump_msg *m)
{
    struct bytes_sink *s = (struct bytes_sink *)base;
    if (!is_whole(m))
        return;
    kq_hex_dump(s->env.out, m->p, m->have, 0, "");
    kq_out_endline(s->env.out);
}

/* An object gets a header: it was an async message once. */
static void put_ipc(struct dump_sink *base, struct dump_msg *m)
{
    struct kq_out *o = ((struct bytes_sink *)base)->env.out;
    if (!is_whole(m))
        return;
    if (!m->head_len) {
        uint8_t h[KQ_HEADER_LEN];
        struct kq_header head = {.big = m->big, .kind = KQ_ASYNC, .total = m->len + sizeof h};
        kq_header_put(h, &head);
        kq_out_write(o, h, sizeof h);
    }
    kq_out_write(o, m->p, m->have);
    kq_out_endline(o);
}

static void put_payload(struct dump_sink *base, struct dump_msg *m)
{
    struct kq_out *o = ((struct bytes_sink *)base)->env.out;
    size_t len;
    const uint8_t *p = dump_msg_body(m, &len);
    if (p)
        kq_out_write(o, p, len);
    kq_out_endline(o);
}

/* A body as a log holds it, little-endian. */
static void put_log_record(struct kq_out *o, struct dump_msg *m)
{
    size_t len;
    const uint8_t *p = dump_msg_body(m, &len);
    if (p && !m->big) {
        kq_out_write(o, p, len);
        return;
    }
    struct kq_obj *value = p ? dump_msg_value(m) : NULL;
    struct kq_buf buf;
    kq_buf_init(&buf, KQ_BUF_NOMAX);
    if (value && kq_encode(&buf, value, NULL, &m->fault))
        kq_out_write(o, buf.data, buf.len);
    kq_buf_release(&buf);
}

static void begin_log(struct bytes_sink *s)
{
    struct kq_buf head;
    kq_buf_init(&head, KQ_TPLOG_HEADER_LEN);
    kq_tplog_put_header(&head);
    kq_out_write(s->env.out, head.data, head.len);
    kq_buf_release(&head);
    s->begun = true;
}

static void put_tplog(struct dump_sink *base, struct dump_msg *m)
{
    struct bytes_sink *s = (struct bytes_sink *)base;
    if (!s->begun)
        begin_log(s);
    if (m->kind == DUMP_ASYNC || m->kind == DUMP_OBJECT)
        put_log_record(s->env.out, m);
    kq_out_endline(s->env.out);
}

/* A log without records is a log, too. */
static void end_tplog(struct dump_sink *base)
{
    struct bytes_sink *s = (struct bytes_sink *)base;
    if (!s->begun)
        begin_log(s);
}

static void free_bytes(struct dump_sink *base)
{
    free(base);
}

struct dump_sink *dump_bytes_new(const struct dump_sink_env *env)
{
    struct bytes_sink *s = kq_calloc(1, sizeof *s);
    s->env = *env;
    s->style = kq_format_style(&env->opts->format);
    s->end = env->opts->common.null_data ? 0 : '\n';
    s->base.free = free_bytes;
    switch (env->opts->format.format) {
    case KQ_FORMAT_Q: s->base.put = put_q; break;
    case KQ_FORMAT_HEX: s->base.put = put_hex; break;
    case KQ_FORMAT_IPC: s->base.put = put_ipc; break;
    case KQ_FORMAT_PAYLOAD: s->base.put = put_payload; break;
    case KQ_FORMAT_TPLOG:
        s->base.put = put_tplog;
        s->base.end = end_tplog;
        break;
    default: s->base.put = put_none; break;
    }
    return &s->base;
}
