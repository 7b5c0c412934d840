/*
 * env.c - global variables and namespaces: one table of cells under absolute
 * names, keywords in another.  A namespace is the dictionary made on demand of
 * the cells below it.
 */
#include "q/core.h"
#include "q/dotz.h"
#include "q/enum.h"
#include "q/scope.h"
#include "q/view.h"

#include "base/mem.h"
#include "obj/cmp.h"

#include <stdlib.h>

/* ---- names ---------------------------------------------------------------- */

void q_env_release(struct q *q)
{
    for (size_t i = 0; i < q->env.cells.n; i++) {
        struct q_cell *c = q->env.cells.values[i];
        kq_unref(c->value);
        kq_unref(c->view);
        free(c);
    }
    for (size_t i = 0; i < q->env.words.n; i++)
        kq_unref(q->env.words.values[i]);
    q_map_release(&q->env.cells);
    q_map_release(&q->env.words);
}

const char *q_env_absolute(const char *context, const char *sym)
{
    if (sym[0] == '.' && sym[1] == '.' && sym[2]) /* ..a is a of the root */
        return kq_symz(sym + 2);
    if (*sym == '.' || !*context)
        return sym;
    char name[512];
    size_t a = kq_sym_len(context), b = kq_sym_len(sym);
    if (a + 1 + b > sizeof name)
        return sym;
    memcpy(name, context, a);
    name[a] = '.';
    memcpy(name + a + 1, sym, b);
    const char *full = kq_sym(name, a + 1 + b);
    return full ? full : sym;
}

struct q_cell *q_env_cell(struct q *q, const char *absolute)
{
    void **v = q_map_add(&q->env.cells, absolute);
    if (!*v) {
        struct q_cell *c = kq_calloc(1, sizeof *c);
        c->name = absolute;
        *v = c;
    }
    return *v;
}

void q_env_init(struct q *q)
{
    q->env.context = kq_sym_null;
    q->env.on_set = q_env_cell(q, kq_symz(".z.vs"));
}

static struct q_cell *find_cell(struct q *q, const char *absolute)
{
    void **v = q_map_find(&q->env.cells, absolute);
    return v ? *v : NULL;
}

struct kq_obj *q_env_word(const struct q *q, const char *sym)
{
    void **v = q_map_find(&q->env.words, sym);
    return v ? *v : NULL;
}

/* ---- reading -------------------------------------------------------------- */

/* The part of a dotted name before its last point, interned; NULL: no point. */
static const char *parent_name(const char *name, const char **last)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name)
        return NULL;
    *last = kq_symz(dot + 1);
    return kq_sym(name, (size_t)(dot - name));
}

/* a.b where a is a dictionary, table, time or foreign key; .ns.d.k where .ns.d is
 * one.  NULL: there is no such thing. */
static struct kq_obj *load_dotted(struct q *q, const char *name)
{
    const char *last, *parent = parent_name(name, &last);
    if (!parent)
        return NULL;
    struct q_cell *c = find_cell(q, parent);
    struct kq_obj *d = c && c->value ? kq_ref(c->value) : load_dotted(q, parent);
    bool has =
        d && (kq_is_dict(d) || d->type == KQ_TABLE || kq_type_is_temporal(d->type) || q_is_enum(d));
    struct kq_obj *v = has ? q_member(q, d, last) : NULL;
    kq_unref(d);
    return v;
}

/* .q and its words as a namespace. */
static struct kq_obj *load_word(struct q *q, const char *name)
{
    if (strncmp(name, ".q.", 3) != 0)
        return NULL;
    struct kq_obj *w = q_env_word(q, kq_symz(name + 3));
    return w ? kq_ref(w) : NULL;
}

static struct kq_obj *load_undefined(struct q *q, const char *name)
{
    struct kq_obj *v = NULL;
    if (*name == '.') {
        if (strncmp(name, ".z.", 3) == 0 && (v = q_dotz(q, name + 3)) != NULL)
            return v;
        if ((v = load_word(q, name)) || (v = q_env_namespace(q, name)))
            return v;
    }
    if (strchr(name, '.') && (v = load_dotted(q, name)))
        return v;
    return q_fail(q, name);
}

struct kq_obj *q_env_load(struct q *q, struct q_cell *cell)
{
    if (cell->value && !cell->stale)
        return kq_ref(cell->value);
    if (cell->view)
        return q_view_value(q, cell);
    return load_undefined(q, cell->name);
}

