/*
 * filter.c - options are taken apart once; lists of names stay text and are
 * compared in place.
 */
#include "filter.h"

#include "base/cal.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/out.h"
#include "text/repr.h"

#include <regex.h>
#include <stdlib.h>
#include <string.h>

/* A limit of --from or --to. */
struct limit {
    enum { NONE, NUMBER, MOMENT, CLOCK } kind;
    int64_t value; /* message number, ns since 1970, or ns since midnight */
};

struct dump_filter {
    const struct dump_which *which;
    unsigned kinds; /* bits of enum dump_kind, 0: all */
    bool only_errors;
    struct limit from, to;
    bool has_match;
    regex_t match;
    struct kq_out text; /* of values, for `match` */
};

/* The response that is a q error; in --kind it has a name of its own. */
enum { KIND_ERROR = DUMP_NOTE + 1 };

/* ---- options ---- */

static bool parse_kind(struct kq_str word, unsigned *kinds, struct kq_err *err)
{
    for (int k = 0; k <= DUMP_NOTE; k++) {
        if (kq_str_is(word, dump_kind_name((enum dump_kind)k))) {
            *kinds |= 1u << k;
            if (k == DUMP_HANDSHAKE)
                *kinds |= 1u << DUMP_ACCEPT;
            return true;
        }
    }
    if (!kq_str_is(word, "error"))
        return kq_fail(err, KQ_EUSAGE, "--kind: '%.*s' is no kind of message", KQ_STR_FMT(word));
    *kinds |= 1u << KIND_ERROR;
    return true;
}

static bool parse_kinds(const char *list, unsigned *kinds, struct kq_err *err)
{
    struct kq_str head, rest = kq_strz(list);
    do {
        kq_str_cut(rest, ',', &head, &rest);
        if (!parse_kind(kq_str_trim(head), kinds, err))
            return false;
    } while (rest.len);
    return true;
}

static bool parse_limit(const char *option, const char *text, struct limit *l, struct kq_err *err)
{
    struct kq_str s = kq_strz(text);
    int64_t ns;
    if (s.len && s.s[0] == '#' && kq_parse_i64(s.s + 1, s.len - 1, &l->value) && l->value >= 0)
        l->kind = NUMBER;
    else if (kq_parse_timestamp(s, &ns))
        *l = (struct limit){MOMENT, kq_cal_to_unix_ns(ns)};
    else if (kq_parse_time_ns(s, &ns) && ns >= 0)
        *l = (struct limit){CLOCK, ns};
    else
        return kq_fail(err, KQ_EUSAGE,
                       "%s: '%s' is neither a time (2024-01-02T03:04:05, 03:04) nor a message (#7)",
                       option, text);
    return true;
}

static bool parse_match(struct dump_filter *f, const char *match, struct kq_err *err)
{
    char why[120];
    int bad = regcomp(&f->match, match, REG_EXTENDED);
    if (bad) {
        regerror(bad, &f->match, why, sizeof why);
        return kq_fail(err, KQ_EUSAGE, "--match: '%s': %s", match, why);
    }
    f->has_match = true;
    return true;
}

struct dump_filter *dump_filter_new(const struct dump_which *which, const char *match,
                                    struct kq_err *err)
{
    struct dump_filter *f = kq_calloc(1, sizeof *f);
    f->which = which;
    kq_out_init_mem(&f->text);
    if ((which->kinds && !parse_kinds(which->kinds, &f->kinds, err)) ||
        (which->from && !parse_limit("--from", which->from, &f->from, err)) ||
        (which->to && !parse_limit("--to", which->to, &f->to, err)) ||
        (match && !parse_match(f, match, err))) {
        dump_filter_free(f);
        return NULL;
    }
    return f;
}

void dump_filter_free(struct dump_filter *f)
{
    if (!f)
        return;
    if (f->has_match)
        regfree(&f->match);
    kq_out_release(&f->text);
    free(f);
}

/* ---- ports and hosts ---- */

/* "5010" or "5020-5030" */
static bool parse_range(struct kq_str s, uint64_t *lo, uint64_t *hi)
{
    struct kq_str a, b;
    bool range = kq_str_cut(s, '-', &a, &b);
    if (!kq_parse_u64(a.s, a.len, lo))
        return false;
    *hi = *lo;
    return (!range || kq_parse_u64(b.s, b.len, hi)) && *lo && *lo <= *hi && *hi <= 65535;
}

bool dump_ports_have(const char *ports, unsigned port)
{
    struct kq_str head, rest = kq_strz(ports);
    uint64_t lo, hi;
    do {
        kq_str_cut(rest, ',', &head, &rest);
        if (parse_range(kq_str_trim(head), &lo, &hi) && port >= lo && port <= hi)
            return true;
    } while (rest.len);
    return false;
}

bool dump_ports_check(const char *ports, struct kq_err *err)
{
    struct kq_str head, rest = kq_strz(ports);
    uint64_t lo, hi;
    do {
        kq_str_cut(rest, ',', &head, &rest);
        if (!parse_range(kq_str_trim(head), &lo, &hi))
            return kq_fail(err, KQ_EUSAGE, "--port: '%.*s' is neither a port nor a range",
                           KQ_STR_FMT(head));
    } while (rest.len);
    return true;
}

