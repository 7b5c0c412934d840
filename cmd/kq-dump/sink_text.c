/*
 * sink_text.c - one line a message, for people.
 *
 *      time  conn  from > to  kind  size  latency  content
 *
 * What a message has not (a file has no connections) has no column.  A query
 * is its own text, a value is one-line q; a response stands behind the
 * beginning of its request: "count trade -> 12".  Nothing that a peer sent can
 * steer the terminal.
 */
#include "sink.h"

#include "base/mem.h"
#include "base/num.h"
#include "base/utf8.h"
#include "fields.h"
#include "text/hex.h"
#include "text/repr.h"
#include "wire/hello.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    KIND_WIDTH = 9,
    ADDRESS = 15,   /* least width of an address column */
    ASK_MAX = 60,   /* bytes of a request in front of its response */
    LEAST = 12,     /* bytes of content, however narrow the terminal is */
    HEX_MAX = 4096, /* bytes shown of what cannot be decoded */
};

struct text_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    enum dump_field fields[DUMP_F_COUNT];
    size_t n_fields;            /* 0: the usual line */
    size_t width[DUMP_F_COUNT]; /* of the widest so far */
    struct dump_stamp stamp;
    struct kq_style style;
    struct kq_out scratch; /* a value before it is cut */
    uint64_t line;         /* position in the output where this line began */
    size_t invisible;      /* bytes of it that are colour */
};

/* ---- small pieces ---- */

static uint64_t position(const struct kq_out *o)
{
    return o->total + o->len;
}

/* Bytes of this line so far that are seen. */
static size_t column(const struct text_sink *s)
{
    return (size_t)(position(s->env.out) - s->line) - s->invisible;
}

static void color(struct text_sink *s, const char *code)
{
    if (!s->env.color)
        return;
    kq_out_puts(s->env.out, code);
    s->invisible += strlen(code);
}

static const char *color_of(struct dump_msg *m)
{
    static const char codes[][9] = {
        [DUMP_ASYNC] = "\033[36m",     [DUMP_SYNC] = "\033[32m",   [DUMP_RESPONSE] = "\033[34m",
        [DUMP_HANDSHAKE] = "\033[35m", [DUMP_ACCEPT] = "\033[35m", [DUMP_TEXT] = "\033[33m",
        [DUMP_OBJECT] = "\033[36m",    [DUMP_NOTE] = "\033[33m",
    };
    bool bad = m->fault.code || dump_msg_error(m).s;
    return bad ? "\033[1;31m" : codes[m->kind];
}

static bool is_plain(char c)
{
    return c >= 0x20 && c < 0x7f;
}