struct kq_obj *q_env_get(struct q *q, const char *sym)
{
    const char *name = q_env_absolute(q->env.context, sym);
    struct q_cell *c = find_cell(q, name);
    if (c)
        return q_env_load(q, c);
    struct kq_obj *word = q_env_word(q, sym);
    return word ? kq_ref(word) : load_undefined(q, name);
}

/* ---- writing -------------------------------------------------------------- */

/* Is `name` a namespace that a dictionary would define member by member? */
static bool is_namespace_value(const char *name, const struct kq_obj *v)
{
    return *name == '.' && !strchr(name + 1, '.') && v->type == KQ_DICT &&
           kq_keys(v)->type == KQ_SYMBOL;
}

/* Is v what the namespace's dictionary shows of the cell? */
static bool is_shown(struct q_cell *c, const struct kq_obj *v)
{
    if (!c->view)
        return c->value == v;
    struct kq_obj *view = q_view_object(c);
    bool same = kq_match(view, v);
    kq_unref(view);
    return same;
}

/* Members that are what they were are left alone, for they may be views. */
static bool store_namespace(struct q *q, const char *name, struct kq_obj *dict)
{
    const char *space = name[1] ? name : kq_sym_null;
    struct kq_symiter it = kq_symiter(kq_keys(dict));
    for (int64_t i = 0; i < kq_keys(dict)->n; i++) {
        size_t len;
        const char *s = kq_symiter_next(&it, &len), *key = kq_sym(s, len);
        if (!key || !len)
            continue;
        struct kq_obj *v = kq_at(kq_values(dict), i);
        struct q_cell *c = q_env_cell(q, q_env_absolute(space, key));
        bool ok = is_shown(c, v) || q_env_store(q, c, v);
        kq_unref(v);
        if (!ok)
            return false;
    }
    return true;
}

bool q_may_update(struct q *q)
{
    if (!q->frozen && !q->peer.read_only)
        return true;
    q_fail(q, "noupdate");
    return false;
}

/* .z.vs[name;indices], for the globals outside of namespaces. */
static bool tell(struct q *q, const struct q_cell *cell, int n, struct kq_obj *const *index)
{
    if (!q->env.on_set->value || *cell->name == '.' || q->telling)
        return true;
    struct kq_obj *f = kq_ref(q->env.on_set->value);
    struct kq_obj *args[] = {kq_atom_sym(cell->name), kq_vec_new(KQ_LIST, 0)};
    for (int i = 0; i < n; i++)
        kq_push(&args[1], index[i]);
    args[1] = kq_collapse_take(args[1]);
    q->telling = true;
    struct kq_obj *r = q_apply(q, f, 2, args);
    q->telling = false;
    kq_unref(args[0]);
    kq_unref(args[1]);
    kq_unref(f);
    kq_unref(r);
    return r;
}

bool q_env_changed(struct q *q, struct q_cell *cell, int n, struct kq_obj *const *index)
{
    q_view_touch(q, cell);
    return tell(q, cell, n, index);
}

bool q_env_store(struct q *q, struct q_cell *cell, struct kq_obj *value)
{
    if (!q_may_update(q))
        return false;
    if (is_namespace_value(cell->name, value))
        return store_namespace(q, cell->name, value);
    if (strncmp(cell->name, ".z.", 3) == 0 && !q_dotz_settable(cell->name + 3))
        return q_fail(q, "assign");
    struct kq_obj *old = cell->value;
    cell->value = kq_ref(value);
    kq_unref(old);
    kq_unref(cell->view);
    cell->view = NULL;
    cell->stale = false;
    return q_env_changed(q, cell, 0, NULL);
}

/* d.k where d is a dictionary or table variable. */
static bool store_dotted(struct q *q, const char *name, struct kq_obj *value, bool *done)
{
    const char *last, *parent = parent_name(name, &last);
    struct q_cell *c = parent ? find_cell(q, parent) : NULL;
    *done = c && c->value && (kq_is_dict(c->value) || c->value->type == KQ_TABLE);
    if (!*done)
        return true;
    struct kq_obj *key = kq_atom_sym(last);
    bool ok = q_may_update(q) && q_amend(q, &c->value, 1, &key, NULL, value) &&
              q_env_changed(q, c, 1, &key);
    kq_unref(key);
    return ok;
}

