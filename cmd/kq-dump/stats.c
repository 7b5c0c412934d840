/*
 * stats.c - a message adds to the totals, to the tally of its group, and
 * perhaps to the list of the slowest.
 */
#include "stats.h"

#include "base/num.h"
#include "normq.h"
#include "text/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS_MAX = 4096 };

void dump_stats_init(struct dump_stats *s, enum dump_by by)
{
    *s = (struct dump_stats){.by = by, .first_ns = DUMP_NO_TIME, .last_ns = DUMP_NO_TIME};
    s->groups = dump_tallies_new(GROUPS_MAX);
    kq_buf_init(&s->key, KQ_BUF_NOMAX);
}

void dump_stats_release(struct dump_stats *s)
{
    dump_tallies_free(s->groups);
    dump_latency_release(&s->latency);
    kq_buf_release(&s->key);
}

/* ---- groups ---- */

static struct kq_str named(struct kq_str s, const char *otherwise)
{
    return s.len ? s : kq_strz(otherwise);
}

/* "fn table" for a call that is a list. */
static struct kq_str call_key(struct dump_stats *s, struct dump_msg *m)
{
    struct kq_str fn = dump_msg_fn(m), table = dump_msg_table(m);
    kq_buf_append(&s->key, fn.s, fn.len);
    if (table.len) {
        kq_buf_byte(&s->key, ' ');
        kq_buf_append(&s->key, table.s, table.len);
    }
    return named(kq_str((const char *)s->key.data, s->key.len), "(data)");
}

static struct kq_str key_of(struct dump_stats *s, struct dump_msg *m)
{
    struct kq_str query = dump_msg_query(m), table;
    const struct dump_conn *c = m->conn;
    kq_buf_clear(&s->key);
    switch (s->by) {
    case DUMP_BY_FN: return named(dump_msg_fn(m), query.s ? "(expression)" : "(data)");
    case DUMP_BY_TABLE:
        table = dump_msg_table(m);
        return named(table.s || !query.s ? table : dump_normq_table(query), "(none)");
    case DUMP_BY_USER:
        return named(c ? kq_str(c->user, c->user_len) : kq_str(NULL, 0), "(unknown)");
    case DUMP_BY_CONN:
        if (!c)
            return kq_strz("(none)");
        kq_buf_printf(&s->key, "%u %s > %s", c->id, c->client, c->server);
        break;
    case DUMP_BY_QUERY:
        if (!query.s)
            return call_key(s, m);
        dump_normq(&s->key, query);
        break;
    }
    return kq_str((const char *)s->key.data, s->key.len);
}

/* ---- the slowest ---- */

void dump_describe(char *text, size_t size, struct kq_str query, struct kq_str fn,
                   struct kq_str table)
{
    if (query.s)
        snprintf(text, size, "%.*s", KQ_STR_FMT(query));
    else
        snprintf(text, size, "%.*s%s%.*s", (int)fn.len, fn.s ? fn.s : "", table.len ? " " : "",
                 (int)table.len, table.s ? table.s : "");
    for (char *p = text; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = ' ';
    }
}

static void note_slow(struct dump_stats *s, const struct dump_msg *m)
{
    unsigned i = s->n_slow < DUMP_SLOWEST ? s->n_slow++ : DUMP_SLOWEST - 1;
    if (i == DUMP_SLOWEST - 1 && s->slow[i].latency_ns >= m->latency_ns)
        return;
    for (; i && s->slow[i - 1].latency_ns < m->latency_ns; i--)
        s->slow[i] = s->slow[i - 1];
    struct dump_slow *w = &s->slow[i];
    *w = (struct dump_slow){.latency_ns = m->latency_ns,
                            .when_ns = m->ask->last_ns,
                            .n = m->ask->n,
                            .conn = m->conn ? m->conn->id : 0};
    snprintf(w->client, sizeof w->client, "%s", m->conn ? m->conn->client : "");
    dump_describe(w->what, sizeof w->what, m->ask->query, m->ask->fn, m->ask->table);
}

/* ---- counting ---- */

static void see_time(struct dump_stats *s, const struct dump_msg *m)
{
    if (m->first_ns == DUMP_NO_TIME)
        return;
    if (s->first_ns == DUMP_NO_TIME || m->first_ns < s->first_ns)
        s->first_ns = m->first_ns;
    if (m->last_ns > s->last_ns)
        s->last_ns = m->last_ns;
}