/* One character that is not plain ASCII; returns its bytes. */
static size_t put_special(struct kq_out *o, const char *p, size_t n)
{
    uint32_t cp;
    unsigned char c = (unsigned char)*p;
    size_t len = kq_utf8_decode(p, n, &cp);
    if (c == '\n' || c == '\r' || c == '\t')
        kq_out_printf(o, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
    else if (!len || cp < 0x20 || (cp >= 0x7f && cp < 0xa0))
        kq_out_printf(o, "\\%03o", c);
    else
        kq_out_write(o, p, len);
    return len ? len : 1;
}

/* Bytes as they are, but for what could disturb: control characters are escaped. */
static void put_plain(struct kq_out *o, const char *p, size_t n)
{
    const char *end = p + n;
    while (p < end) {
        const char *run = p;
        while (p < end && is_plain(*p))
            p++;
        kq_out_write(o, run, (size_t)(p - run));
        if (p < end)
            p += put_special(o, p, (size_t)(end - p));
    }
}

static void add_number(struct kq_out *o, uint64_t v)
{
    kq_out_advance(o, kq_fmt_u64(kq_out_reserve(o, KQ_NUM_MAX), v));
}

/* ---- columns ---- */

/* Pad what was written since `from` to the widest this column has been; right-aligned text
 * goes through `scratch` instead. */
static void pad_left_aligned(struct text_sink *s, int col, size_t from)
{
    size_t n = column(s) - from;
    if (n > s->width[col])
        s->width[col] = n;
    kq_out_fill(s->env.out, ' ', s->width[col] - n + 1);
}

static void put_right_aligned(struct text_sink *s, int col)
{
    size_t n = s->scratch.len;
    if (n > s->width[col])
        s->width[col] = n;
    kq_out_fill(s->env.out, ' ', s->width[col] - n);
    kq_out_write(s->env.out, s->scratch.buf, n);
    kq_out_char(s->env.out, ' ');
}

static void put_number(struct text_sink *s, int col, uint64_t v)
{
    s->scratch.len = 0;
    add_number(&s->scratch, v);
    put_right_aligned(s, col);
}

static void put_ends(struct text_sink *s, const struct dump_msg *m)
{
    struct kq_out *o = s->env.out;
    put_number(s, DUMP_F_CONN, m->conn->id);
    size_t from = column(s);
    kq_out_puts(o, dump_msg_src(m));
    pad_left_aligned(s, DUMP_F_SRC, from);
    kq_out_puts(o, "> ");
    from = column(s);
    kq_out_puts(o, dump_msg_dst(m));
    pad_left_aligned(s, DUMP_F_SRC, from);
}

/* When, or for files without times, which. */
static void put_when(struct text_sink *s, const struct dump_msg *m)
{
    if (m->first_ns != DUMP_NO_TIME) {
        dump_stamp_put(&s->stamp, s->env.out, m->first_ns);
        kq_out_char(s->env.out, ' ');
    } else if (m->kind != DUMP_NOTE) {
        put_number(s, DUMP_F_N, m->n);
    }
}

static void put_kind(struct text_sink *s, struct dump_msg *m)
{
    const char *name = dump_msg_error(m).s ? "error" : dump_kind_name(m->kind);
    size_t n = strlen(name);
    if (s->env.color)
        color(s, color_of(m));
    kq_out_write(s->env.out, name, n);
    kq_out_fill(s->env.out, ' ', n < KIND_WIDTH ? KIND_WIDTH - n : 0);
    color(s, "\033[0m");
    kq_out_char(s->env.out, ' ');
}

static void put_size(struct text_sink *s, const struct dump_msg *m)
{
    s->scratch.len = 0;
    if (m->compressed) {
        add_number(&s->scratch, m->len);
        kq_out_char(&s->scratch, '>');
    }
    if (m->kind != DUMP_NOTE)
        add_number(&s->scratch, dump_msg_size(m));
    put_right_aligned(s, DUMP_F_SIZE);
}

static void put_latency_column(struct text_sink *s, const struct dump_msg *m)
{
    s->scratch.len = 0;
    if (m->latency_ns >= 0)
        dump_span_put(&s->scratch, m->latency_ns);
    put_right_aligned(s, DUMP_F_LATENCY);
}

/* ---- content ---- */

/* Bytes of content that fit; SIZE_MAX: all. */
static size_t room(const struct text_sink *s)
{
    if (!s->env.cut)
        return SIZE_MAX;
    size_t used = column(s), columns = (size_t)s->env.columns;
    return columns > used + LEAST ? columns - used : LEAST;
}

/* What is in `scratch`, cut to the room there is. */
static void put_cut(struct text_sink *s, size_t max)
{
    struct kq_out *o = s->env.out;
    size_t n = s->scratch.len;
    if (n <= max) {
        kq_out_write(o, s->scratch.buf, n);
        return;
    }
    n = kq_utf8_prefix(s->scratch.buf, max > 2 ? max - 2 : 0);
    kq_out_write(o, s->scratch.buf, n);
    kq_out_puts(o, "..");
}

static void put_text(struct text_sink *s, struct kq_str text, size_t max)
{
    /* A query is shown whole unless a terminal is too narrow. */
    s->scratch.len = 0;
    put_plain(&s->scratch, text.s, text.len);
    put_cut(s, max);
}

/* Room for a request in front of its response. */
static size_t ask_room(const struct text_sink *s)
{
    size_t half = room(s) / 2;
    return half < ASK_MAX ? half : ASK_MAX;
}

static void put_ask(struct text_sink *s, const struct dump_ask *ask)
{
    if (!ask)
        return;
    size_t most = ask_room(s);
    color(s, "\033[2m");
    if (ask->query.s) {
        put_text(s, ask->query, most);
    } else if (!ask->fn.s) {
        kq_out_printf(s->env.out, "message %llu", (unsigned long long)ask->n);
    } else {
        put_text(s, ask->fn, most);
        if (ask->table.s) {
            kq_out_char(s->env.out, ' ');
            put_text(s, ask->table, most);
        }
    }
    color(s, "\033[0m");
}

static void put_value(struct text_sink *s, struct dump_msg *m)
{
    const struct kq_obj *value = dump_msg_value(m);
    size_t max = room(s);
    if (m->missing) {
        put_text(s, kq_strz(m->fault.msg), SIZE_MAX);
        return;
    }
    if (!value) {
        kq_out_puts(s->env.out, "cannot be decoded: ");
        put_text(s, kq_strz(m->fault.msg), SIZE_MAX);
        return;
    }
    s->scratch.len = 0;
    kq_repr_start(&s->scratch, value, &s->style, max);
    put_cut(s, max);
}

static void put_login(struct text_sink *s, const struct dump_msg *m)
{
    put_text(s, m->text, room(s));
    if (m->has_password) {
        kq_out_char(s->env.out, ':');
        if (s->env.opts->show.secrets)
            put_text(s, m->password, room(s));
        else
            kq_out_char(s->env.out, '*');
    }
    if (m->capability >= 0)
        kq_out_printf(s->env.out, " capability %d", m->capability);
}

static void put_body(struct text_sink *s, struct dump_msg *m)
{
    struct kq_str query = m->kind == DUMP_RESPONSE ? kq_str(NULL, 0) : dump_msg_query(m);
    put_ask(s, m->ask);
    if (m->kind == DUMP_RESPONSE && m->ask)
        kq_out_puts(s->env.out, " -> ");
    if (query.s && query.len && !m->missing && m->have == m->len)
        put_text(s, query, room(s));
    else
        put_value(s, m);
}

static void put_content(struct text_sink *s, struct dump_msg *m)
{
    switch (m->kind) {
    case DUMP_HANDSHAKE: put_login(s, m); break;
    case DUMP_ACCEPT: kq_out_printf(s->env.out, "capability %d", m->capability); break;
    case DUMP_TEXT: put_text(s, m->text, room(s)); break;
    case DUMP_NOTE:
        put_text(s, m->text, SIZE_MAX);
        if (m->ask)
            kq_out_puts(s->env.out, ": ");
        put_ask(s, m->ask);
        break;
    default: put_body(s, m); break;
    }
}

/* ---- lines ---- */

static void put_hex(struct text_sink *s, const struct dump_msg *m, size_t max)
{
    struct kq_buf redacted;
    const uint8_t *p = m->p;
    size_t n = m->have;
    kq_buf_init(&redacted, KQ_BUF_NOMAX);
    if (m->kind == DUMP_HANDSHAKE && !s->env.opts->show.secrets) {
        kq_hello_redact(&redacted, p, n);
        p = redacted.data;
        n = redacted.len;
    }
    kq_hex_dump(s->env.out, p, n < max ? n : max, 0, "    ");
    if (n > max)
        kq_out_printf(s->env.out, "    .. %zu more bytes\n", n - max);
    kq_buf_release(&redacted);
}

static void put_usual(struct text_sink *s, struct dump_msg *m)
{
    put_when(s, m);
    if (m->conn)
        put_ends(s, m);
    put_kind(s, m);
    put_size(s, m);
    if (m->conn)
        put_latency_column(s, m);
    put_content(s, m);
}

static void put_fields(struct text_sink *s, struct dump_msg *m)
{
    for (size_t i = 0; i < s->n_fields; i++) {
        struct kq_out cell;
        kq_out_init_mem(&cell);
        dump_field_put(&cell, s->fields[i], m, &s->stamp, &s->style);
        s->scratch.len = 0;
        put_plain(&s->scratch, cell.buf, cell.len);
        kq_out_release(&cell);
        size_t from = column(s);
        put_cut(s, i + 1 < s->n_fields ? SIZE_MAX : room(s));
        if (i + 1 < s->n_fields)
            pad_left_aligned(s, s->fields[i], from);
    }
}

static void put_line(struct dump_sink *base, struct dump_msg *m)
{
    struct text_sink *s = (struct text_sink *)base;
    s->line = position(s->env.out);
    s->invisible = 0;
    if (s->n_fields)
        put_fields(s, m);
    else
        put_usual(s, m);
    kq_out_char(s->env.out, s->env.opts->common.null_data ? 0 : '\n');
    if (s->env.opts->common.hex)
        put_hex(s, m, SIZE_MAX);
    else if (m->fault.code && m->p && !m->missing)
        put_hex(s, m, HEX_MAX);
    kq_out_endline(s->env.out);
}

static void free_text(struct dump_sink *base)
{
    struct text_sink *s = (struct text_sink *)base;
    kq_out_release(&s->scratch);
    free(s);
}

struct dump_sink *dump_text_new(const struct dump_sink_env *env, struct kq_err *err)
{
    const struct dump_opts *o = env->opts;
    struct text_sink *s = kq_calloc(1, sizeof *s);
    s->base = (struct dump_sink){put_line, NULL, free_text};
    s->env = *env;
    s->style = kq_format_style(&o->format);
    s->style.share = env->cut;
    s->width[DUMP_F_SRC] = ADDRESS;
    s->width[DUMP_F_SIZE] = 6;
    s->width[DUMP_F_LATENCY] = 6;
    dump_stamp_init(&s->stamp, o->common.time_format);
    kq_out_init_mem(&s->scratch);
    if (o->show.fields && !(s->n_fields = dump_fields_parse(o->show.fields, s->fields, err))) {
        free_text(&s->base);
        return NULL;
    }
    return &s->base;
}
