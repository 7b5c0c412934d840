/*
 * sink_tree.c - every byte of a message explained: offset, hex, text, place,
 * value and meaning.
 *
 * A message is walked twice, first to find how wide the columns are.  Each
 * field is a row; long fields continue on rows of their own.  Bytes that no
 * field covers, items left out and bytes lost in the capture are rows too, so
 * that nothing is missing without being seen.
 */
#include "sink.h"

#include "base/mem.h"
#include "fields.h"
#include "obj/prim.h"
#include "text/elem.h"
#include "text/repr.h"
#include "wire/compress.h"
#include "wire/cursor.h"
#include "wire/decode.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PER_ROW = 8,
    HEX_WIDTH = PER_ROW * 3,
    PATH_MAX_WIDTH = 40,
    VALUE_MAX_WIDTH = 36,
};

struct tree_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    struct dump_stamp stamp;
    struct kq_out value; /* text of the value of the row in progress */
    struct kq_buf path;  /* its place */
    size_t path_width, value_width;
    bool measuring; /* first walk: only find the widths */
    bool begun;     /* a message stands above */

    const uint8_t *p; /* the plain message, or as much of it as there is */
    size_t len;
    size_t next;       /* offset after the last row */
    uint64_t base_off; /* of p[0], added to the offsets shown */
};

/* ---- rows ---- */

static void color(struct tree_sink *t, const char *code)
{
    if (t->env.color)
        kq_out_puts(t->env.out, code);
}

static void put_bytes(struct kq_out *o, const uint8_t *p, size_t n)
{
    static const char digit[] = "0123456789abcdef";
    char *d = kq_out_reserve(o, HEX_WIDTH + PER_ROW + 2);
    memset(d, ' ', HEX_WIDTH + PER_ROW + 2);
    for (size_t i = 0; i < n; i++) {
        d[3 * i] = digit[p[i] >> 4];
        d[3 * i + 1] = digit[p[i] & 15];
        d[HEX_WIDTH + 1 + i] = p[i] >= 0x20 && p[i] < 0x7f ? (char)p[i] : '.';
    }
    kq_out_advance(o, HEX_WIDTH + PER_ROW + 2);
}

static void put_padded(struct tree_sink *t, const char *code, const char *s, size_t n, size_t width)
{
    color(t, code);
    kq_out_write(t->env.out, s, n);
    color(t, "\033[0m");
    kq_out_fill(t->env.out, ' ', n < width ? width - n : 0);
    kq_out_puts(t->env.out, "  ");
}

static void put_offset(struct tree_sink *t, uint64_t off)
{
    color(t, "\033[2m");
    kq_out_printf(t->env.out, "%08llx  ", (unsigned long long)off);
    color(t, "\033[0m");
}

static void widen(size_t *width, size_t n, size_t max)
{
    if (n > *width)
        *width = n < max ? n : max;
}

/* The columns behind the bytes of a field's first row. */
static void put_texts(struct tree_sink *t, const char *meaning)
{
    put_padded(t, "\033[36m", (const char *)t->path.data, t->path.len, t->path_width);
    put_padded(t, "\033[1m", t->value.buf, t->value.len, t->value_width);
    kq_out_puts(t->env.out, meaning);
}

/* The field at p[off .. off + n); its place and value stand in t->path and t->value. */
static void put_row(struct tree_sink *t, size_t off, size_t n, const char *meaning)
{
    struct kq_out *o = t->env.out;
    t->next = off + n;
    if (t->measuring) {
        widen(&t->path_width, t->path.len, PATH_MAX_WIDTH);
        widen(&t->value_width, t->value.len, VALUE_MAX_WIDTH);
        t->value.len = 0;
        return;
    }
    for (size_t at = 0; at < n || !at; at += PER_ROW) {
        size_t len = n - at < PER_ROW ? n - at : PER_ROW;
        put_offset(t, t->base_off + off + at);
        put_bytes(o, t->p + off + at, len);
        if (!at)
            put_texts(t, meaning);
        while (o->len && o->buf[o->len - 1] == ' ')
            o->len--;
        kq_out_char(o, '\n');
    }
    t->value.len = 0;
}

/* A row about something that is not there. */
__attribute__((format(printf, 3, 4))) static void put_gap(struct tree_sink *t, size_t off,
                                                          const char *fmt, ...)
{
    char text[KQ_ERR_MAX + 60];
    if (t->measuring)
        return;
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    put_offset(t, t->base_off + off);
    color(t, "\033[31m");
    kq_out_printf(t->env.out, "-- %s --\n", text);
    color(t, "\033[0m");
}

static void set_path(struct tree_sink *t, const char *path)
{
    kq_buf_clear(&t->path);
    kq_buf_puts(&t->path, path);
}