/* "10.0.0.1" fits "10.0.0.1:5010", "::1" fits "[::1]:5010", and with its port each. */
static bool host_is(struct kq_str host, const char *address)
{
    struct kq_str a = kq_strz(address);
    if (kq_str_eq(a, host))
        return true;
    const char *colon = strrchr(address, ':');
    if (colon)
        a.len = (size_t)(colon - address);
    if (a.len > 2 && a.s[0] == '[')
        a = kq_str(a.s + 1, a.len - 2);
    return kq_str_eq(a, host);
}

static bool pass_host(const char *hosts, const struct dump_conn *c)
{
    struct kq_str head, rest = kq_strz(hosts);
    do {
        kq_str_cut(rest, ',', &head, &rest);
        head = kq_str_trim(head);
        if (c && (host_is(head, c->client) || host_is(head, c->server)))
            return true;
    } while (rest.len);
    return false;
}

/* ---- the conditions ---- */

static bool listed(const char *names, struct kq_str name)
{
    struct kq_str head, rest = kq_strz(names);
    if (!name.s)
        return false;
    do {
        kq_str_cut(rest, ',', &head, &rest);
        if (kq_str_eq(kq_str_trim(head), name))
            return true;
    } while (rest.len);
    return false;
}

static bool pass_kind(const struct dump_filter *f, struct dump_msg *m)
{
    if (!f->kinds || (f->kinds & 1u << m->kind))
        return true;
    return (f->kinds & 1u << KIND_ERROR) && dump_msg_error(m).s;
}

static int64_t clock_of(int64_t when_ns)
{
    int64_t ns = when_ns % KQ_NS_PER_DAY;
    return ns < 0 ? ns + KQ_NS_PER_DAY : ns;
}

/* Is the message before the limit? */
static bool is_before(const struct limit *l, const struct dump_msg *m)
{
    switch (l->kind) {
    case NUMBER: return (int64_t)m->n < l->value;
    case MOMENT: return m->first_ns < l->value;
    case CLOCK: return m->first_ns != DUMP_NO_TIME && clock_of(m->first_ns) < l->value;
    case NONE: break;
    }
    return false;
}

/* Does what stands in `text` match? */
static bool text_matches(struct dump_filter *f)
{
    regmatch_t all = {.rm_so = 0, .rm_eo = (regoff_t)f->text.len};
    kq_out_char(&f->text, 0);
    return regexec(&f->match, f->text.buf, 1, &all, REG_STARTEND) == 0;
}

static bool matches(struct dump_filter *f, struct kq_str s)
{
    f->text.len = 0;
    kq_out_write(&f->text, s.s, s.len);
    return s.s && text_matches(f);
}

/* The query, also of the request that is answered, or the value as text. */
static bool pass_match(struct dump_filter *f, struct dump_msg *m)
{
    if (matches(f, dump_msg_query(m)))
        return true;
    struct kq_obj *value = dump_msg_call(m)->text.s ? NULL : dump_msg_value(m);
    if (!value)
        return matches(f, m->text);
    f->text.len = 0;
    kq_repr(&f->text, value, &kq_style_default);
    return text_matches(f);
}

/* Conditions that only a message with content can fulfil. */
static bool wants_content(const struct dump_filter *f)
{
    const struct dump_which *w = f->which;
    return w->fns || w->tables || w->min_size || w->slow_ns || w->errors || f->has_match;
}

static bool pass_content(struct dump_filter *f, struct dump_msg *m)
{
    const struct dump_which *w = f->which;
    return (!w->min_size || dump_msg_size(m) >= w->min_size) &&
           (!w->slow_ns || m->latency_ns >= w->slow_ns) && (!w->errors || dump_msg_error(m).s) &&
           (!w->fns || listed(w->fns, dump_msg_fn(m))) &&
           (!w->tables || listed(w->tables, dump_msg_table(m))) &&
           (!f->has_match || pass_match(f, m));
}

bool dump_filter_pass(struct dump_filter *f, struct dump_msg *m)
{
    const struct dump_which *w = f->which;
    if (w->stream && (!m->conn || m->conn->id != w->stream))
        return false;
    if (w->hosts && !pass_host(w->hosts, m->conn))
        return false;
    if (f->from.kind && is_before(&f->from, m))
        return false;
    if (f->to.kind && !is_before(&f->to, m))
        return false;
    if (!pass_kind(f, m))
        return false;
    if (!wants_content(f))
        return true;
    return m->kind != DUMP_NOTE && pass_content(f, m);
}

bool dump_filter_past(const struct dump_filter *f, const struct dump_msg *m)
{
    return f->to.kind == NUMBER && m->kind != DUMP_NOTE && !is_before(&f->to, m);
}

bool dump_filter_active(const struct dump_filter *f)
{
    const struct dump_which *w = f->which;
    return wants_content(f) || w->hosts || w->stream || f->kinds || f->from.kind || f->to.kind;
}