void dump_stats_add(struct dump_stats *s, struct dump_msg *m)
{
    s->kinds[m->kind]++;
    if (m->kind == DUMP_NOTE) {
        s->unanswered += m->ask != NULL;
        return;
    }
    uint64_t bytes = dump_msg_size(m);
    see_time(s, m);
    s->bytes += bytes;
    s->wire += m->len;
    if (!dump_msg_has_body(m))
        return;
    bool error = dump_msg_error(m).s;
    s->errors += error;
    s->compressed += m->compressed != 0;
    struct dump_tally *t = dump_tallies_at(s->groups, key_of(s, m));
    t->count += m->kind != DUMP_RESPONSE;
    t->errors += error;
    t->bytes += bytes;
    t->wire += m->len;
    if (m->latency_ns < 0)
        return;
    dump_latency_add(s->groups, &t->latency, m->latency_ns);
    dump_latency_add(s->groups, &s->latency, m->latency_ns);
    note_slow(s, m);
}

/* ---- what both forms show ---- */

const char *dump_by_name(enum dump_by by)
{
    static const char names[][6] = {"fn", "conn", "user", "table", "query"};
    return names[by];
}

void dump_put_bytes(struct kq_out *o, double bytes)
{
    static const char units[] = {' ', 'k', 'M', 'G', 'T'};
    size_t u = 0;
    while (bytes >= 999.5 && u + 1 < sizeof units) {
        bytes /= 1000;
        u++;
    }
    if (u)
        kq_out_printf(o, "%.*f %cB", bytes < 99.5 ? 1 : 0, bytes, units[u]);
    else
        kq_out_printf(o, "%.0f B", bytes);
}

/* ---- JSON ---- */

static void put_count(struct kq_json *j, const char *name, uint64_t v)
{
    kq_json_key(j, name);
    kq_json_u64(j, v);
}

static void put_us(struct kq_json *j, const char *name, double ns)
{
    kq_json_key(j, name);
    if (ns < 0)
        kq_json_null(j);
    else
        kq_json_f64(j, ns / 1000);
}

static void put_latency_json(struct kq_json *j, const struct dump_latency *l)
{
    kq_json_key(j, "latency_us");
    kq_json_obj_begin(j);
    put_count(j, "count", l->n);
    put_us(j, "mean", l->n ? l->sum / (double)l->n : -1);
    put_us(j, "p50", (double)dump_latency_percentile(l, 50));
    put_us(j, "p95", (double)dump_latency_percentile(l, 95));
    put_us(j, "p99", (double)dump_latency_percentile(l, 99));
    put_us(j, "max", l->n ? (double)l->max : -1);
    kq_json_obj_end(j);
}

static void put_groups_json(const struct dump_stats *s, struct kq_json *j)
{
    size_t n;
    struct dump_tally **all = dump_tallies_sorted(s->groups, &n);
    kq_json_key(j, "groups");
    kq_json_arr_begin(j);
    for (size_t i = 0; i < n; i++) {
        kq_json_obj_begin(j);
        kq_json_key_str(j, "key", all[i]->key);
        put_count(j, "count", dump_tally_calls(all[i]));
        put_count(j, "errors", all[i]->errors);
        put_count(j, "bytes", all[i]->bytes);
        put_count(j, "wire_bytes", all[i]->wire);
        put_latency_json(j, &all[i]->latency);
        kq_json_obj_end(j);
    }
    kq_json_arr_end(j);
    free(all);
}

static void put_slowest_json(const struct dump_stats *s, struct kq_json *j)
{
    kq_json_key(j, "slowest");
    kq_json_arr_begin(j);
    for (unsigned i = 0; i < s->n_slow; i++) {
        const struct dump_slow *w = &s->slow[i];
        kq_json_obj_begin(j);
        put_us(j, "latency_us", (double)w->latency_ns);
        put_count(j, "n", w->n);
        put_count(j, "conn", w->conn);
        kq_json_key_str(j, "client", kq_strz(w->client));
        kq_json_key_str(j, "query", kq_strz(w->what));
        kq_json_obj_end(j);
    }
    kq_json_arr_end(j);
}

void dump_stats_json(const struct dump_stats *s, struct kq_out *o)
{
    struct kq_json j = kq_json(o);
    kq_json_obj_begin(&j);
    kq_json_key_i64(&j, "v", 1);
    for (int k = 0; k < DUMP_NOTE; k++)
        put_count(&j, dump_kind_name((enum dump_kind)k), s->kinds[k]);
    put_count(&j, "errors", s->errors);
    put_count(&j, "unanswered", s->unanswered);
    put_count(&j, "compressed", s->compressed);
    put_count(&j, "bytes", s->bytes);
    put_count(&j, "wire_bytes", s->wire);
    kq_json_key(&j, "seconds");
    if (s->first_ns == DUMP_NO_TIME)
        kq_json_null(&j);
    else
        kq_json_f64(&j, (double)(s->last_ns - s->first_ns) / 1e9);
    kq_json_key_str(&j, "by", kq_strz(dump_by_name(s->by)));
    put_groups_json(s, &j);
    put_slowest_json(s, &j);
    kq_json_obj_end(&j);
    kq_out_char(o, '\n');
}