/* ---- header ---- */

static void put_header(struct tree_sink *t, const struct kq_header *h)
{
    static const char *const compression[] = {"none", "yes", "yes, large"};
    set_path(t, "header");
    kq_out_puts(&t->value, h->big ? "big-endian" : "little-endian");
    put_row(t, 0, 1, "byte order");
    kq_out_puts(&t->value, kq_kind_name(h->kind));
    put_row(t, 1, 1, "message type");
    kq_out_puts(&t->value, compression[h->compressed]);
    put_row(t, 2, 1, "compression");
    kq_out_printf(&t->value, "%u", t->p[3]);
    put_row(t, 3, 1, "length, bits 32 to 39");
    kq_out_printf(&t->value, "%llu", (unsigned long long)h->total);
    put_row(t, 4, 4, "length");
}

/* ---- objects ---- */

static const char *type_name(int type)
{
    static const char *const functions[] = {
        "lambda",     "unary primitive", "operator",       "iterator",
        "projection", "composition",     "each f'",        "over f/",
        "scan f\\",   "each prior f':",  "each right f/:", "each left f\\:",
    };
    if (type >= KQ_LAMBDA && type <= KQ_EACHLEFT)
        return functions[type - KQ_LAMBDA];
    switch (type) {
    case KQ_LIST: return "list";
    case KQ_TABLE: return "table";
    case KQ_DICT: return "dictionary";
    case KQ_SORTEDDICT: return "sorted dictionary";
    case KQ_ERROR: return "error";
    default: return kq_typeinfo(type)->name;
    }
}

static void put_type(struct tree_sink *t, const struct kq_item *it)
{
    char meaning[40];
    bool vector = it->type > 0 && it->type <= KQ_TYPE_MAX;
    kq_out_printf(&t->value, "%dh", it->type);
    snprintf(meaning, sizeof meaning, "%s%s", type_name(it->type), vector ? " vector" : "");
    put_row(t, it->at, 1, meaning);
}

static void put_attribute(struct tree_sink *t, const struct kq_item *it)
{
    static const char *const names[] = {"no attribute", "sorted", "unique", "parted", "grouped"};
    if (it->attr)
        kq_out_printf(&t->value, "`%c#", "?supg"[it->attr]);
    put_row(t, it->at + 1, 1, names[it->attr]);
}

static void put_count(struct tree_sink *t, const struct kq_item *it, size_t off)
{
    kq_out_printf(&t->value, "%lld", (long long)it->n);
    put_row(t, off, it->data - off, "count");
}

/* What stands in front of the data: type, attribute, count, code. */
static void put_item_head(struct tree_sink *t, const struct kq_item *it)
{
    put_type(t, it);
    if (it->type >= 0 && it->type <= KQ_TYPE_MAX) {
        put_attribute(t, it);
        put_count(t, it, it->at + 2);
    } else if (it->type == KQ_TABLE) {
        put_attribute(t, it);
    } else if (it->type == KQ_PROJECTION || it->type == KQ_COMPOSITION) {
        put_count(t, it, it->at + 1);
    } else if (it->type >= KQ_UNARY && it->type <= KQ_ITERATOR) {
        const char *text = kq_prim_text(it->type, it->code);
        kq_out_puts(&t->value, text ? text : "");
        put_row(t, it->at + 1, 1, it->code == KQ_CODE_ELIDED ? "left out" : "code");
    } else if (it->type == KQ_LAMBDA) {
        kq_out_printf(&t->value, "%s%.*s", it->len ? "." : "", (int)it->len, t->p + it->data);
        put_row(t, it->data, it->len + 1, it->len ? "context" : "context: root");
    }
}

/* Elements of a row: chars and bytes share one. */
static int64_t per_row(const struct kq_item *it)
{
    return it->type == KQ_CHAR || it->type == KQ_BYTE || it->type == KQ_BOOLEAN ? PER_ROW : 1;
}

static void put_elements_text(struct tree_sink *t, const struct kq_obj *x, int64_t from, int64_t n)
{
    if (x->type == KQ_CHAR) {
        kq_repr_quoted(&t->value, kq_data(x) + from, (size_t)n);
        return;
    }
    if (x->type == KQ_BYTE)
        kq_out_puts(&t->value, "0x");
    if (x->type == KQ_SYMBOL)
        kq_out_char(&t->value, '`');
    for (int64_t i = 0; i < n; i++)
        kq_elem_put(&t->value, x, from + i, KQ_FORM_BARE, &kq_style_default);
}

static void set_element_path(struct tree_sink *t, size_t stem, int64_t from, int64_t n)
{
    t->path.len = stem;
    if (n > 1)
        kq_buf_printf(&t->path, "[%lld..%lld]", (long long)from, (long long)(from + n - 1));
    else
        kq_buf_printf(&t->path, "[%lld]", (long long)from);
}

