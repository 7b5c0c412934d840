/*
 * sink_json.c - schema version 1: one object a message, fields only ever added.
 */
#include "sink.h"

#include "base/mem.h"
#include "stamp.h"
#include "text/hex.h"
#include "text/jsonval.h"

#include <stdio.h>
#include <stdlib.h>

struct json_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    struct kq_style style;
    struct dump_stamp stamp;
    bool begun;
};

static void put_time(struct json_sink *s, struct kq_json *j, int64_t when_ns)
{
    kq_json_key(j, "time");
    if (when_ns == DUMP_NO_TIME) {
        kq_json_null(j);
        return;
    }
    bool text = s->stamp.format == KQ_TIME_ISO || s->stamp.format == KQ_TIME_Q;
    kq_json_next(j);
    if (text)
        kq_out_char(j->o, '"');
    dump_stamp_put(&s->stamp, j->o, when_ns);
    if (text)
        kq_out_char(j->o, '"');
}

static void put_us(struct kq_json *j, const char *key, int64_t ns)
{
    kq_json_key(j, key);
    if (ns < 0)
        kq_json_null(j);
    else
        kq_json_f64(j, (double)ns / 1000);
}

static void put_ends(struct kq_json *j, const struct dump_msg *m)
{
    const struct dump_conn *c = m->conn;
    kq_json_key(j, "conn");
    if (c)
        kq_json_u64(j, c->id);
    else
        kq_json_null(j);
    kq_json_key(j, "src");
    kq_json_strz(j, c ? dump_msg_src(m) : NULL);
    kq_json_key(j, "dst");
    kq_json_strz(j, c ? dump_msg_dst(m) : NULL);
}

static void put_size(struct kq_json *j, const struct dump_msg *m)
{
    kq_json_key(j, "size");
    if (m->kind == DUMP_NOTE)
        kq_json_null(j);
    else
        kq_json_u64(j, dump_msg_size(m));
    kq_json_key(j, "zsize");
    if (m->compressed)
        kq_json_u64(j, m->len);
    else
        kq_json_null(j);
    kq_json_key(j, "endian");
    kq_json_strz(j, !dump_msg_has_body(m) ? NULL : m->big ? "big" : "little");
}

/* Text of a login, a line or a note. */
static void put_text(struct json_sink *s, struct kq_json *j, struct dump_msg *m)
{
    if (m->kind == DUMP_NOTE) {
        kq_json_key_str(j, "note", m->text);
        return;
    }
    if (m->capability >= 0)
        kq_json_key_i64(j, "capability", m->capability);
    if (m->kind == DUMP_HANDSHAKE && m->has_password && s->env.opts->show.secrets)
        kq_json_key_str(j, "password", m->password);
}

static void put_fault(struct kq_json *j, struct dump_msg *m)
{
    kq_json_key_str(j, "fault", kq_strz(m->fault.msg));
    if (m->missing) {
        kq_json_key(j, "missing");
        kq_json_u64(j, m->missing);
        return;
    }
    kq_json_key(j, "bytes");
    kq_json_next(j);
    kq_out_puts(j->o, "\"0x");
    kq_hex_plain(j->o, m->p, m->have);
    kq_out_char(j->o, '"');
}

static void put_value(struct json_sink *s, struct kq_json *j, struct dump_msg *m)
{
    kq_json_key(j, "value");
    if (m->kind == DUMP_TEXT) {
        kq_json_str(j, m->text.s, m->text.len);
        return;
    }
    const struct kq_obj *value = dump_msg_has_body(m) ? dump_msg_value(m) : NULL;
    if (value)
        kq_json_value(j, value, (enum kq_json_mode)s->env.opts->format.json, &s->style);
    else
        kq_json_null(j);
}

static void put_reply(struct kq_json *j, struct dump_msg *m)
{
    put_us(j, "latency_us", m->latency_ns);
    kq_json_key(j, "reply_to");
    if (m->ask)
        kq_json_u64(j, m->ask->n);
    else
        kq_json_null(j);
    kq_json_key_str(j, "error", dump_msg_error(m));
}

/* Fields beyond those that all tools have. */
static void put_more(struct json_sink *s, struct kq_json *j, struct dump_msg *m)
{
    const struct dump_conn *c = m->conn;
    struct kq_str none = kq_str(NULL, 0);
    struct kq_str user = m->kind == DUMP_HANDSHAKE ? m->text : none;
    kq_json_key_str(j, "user", c && c->user ? kq_str(c->user, c->user_len) : user);
    int64_t rows = dump_msg_rows(m);
    kq_json_key(j, "rows");
    if (rows >= 0)
        kq_json_i64(j, rows);
    else
        kq_json_null(j);
    put_us(j, "wait_us", m->wait_ns);
    put_text(s, j, m);
    if (m->fault.code && m->kind != DUMP_NOTE)
        put_fault(j, m);
}

/* The fields of cli/msgjson.h first, in its order. */
static void put_message(struct json_sink *s, struct kq_json *j, struct dump_msg *m)
{
    kq_json_obj_begin(j);
    kq_json_key_i64(j, "v", 1);
    kq_json_key(j, "n");
    if (m->kind == DUMP_NOTE)
        kq_json_null(j);
    else
        kq_json_u64(j, m->n);
    put_time(s, j, m->first_ns);
    put_ends(j, m);
    kq_json_key(j, "kind");
    kq_json_strz(j, dump_kind_name(m->kind));
    put_size(j, m);
    kq_json_key_str(j, "fn", dump_msg_fn(m));
    kq_json_key_str(j, "table", dump_msg_table(m));
    kq_json_key_str(j, "query", dump_msg_query(m));
    put_value(s, j, m);
    put_reply(j, m);
    put_more(s, j, m);
    kq_json_obj_end(j);
}

static void put_json(struct dump_sink *base, struct dump_msg *m)
{
    struct json_sink *s = (struct json_sink *)base;
    struct kq_out *o = s->env.out;
    bool document = s->env.opts->format.format == KQ_FORMAT_JSON;
    if (document)
        kq_out_puts(o, s->begun ? ",\n" : "[");
    s->begun = true;
    struct kq_json j = kq_json(o);
    put_message(s, &j, m);
    if (!document)
        kq_out_char(o, s->env.opts->common.null_data ? 0 : '\n');
    kq_out_endline(o);
}

static void end_json(struct dump_sink *base)
{
    struct json_sink *s = (struct json_sink *)base;
    if (s->env.opts->format.format == KQ_FORMAT_JSON)
        kq_out_puts(s->env.out, s->begun ? "]\n" : "[]\n");
}

static void free_json(struct dump_sink *base)
{
    free(base);
}

struct dump_sink *dump_json_new(const struct dump_sink_env *env)
{
    struct json_sink *s = kq_calloc(1, sizeof *s);
    s->base = (struct dump_sink){put_json, end_json, free_json};
    s->env = *env;
    s->style = kq_format_style(&env->opts->format);
    dump_stamp_init(&s->stamp, env->opts->common.time_format);
    return &s->base;
}
