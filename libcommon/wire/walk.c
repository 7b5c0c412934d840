/*
 * walk.c - an explicit stack of open containers over the item reader.
 */
#include "wire/walk.h"

#include "base/mem.h"
#include "obj/types.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 1000 };

/* An open container. */
struct kq_walk_level {
    struct kq_item item;
    int8_t parent;
    int64_t index;     /* of this container in its parent */
    int64_t next;      /* child that comes next */
    struct kq_str key; /* of this container */
    size_t names;      /* offset of the next child's name, 0: none */
    int64_t n_names;   /* names that are left */
};

void kq_walk_init(struct kq_walk *w, const uint8_t *p, size_t len, bool big, int max_depth,
                  uint64_t origin)
{
    *w = (struct kq_walk){.cur = kq_cur(p, len, big),
                          .max_depth = max_depth ? max_depth : MAX_DEPTH,
                          .origin = origin};
}

void kq_walk_release(struct kq_walk *w)
{
    free(w->levels);
    w->levels = NULL;
}

static struct kq_walk_level *top(const struct kq_walk *w)
{
    return &w->levels[w->depth - 1];
}

/* The text at `names`, moving on to the one after it. */
static struct kq_str take_name(const struct kq_walk *w, struct kq_walk_level *l)
{
    if (!l->n_names)
        return kq_str(NULL, 0);
    const char *s = (const char *)w->cur.base + l->names;
    size_t len = strlen(s);
    l->names += len + 1;
    l->n_names--;
    return kq_str(s, len);
}

/* The names in a symbol vector, the keys of a dictionary, belong to the values. */
static void keep_names(struct kq_walk_level *dict, const struct kq_step *step)
{
    bool keys = (dict->item.type == KQ_DICT || dict->item.type == KQ_SORTEDDICT) && !step->index;
    if (!keys || step->item.type != KQ_SYMBOL)
        return;
    dict->names = step->item.data;
    dict->n_names = step->item.n;
}

static void place(const struct kq_walk *w, struct kq_step *step)
{
    if (!w->depth)
        return;
    struct kq_walk_level *l = top(w);
    step->parent = l->item.type;
    step->index = l->next++;
    if (l->item.type == KQ_LIST)
        step->key = take_name(w, l);
    keep_names(l, step);
}

static bool enter(struct kq_walk *w, const struct kq_step *step)
{
    if (w->depth + 1 >= w->max_depth) {
        kq_cur_fail_at(&w->cur, step->item.at, "objects are nested too deep");
        return false;
    }
    if (w->depth == w->cap) {
        w->cap = w->cap ? w->cap * 2 : 8;
        w->levels = kq_realloc(w->levels, (size_t)w->cap * sizeof *w->levels);
    }
    struct kq_walk_level l = {
        .item = step->item, .parent = step->parent, .index = step->index, .key = step->key};
    const struct kq_walk_level *dict = w->depth ? top(w) : NULL;
    if (dict && dict->names && step->index == 1 && step->item.type == KQ_LIST) {
        l.names = dict->names;
        l.n_names = dict->n_names;
    }
    w->levels[w->depth++] = l;
    return true;
}

static int leave(struct kq_walk *w, struct kq_step *step)
{
    const struct kq_walk_level *l = top(w);
    w->depth--;
    *step = (struct kq_step){.kind = KQ_STEP_LEAVE,
                             .item = l->item,
                             .end = w->cur.off,
                             .depth = w->depth,
                             .parent = l->parent,
                             .index = l->index,
                             .key = l->key};
    w->done = w->depth == 0;
    return 1;
}

static int fault(struct kq_walk *w, struct kq_err *err)
{
    kq_cur_ok(&w->cur, w->origin, err);
    return -1;
}

int kq_walk_next(struct kq_walk *w, struct kq_step *step, struct kq_err *err)
{
    if (w->cur.failed)
        return fault(w, err);
    if (w->done)
        return 0;
    if (w->depth && top(w)->next == top(w)->item.children)
        return leave(w, step);
    *step = (struct kq_step){.depth = w->depth};
    if (!kq_item_read(&w->cur, &step->item))
        return fault(w, err);
    if (step->item.type == KQ_ERROR && w->depth) {
        kq_cur_fail_at(&w->cur, step->item.at, "error inside another object");
        return fault(w, err);
    }
    place(w, step);
    if (step->item.children) {
        step->kind = KQ_STEP_ENTER;
        return enter(w, step) ? 1 : fault(w, err);
    }
    step->end = w->cur.off;
    w->done = w->depth == 0;
    return 1;
}

/* ---- paths ---- */