static void put_elements(struct tree_sink *t, const struct kq_item *it, const struct kq_obj *x)
{
    size_t off = it->data, stem = t->path.len;
    size_t width = it->type == KQ_SYMBOL ? 0 : kq_typeinfo(it->type)->bytes;
    int64_t limit = t->env.opts->format.max_items, each = per_row(it);
    int64_t shown = limit && limit < it->n ? limit : it->n;
    struct kq_symiter syms = kq_symiter(x);
    for (int64_t i = 0; i < shown; i += each) {
        int64_t n = shown - i < each ? shown - i : each;
        size_t bytes = width * (size_t)n;
        set_element_path(t, stem, i, n);
        if (it->type == KQ_SYMBOL) {
            const char *text = kq_symiter_next(&syms, &bytes);
            kq_out_char(&t->value, '`');
            kq_out_write(&t->value, text, bytes++);
        } else {
            put_elements_text(t, x, i, n);
        }
        put_row(t, off, bytes, "");
        off += bytes;
    }
    t->path.len = stem;
    if (shown < it->n)
        put_gap(t, off, "%lld more items, %zu bytes", (long long)(it->n - shown),
                it->data + it->len - off);
    t->next = it->data + it->len;
}

/* The object of a leaf, for the texts of its elements. */
static struct kq_obj *leaf_value(struct tree_sink *t, const struct kq_step *step, bool big)
{
    return kq_decode_bytes(t->p + step->item.at, step->end - step->item.at, big, NULL, NULL);
}

static void put_leaf(struct tree_sink *t, const struct kq_step *step, bool big)
{
    const struct kq_item *it = &step->item;
    put_item_head(t, it);
    if (it->type >= KQ_LAMBDA && it->type <= KQ_EACHLEFT)
        return;
    struct kq_obj *x = leaf_value(t, step, big);
    if (x && it->type > 0) {
        put_elements(t, it, x);
    } else if (x && it->type < 0) {
        kq_repr(&t->value, x, &kq_style_default);
        put_row(t, it->data, step->end - it->data, "");
    }
    kq_unref(x);
}

/* Bytes that belong to nothing. */
static void put_rest(struct tree_sink *t, const char *why)
{
    if (t->next >= t->len)
        return;
    set_path(t, "");
    put_row(t, t->next, t->len - t->next, why);
}

static void walk_body(struct tree_sink *t, size_t from, bool big)
{
    struct kq_walk w;
    struct kq_step step;
    struct kq_err err;
    int got;
    kq_walk_init(&w, t->p + from, t->len - from, big, 0, 0);
    /* Offsets count from the message, not from its body. */
    w.cur.base = t->p;
    w.cur.off = from;
    w.cur.len = t->len;
    t->next = from;
    while ((got = kq_walk_next(&w, &step, &err)) > 0) {
        if (step.kind == KQ_STEP_LEAVE)
            continue;
        set_path(t, "x");
        kq_walk_path(&w, &step, &t->path);
        if (step.kind == KQ_STEP_ENTER)
            put_item_head(t, &step.item);
        else
            put_leaf(t, &step, big);
    }
    put_rest(t, got < 0 ? "not decoded" : "behind the end of the object");
    if (got < 0)
        put_gap(t, w.cur.fail_off, "%s", w.cur.fail_what);
    kq_walk_release(&w);
}

/* ---- whole messages ---- */

static void put_columns(struct tree_sink *t)
{
    color(t, "\033[2m");
    kq_out_printf(t->env.out, "%-8s  %-*s %-*s %-*s  %-*s  %s\n", "offset", HEX_WIDTH, "hex",
                  PER_ROW, "ascii", (int)t->path_width, "path", (int)t->value_width, "value",
                  "meaning");
    color(t, "\033[0m");
}

/* Walk what `put` shows, twice. */
static void put_twice(struct tree_sink *t, struct dump_msg *m,
                      void (*put)(struct tree_sink *, struct dump_msg *))
{
    t->path_width = 6;
    t->value_width = 5;
    t->measuring = true;
    put(t, m);
    t->measuring = false;
    put_columns(t);
    put(t, m);
}

static void put_lost(struct tree_sink *t, const struct dump_msg *m)
{
    if (m->missing)
        put_gap(t, t->len, "%llu bytes lost in the capture", (unsigned long long)m->missing);
}

static void put_plain(struct tree_sink *t, struct dump_msg *m)
{
    struct kq_header head;
    t->p = m->plain ? m->plain->data : m->p;
    t->len = m->plain ? m->plain->len : m->have;
    t->base_off = 0;
    if (m->head_len && kq_header_parse(t->p, &head, NULL))
        put_header(t, &head);
    walk_body(t, m->head_len, m->big);
    put_lost(t, m);
}

