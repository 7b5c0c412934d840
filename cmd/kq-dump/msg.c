/*
 * msg.c - what a message says, worked out when somebody asks.
 */
#include "msg.h"

#include "base/mem.h"
#include "obj/types.h"
#include "wire/compress.h"
#include "wire/cursor.h"
#include "wire/decode.h"

#include <stdlib.h>
#include <string.h>

/* How much of a compressed message is unpacked to see what it calls. */
enum { START = 4096 };

const char *dump_kind_name(enum dump_kind kind)
{
    static const char names[][10] = {
        [DUMP_ASYNC] = "async",         [DUMP_SYNC] = "sync",     [DUMP_RESPONSE] = "response",
        [DUMP_HANDSHAKE] = "handshake", [DUMP_ACCEPT] = "accept", [DUMP_TEXT] = "text",
        [DUMP_OBJECT] = "object",       [DUMP_NOTE] = "note",
    };
    return names[kind];
}

void dump_msg_init(struct dump_msg *m, enum dump_kind kind)
{
    /* Field by field up to `fault`, whose text need not be cleared for every message. */
    memset(m, 0, offsetof(struct dump_msg, fault));
    m->fault.code = KQ_OK;
    m->kind = kind;
    m->first_ns = m->last_ns = DUMP_NO_TIME;
    m->latency_ns = m->wait_ns = -1;
    m->capability = -1;
}

void dump_msg_release(struct dump_msg *m)
{
    kq_unref(m->value);
    kq_rcbuf_unref(m->plain);
    free(m->start);
    m->value = NULL;
    m->plain = NULL;
    m->start = NULL;
    m->peeked = m->tried = false;
}

uint64_t dump_msg_size(const struct dump_msg *m)
{
    if (!m->compressed)
        return m->len;
    bool wide = m->compressed == 2;
    if (m->have < (wide ? 16u : 12u))
        return m->len;
    return wide ? kq_load_u64(m->p + 8, m->big) : kq_load_u32(m->p + 8, m->big);
}

/* ---- body and value ---- */

static bool all_there(struct dump_msg *m)
{
    if (m->missing)
        return kq_fail(&m->fault, KQ_EPROTO, "%llu bytes are missing in the capture",
                       (unsigned long long)m->missing);
    if (m->have < m->len)
        return kq_fail(&m->fault, KQ_EPROTO, "only %zu of %llu bytes were kept", m->have,
                       (unsigned long long)m->len);
    return true;
}

const uint8_t *dump_msg_body(struct dump_msg *m, size_t *len)
{
    if (m->fault.code || !dump_msg_has_body(m) || !all_there(m))
        return NULL;
    if (!m->compressed) {
        *len = m->have - m->head_len;
        return m->p + m->head_len;
    }
    if (!m->plain)
        m->plain = kq_decompress(m->p, m->have, m->max_size ? m->max_size : SIZE_MAX, &m->fault);
    if (!m->plain)
        return NULL;
    *len = m->plain->len - m->head_len;
    return m->plain->data + m->head_len;
}

struct kq_obj *dump_msg_value(struct dump_msg *m)
{
    if (m->tried)
        return m->value;
    m->tried = true;
    size_t len;
    if (!dump_msg_body(m, &len))
        return NULL;
    struct kq_rcbuf *frame = m->plain;
    if (!frame) {
        /* The bytes are somebody else's; views in them end before the message does. */
        m->buf = (struct kq_rcbuf){.data = (uint8_t *)(uintptr_t)m->p, .len = m->have, .refs = 1};
        frame = &m->buf;
    }
    struct kq_decode_opts opts = {.views = true, .origin = m->plain ? 0 : m->off};
    m->value = kq_decode(frame, m->head_len, len, m->big, &opts, &m->fault);
    return m->value;
}

/* ---- what it calls ---- */

/* The first bytes of the plain message; *len of them. */
static const uint8_t *beginning(struct dump_msg *m, size_t *len)
{
    *len = m->have;
    if (!m->compressed)
        return m->p;
    if (m->plain) {
        *len = m->plain->len;
        return m->plain->data;
    }
    if (!m->start) {
        m->start = kq_malloc(START);
        m->start_len = m->missing ? 0 : kq_decompress_prefix(m->p, m->have, m->start, START);
    }
    *len = m->start_len;
    return m->start;
}

const struct kq_call *dump_msg_call(struct dump_msg *m)
{
    if (m->peeked)
        return &m->call;
    m->peeked = true;
    m->call = (struct kq_call){.args = -1};
    size_t len;
    if (!dump_msg_has_body(m))
        return &m->call;
    const uint8_t *p = beginning(m, &len);
    if (len > m->head_len)
        m->call = kq_peek_call(p + m->head_len, len - m->head_len, m->big);
    return &m->call;
}

int64_t dump_msg_rows(struct dump_msg *m)
{
    size_t len;
    if (!dump_msg_call(m)->third)
        return -1;
    const uint8_t *p = beginning(m, &len);
    return kq_peek_rows(p + m->head_len, len - m->head_len, m->big, &m->call);
}

struct kq_str dump_msg_fn(struct dump_msg *m)
{
    if (m->kind == DUMP_RESPONSE)
        return m->ask ? m->ask->fn : kq_str(NULL, 0);
    struct kq_str fn = dump_msg_call(m)->fn;
    return fn.len ? fn : kq_str(NULL, 0);
}

struct kq_str dump_msg_table(struct dump_msg *m)
{
    if (m->kind == DUMP_RESPONSE)
        return m->ask ? m->ask->table : kq_str(NULL, 0);
    return dump_msg_call(m)->table;
}

struct kq_str dump_msg_query(struct dump_msg *m)
{
    if (m->kind == DUMP_RESPONSE)
        return m->ask ? m->ask->query : kq_str(NULL, 0);
    return m->kind == DUMP_TEXT ? m->text : dump_msg_call(m)->text;
}

struct kq_str dump_msg_error(struct dump_msg *m)
{
    if (m->kind != DUMP_RESPONSE || m->len < m->head_len + 2)
        return kq_str(NULL, 0);
    size_t len;
    const uint8_t *p = beginning(m, &len);
    if (len <= m->head_len || (int8_t)p[m->head_len] != KQ_ERROR)
        return kq_str(NULL, 0);
    const char *s = (const char *)p + m->head_len + 1;
    return kq_str(s, strnlen(s, len - m->head_len - 1));
}