static void put_place(struct kq_buf *out, int parent, int64_t index, struct kq_str key, bool named)
{
    if (key.s)
        kq_buf_printf(out, ".%.*s", KQ_STR_FMT(key));
    else if (parent == KQ_LAMBDA)
        kq_buf_puts(out, "(source)");
    else if (parent == KQ_DICT || parent == KQ_SORTEDDICT)
        kq_buf_puts(out, index == 0 ? "(key)" : named ? "" : "(value)");
    else if (parent != KQ_TABLE)
        kq_buf_printf(out, "[%lld]", (long long)index);
}

void kq_walk_path(const struct kq_walk *w, const struct kq_step *step, struct kq_buf *out)
{
    for (int i = 1; i < step->depth; i++) {
        const struct kq_walk_level *l = &w->levels[i];
        bool named = l->item.type == KQ_LIST && w->levels[i - 1].names;
        put_place(out, l->parent, l->index, l->key, named);
    }
    if (!step->depth)
        return;
    bool named = step->item.type == KQ_LIST && w->levels[step->depth - 1].names;
    put_place(out, step->parent, step->index, step->key, named);
}

/* ---- without steps ---- */

/* Pass one whole object. */
static void skip_object(struct kq_cursor *c)
{
    struct kq_item it;
    bool inside = false;
    for (int64_t wanted = 1; wanted && kq_item_read(c, &it); wanted += it.children - 1) {
        if (it.type == KQ_ERROR && inside)
            kq_cur_fail_at(c, it.at, "error inside another object");
        inside = true;
    }
}

int kq_measure_at(const uint8_t *p, size_t n, bool big, uint64_t origin, size_t *len,
                  struct kq_err *err)
{
    struct kq_cursor c = kq_cur(p, n, big);
    skip_object(&c);
    *len = c.off;
    if (!c.failed)
        return 1;
    kq_cur_ok(&c, origin, err);
    return c.starved ? 0 : -1;
}

int kq_measure(const uint8_t *p, size_t n, bool big, size_t *len, struct kq_err *err)
{
    return kq_measure_at(p, n, big, 0, len, err);
}

static bool has_texts(const struct kq_item *it)
{
    return kq_item_is_text(it) || it->type == KQ_LAMBDA || it->type == KQ_SYMBOL;
}

/* Least number of bytes that the data of `it` take; false when `left` are too few for them. */
static bool least_data(const struct kq_item *it, uint64_t left, uint64_t *len)
{
    uint64_t width = has_texts(it) ? 1 : (uint64_t)kq_typeinfo(it->type)->bytes;
    if (width && (uint64_t)it->n > left / width)
        return false;
    *len = (uint64_t)it->n * width;
    return true;
}

bool kq_may_begin(const uint8_t *p, size_t n, uint64_t total, bool big)
{
    struct kq_cursor c = kq_cur(p, n < total ? n : (size_t)total, big);
    struct kq_item it;
    uint64_t wanted = 1, len;
    while (wanted) {
        if (!kq_item_head(&c, &it))
            return c.starved && c.len < total;
        uint64_t left = total - c.off;
        if (!least_data(&it, left, &len) || (uint64_t)it.children > (left - len) / 2)
            return false;
        wanted += (uint64_t)it.children - 1;
        if (wanted > (left - len) / 2)
            return false;
        /* A vector that goes on behind what is there ends where the next object begins. */
        if (len > kq_cur_left(&c))
            return wanted || len == left || has_texts(&it);
        if (!kq_item_data(&c, &it))
            return c.starved && c.len < total;
    }
    return c.off == total;
}

/* A symbol, or a string that may be cut off; else .s is NULL and it is skipped. */
static struct kq_str take_word(struct kq_cursor *c)
{
    struct kq_cursor start = *c;
    struct kq_item it;
    if (!kq_item_head(c, &it))
        return kq_str(NULL, 0);
    const char *s = (const char *)c->base + c->off;
    size_t left = kq_cur_left(c);
    switch (it.type) {
    case -KQ_SYMBOL:
        kq_cur_cstr(c, &it.len);
        return c->failed ? kq_str(NULL, 0) : kq_str(s, it.len);
    case -KQ_CHAR:
    case KQ_CHAR:
        it.len = (uint64_t)it.n < left ? (size_t)it.n : left;
        kq_cur_bytes(c, (size_t)it.n);
        return kq_str(s, it.len);
    default:
        *c = start;
        skip_object(c);
        return kq_str(NULL, 0);
    }
}

