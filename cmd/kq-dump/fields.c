/*
 * fields.c - one switch over the fields.
 */
#include "fields.h"

#include "base/num.h"
#include "base/str.h"
#include "text/repr.h"

#include <inttypes.h>

static const char names[DUMP_F_COUNT][10] = {
    [DUMP_F_N] = "n",           [DUMP_F_TIME] = "time",       [DUMP_F_CONN] = "conn",
    [DUMP_F_SRC] = "src",       [DUMP_F_DST] = "dst",         [DUMP_F_CLIENT] = "client",
    [DUMP_F_SERVER] = "server", [DUMP_F_KIND] = "kind",       [DUMP_F_SIZE] = "size",
    [DUMP_F_ZSIZE] = "zsize",   [DUMP_F_WAIT] = "wait",       [DUMP_F_LATENCY] = "latency",
    [DUMP_F_USER] = "user",     [DUMP_F_FN] = "fn",           [DUMP_F_TABLE] = "table",
    [DUMP_F_ROWS] = "rows",     [DUMP_F_QUERY] = "query",     [DUMP_F_VALUE] = "value",
    [DUMP_F_ERROR] = "error",   [DUMP_F_OFFSET] = "offset",   [DUMP_F_REPLY_TO] = "reply_to",
    [DUMP_F_ENDIAN] = "endian", [DUMP_F_MISSING] = "missing",
};

const char *dump_field_name(enum dump_field f)
{
    return names[f];
}

size_t dump_fields_parse(const char *list, enum dump_field fields[DUMP_F_COUNT], struct kq_err *err)
{
    struct kq_str head, rest = kq_strz(list);
    size_t n = 0;
    do {
        kq_str_cut(rest, ',', &head, &rest);
        head = kq_str_trim(head);
        int f = 0;
        while (f < DUMP_F_COUNT && !kq_str_is(head, names[f]))
            f++;
        if (f == DUMP_F_COUNT)
            return kq_fail(err, KQ_EUSAGE, "--fields: there is no field '%.*s'", KQ_STR_FMT(head));
        if (n == DUMP_F_COUNT)
            return kq_fail(err, KQ_EUSAGE, "--fields: more than %d fields", DUMP_F_COUNT);
        fields[n++] = (enum dump_field)f;
    } while (rest.len);
    return n;
}

static void put_str(struct kq_out *o, struct kq_str s)
{
    if (s.len)
        kq_out_write(o, s.s, s.len);
}

static void put_number(struct kq_out *o, uint64_t v)
{
    kq_out_advance(o, kq_fmt_u64(kq_out_reserve(o, KQ_NUM_MAX), v));
}

void dump_us_put(struct kq_out *o, int64_t ns)
{
    if (ns < 0)
        return;
    char *d = kq_out_reserve(o, KQ_NUM_MAX + 4);
    size_t n = kq_fmt_u64(d, (uint64_t)ns / 1000);
    unsigned part = (unsigned)(ns % 1000);
    d[n] = '.';
    d[n + 1] = (char)('0' + part / 100);
    d[n + 2] = (char)('0' + part / 10 % 10);
    d[n + 3] = (char)('0' + part % 10);
    kq_out_advance(o, n + 4);
}

/* The text of a value, query or note that stands for the whole message. */
static void put_content(struct kq_out *o, struct dump_msg *m, const struct kq_style *style)
{
    if (!dump_msg_has_body(m)) {
        put_str(o, m->text);
        return;
    }
    const struct kq_obj *value = dump_msg_value(m);
    if (value)
        kq_repr(o, value, style);
}

static void put_conn(struct kq_out *o, enum dump_field f, const struct dump_msg *m)
{
    const struct dump_conn *c = m->conn;
    if (!c)
        return;
    switch (f) {
    case DUMP_F_CONN: put_number(o, c->id); break;
    case DUMP_F_SRC: kq_out_puts(o, dump_msg_src(m)); break;
    case DUMP_F_DST: kq_out_puts(o, dump_msg_dst(m)); break;
    case DUMP_F_CLIENT: kq_out_puts(o, c->client); break;
    case DUMP_F_SERVER: kq_out_puts(o, c->server); break;
    default: put_str(o, kq_str(c->user, c->user_len)); break;
    }
}

static void put_rows(struct kq_out *o, struct dump_msg *m)
{
    int64_t rows = dump_msg_rows(m);
    if (rows >= 0)
        put_number(o, (uint64_t)rows);
}

void dump_field_put(struct kq_out *o, enum dump_field f, struct dump_msg *m,
                    struct dump_stamp *stamp, const struct kq_style *style)
{
    bool note = m->kind == DUMP_NOTE;
    switch (f) {
    case DUMP_F_N: note ? (void)0 : put_number(o, m->n); break;
    case DUMP_F_TIME: dump_stamp_put(stamp, o, m->first_ns); break;
    case DUMP_F_KIND: kq_out_puts(o, dump_kind_name(m->kind)); break;
    case DUMP_F_SIZE: note ? (void)0 : put_number(o, dump_msg_size(m)); break;
    case DUMP_F_ZSIZE: m->compressed ? put_number(o, m->len) : (void)0; break;
    case DUMP_F_LATENCY: dump_us_put(o, m->latency_ns); break;
    case DUMP_F_WAIT: dump_us_put(o, m->wait_ns); break;
    case DUMP_F_FN: put_str(o, dump_msg_fn(m)); break;
    case DUMP_F_TABLE: put_str(o, dump_msg_table(m)); break;
    case DUMP_F_ROWS: put_rows(o, m); break;
    case DUMP_F_QUERY: put_str(o, dump_msg_query(m)); break;
    case DUMP_F_VALUE: put_content(o, m, style); break;
    case DUMP_F_ERROR: put_str(o, dump_msg_error(m)); break;
    case DUMP_F_REPLY_TO: m->ask ? put_number(o, m->ask->n) : (void)0; break;
    case DUMP_F_OFFSET: put_number(o, m->off); break;
    case DUMP_F_MISSING: m->missing ? put_number(o, m->missing) : (void)0; break;
    case DUMP_F_ENDIAN:
        if (dump_msg_has_body(m))
            kq_out_puts(o, m->big ? "big" : "little");
        break;
    default: put_conn(o, f, m); break;
    }
}