bool q_env_set(struct q *q, const char *sym, struct kq_obj *value)
{
    if (q_env_word(q, sym))
        return q_fail(q, "assign");
    if (*sym == ':') /* a file, not a global */
        return q_fail(q, "access");
    const char *name = q_env_absolute(q->env.context, sym);
    bool done = false;
    if (strchr(name + 1, '.') && !store_dotted(q, name, value, &done))
        return false;
    return done || q_env_store(q, q_env_cell(q, name), value);
}

bool q_env_delete(struct q *q, const char *sym)
{
    struct q_cell *c = find_cell(q, q_env_absolute(q->env.context, sym));
    if (!c || (!c->value && !c->view))
        return false;
    kq_unref(c->value);
    kq_unref(c->view);
    c->value = c->view = NULL;
    c->stale = false;
    q_view_touch(q, c);
    return true;
}

/* ---- namespaces ------------------------------------------------------------- */

/* Add a member once: the part of `rest` before its first point. */
static void add_member(struct q *q, const char *space, const char *rest, struct kq_obj **keys,
                       struct kq_obj **values)
{
    const char *dot = strchr(rest, '.');
    const char *key = dot ? kq_sym(rest, (size_t)(dot - rest)) : kq_symz(rest);
    for (int64_t i = 0; dot && i < (*keys)->n; i++) {
        if (kq_syms(*keys)[i] == key)
            return;
    }
    const char *full = q_env_absolute(space, key);
    struct q_cell *c = find_cell(q, full);
    struct kq_obj *v = c && c->view    ? q_view_object(c)
                       : c && c->value ? kq_ref(c->value)
                       : dot           ? q_env_namespace(q, full)
                                       : NULL;
    if (!v)
        return;
    struct kq_obj *k = kq_atom_sym(key);
    kq_push(keys, k);
    kq_push(values, v);
    kq_unref(k);
    kq_unref(v);
}

/* What follows the namespace's own name in `name`, or NULL when it lies elsewhere. */
static const char *member_of(const char *space, const char *name)
{
    size_t n = strlen(space);
    if (!n)
        return *name == '.' ? NULL : name;
    return strncmp(name, space, n) == 0 && name[n] == '.' ? name + n + 1 : NULL;
}

static void add_words(struct q *q, struct kq_obj **keys, struct kq_obj **values)
{
    for (size_t i = 0; i < q->env.words.n; i++) {
        struct kq_obj *k = kq_atom_sym(q->env.words.keys[i]);
        kq_push(keys, k);
        kq_push(values, q->env.words.values[i]);
        kq_unref(k);
    }
}

struct kq_obj *q_env_namespace(struct q *q, const char *absolute)
{
    const char *space = strcmp(absolute, ".") == 0 ? kq_sym_null : absolute;
    struct kq_obj *keys = kq_vec_new(KQ_SYMBOL, 0), *values = kq_vec_new(KQ_LIST, 0);
    if (*space) { /* the null key that marks a namespace */
        struct kq_obj *k = kq_atom_sym(kq_sym_null), *v = kq_generic_null();
        kq_push(&keys, k);
        kq_push(&values, v);
        kq_unref(k);
        kq_unref(v);
    }
    if (strcmp(space, ".q") == 0)
        add_words(q, &keys, &values);
    for (size_t i = 0; i < q->env.cells.n; i++) {
        struct q_cell *c = q->env.cells.values[i];
        const char *rest = c->value || c->view ? member_of(space, c->name) : NULL;
        if (rest && *rest && q_tick(q))
            add_member(q, space, rest, &keys, &values);
    }
    struct kq_obj *d = keys->n > (*space != 0) || !*space ? kq_dict(keys, values) : NULL;
    kq_unref(keys);
    kq_unref(values);
    return d;
}

struct kq_obj *q_env_namespaces(struct q *q)
{
    static const char *const first[] = {"q", "Q", "h", "j", "o"};
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 0);
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) {
        struct kq_obj *name = kq_atom_symz(first[i]);
        kq_push(&names, name);
        kq_unref(name);
    }
    for (size_t i = 0; i < q->env.cells.n; i++) {
        const struct q_cell *c = q->env.cells.values[i];
        const char *dot = c->name[0] == '.' ? strchr(c->name + 1, '.') : NULL;
        if (!dot || (!c->value && !c->view) || strncmp(c->name, ".z.", 3) == 0)
            continue;
        struct kq_obj *name = kq_atom_sym(kq_sym(c->name + 1, (size_t)(dot - c->name - 1)));
        kq_push(&names, name);
        kq_unref(name);
    }
    struct kq_obj *r = q_call(q, "distinct", 1, names);
    return q_drop(names, r);
}