/* Rows that a column stands for, from its head. */
static int64_t count_of(struct kq_cursor *c)
{
    struct kq_item it;
    if (!kq_item_head(c, &it))
        return -1;
    return it.type >= 0 && it.type <= KQ_TYPE_MAX ? it.n : 1;
}

static int64_t rows_of_list(struct kq_cursor *c, const struct kq_item *it)
{
    if (it->type != KQ_LIST)
        return 1;
    return it->n ? count_of(c) : 0;
}

/* Rows of a table, keyed table, dictionary, list of columns or single row. */
static int64_t rows_of(struct kq_cursor *c)
{
    struct kq_item it;
    if (!kq_item_head(c, &it))
        return -1;
    bool table = it.type == KQ_TABLE;
    if (table && !kq_item_head(c, &it))
        return -1;
    if (it.type != KQ_DICT && it.type != KQ_SORTEDDICT)
        return table ? -1 : rows_of_list(c, &it);
    struct kq_cursor keys = *c;
    if (!table && kq_cur_u8(&keys) == KQ_TABLE)
        return rows_of(c);
    skip_object(c);
    return kq_item_head(c, &it) ? rows_of_list(c, &it) : -1;
}

static size_t skip_blanks(struct kq_str text, size_t at)
{
    while (at < text.len && isspace((unsigned char)text.s[at]))
        at++;
    return at;
}

/* Length of the q name at the start of `text`, 0 for anything else. */
static size_t name_len(struct kq_str text)
{
    size_t n = 0;
    if (!text.len || !(isalpha((unsigned char)text.s[0]) || text.s[0] == '.'))
        return 0;
    while (n < text.len &&
           (isalnum((unsigned char)text.s[n]) || text.s[n] == '.' || text.s[n] == '_'))
        n++;
    return n;
}

/* Is what follows a name at text.s[at] its argument, or the end of the expression? */
static bool is_applied(struct kq_str text, size_t at)
{
    size_t next = skip_blanks(text, at);
    if (next == text.len)
        return true;
    unsigned char c = (unsigned char)text.s[next];
    bool number =
        c == '-' && next > at && next + 1 < text.len && isdigit((unsigned char)text.s[next + 1]);
    return isalnum(c) || c >= 0x80 || number || strchr("[`\"({.;\\/", c);
}

/* The function that a query calls: not in an assignment, a sum or a select. */
static struct kq_str leading_name(struct kq_str text)
{
    static const char *const templates[] = {"select", "exec", "update", "delete"};
    size_t from = skip_blanks(text, 0);
    struct kq_str name = kq_str(text.s + from, text.len - from);
    name.len = name_len(name);
    for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
        if (kq_str_is(name, templates[i]))
            name.len = 0;
    }
    return name.len && is_applied(text, from + name.len) ? name : kq_str(NULL, 0);
}

/* A name, or the source of a lambda. */
static struct kq_str take_function(struct kq_cursor *c)
{
    struct kq_cursor lambda = *c;
    struct kq_item it;
    if (!kq_item_read(&lambda, &it) || it.type != KQ_LAMBDA)
        return take_word(c);
    *c = lambda;
    return take_word(c);
}

static void peek_list(struct kq_cursor *c, struct kq_call *call)
{
    call->fn = take_function(c);
    bool symbol = kq_cur_left(c) && c->base[c->off] == (uint8_t)-KQ_SYMBOL;
    if (call->args > 0)
        call->table = take_word(c);
    /* A string may be anything. */
    if (!symbol && name_len(call->table) < call->table.len)
        call->table = kq_str(NULL, 0);
    if (call->args > 1 && !c->failed)
        call->third = c->off;
}

struct kq_call kq_peek_call(const uint8_t *p, size_t len, bool big)
{
    struct kq_call call = {.args = -1};
    struct kq_cursor c = kq_cur(p, len, big);
    struct kq_item it;
    if (!kq_item_head(&c, &it))
        return call;
    if (it.type == KQ_LIST && it.n) {
        call.args = it.n - 1;
        peek_list(&c, &call);
    } else if (it.type == KQ_CHAR || it.type == -KQ_CHAR) {
        c = kq_cur(p, len, big);
        call.text = take_word(&c);
        call.fn = leading_name(call.text);
    } else if (it.type == -KQ_SYMBOL) {
        c = kq_cur(p, len, big);
        call.fn = take_word(&c);
    }
    return call;
}

int64_t kq_peek_rows(const uint8_t *p, size_t len, bool big, const struct kq_call *call)
{
    struct kq_cursor c = kq_cur(p, len, big);
    if (!call->third || call->third > len)
        return -1;
    c.off = call->third;
    return rows_of(&c);
}