static void put_compressed(struct tree_sink *t, struct dump_msg *m)
{
    struct kq_header head;
    size_t at = m->compressed == 2 ? 16 : 12;
    t->p = m->p;
    t->len = m->have;
    t->base_off = 0;
    if (!kq_header_parse(t->p, &head, NULL) || t->len < at)
        return;
    put_header(t, &head);
    kq_out_printf(&t->value, "%llu", (unsigned long long)dump_msg_size(m));
    put_row(t, 8, at - 8, "length without compression");
    put_gap(t, at, "%zu bytes of compressed data", t->len - at);
    put_lost(t, m);
}

static void put_handshake(struct tree_sink *t, struct dump_msg *m)
{
    bool secret = m->has_password && !t->env.opts->show.secrets;
    size_t user = m->text.len, cap = m->capability >= 0, end = m->have - 1 - cap;
    t->p = m->p;
    t->len = m->have;
    t->base_off = 0;
    set_path(t, "login");
    kq_out_write(&t->value, m->text.s, user);
    put_row(t, 0, user, "user");
    if (m->has_password)
        put_row(t, user, 1, "colon");
    if (secret)
        put_gap(t, user + 1, "password not shown");
    else if (m->has_password) {
        kq_out_write(&t->value, m->password.s, m->password.len);
        put_row(t, user + 1, end - user - 1, "password");
    }
    if (cap) {
        kq_out_printf(&t->value, "%d", m->capability);
        put_row(t, end, 1, "capability");
    }
    put_row(t, m->have - 1, 1, "end");
}

static void put_other(struct tree_sink *t, struct dump_msg *m)
{
    t->p = m->p;
    t->len = m->have;
    t->base_off = 0;
    set_path(t, m->kind == DUMP_ACCEPT ? "answer" : "text");
    put_row(t, 0, m->have, m->kind == DUMP_ACCEPT ? "capability" : "");
}

static void put_title(struct tree_sink *t, struct dump_msg *m)
{
    struct kq_out *o = t->env.out;
    if (t->begun)
        kq_out_char(o, '\n');
    t->begun = true;
    color(t, "\033[1m");
    kq_out_puts(o, dump_kind_name(m->kind));
    if (m->kind != DUMP_NOTE)
        kq_out_printf(o, " %llu, %llu bytes", (unsigned long long)m->n, (unsigned long long)m->len);
    if (m->compressed)
        kq_out_printf(o, ", %llu uncompressed", (unsigned long long)dump_msg_size(m));
    color(t, "\033[0m");
    if (m->conn)
        kq_out_printf(o, ", connection %u: %s > %s", m->conn->id, dump_msg_src(m), dump_msg_dst(m));
    if (m->first_ns != DUMP_NO_TIME) {
        kq_out_puts(o, ", ");
        dump_stamp_put(&t->stamp, o, m->first_ns);
    }
    if (m->latency_ns >= 0) {
        kq_out_printf(o, ", answers %llu after ", (unsigned long long)m->ask->n);
        dump_us_put(o, m->latency_ns);
        kq_out_puts(o, " us");
    }
    kq_out_char(o, '\n');
}

static void put_tree(struct dump_sink *base, struct dump_msg *m)
{
    struct tree_sink *t = (struct tree_sink *)base;
    put_title(t, m);
    if (m->kind == DUMP_NOTE) {
        kq_out_printf(t->env.out, "-- %.*s --\n", KQ_STR_FMT(m->text));
        return;
    }
    if (m->kind == DUMP_HANDSHAKE) {
        put_twice(t, m, put_handshake);
    } else if (!dump_msg_has_body(m)) {
        put_twice(t, m, put_other);
    } else {
        dump_msg_value(m);
        if (m->compressed)
            put_twice(t, m, put_compressed);
        if (!m->compressed || m->plain)
            put_twice(t, m, put_plain);
    }
    kq_out_endline(t->env.out);
}

static void free_tree(struct dump_sink *base)
{
    struct tree_sink *t = (struct tree_sink *)base;
    kq_out_release(&t->value);
    kq_buf_release(&t->path);
    free(t);
}

struct dump_sink *dump_tree_new(const struct dump_sink_env *env)
{
    struct tree_sink *t = kq_calloc(1, sizeof *t);
    t->base = (struct dump_sink){put_tree, NULL, free_tree};
    t->env = *env;
    kq_out_init_mem(&t->value);
    kq_buf_init(&t->path, KQ_BUF_NOMAX);
    dump_stamp_init(&t->stamp, env->opts->common.time_format);
    return &t->base;
}
