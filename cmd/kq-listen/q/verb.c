/*
 * verb.c - the list of families, the tables of primitives, the keywords.
 *
 * A keyword that is no primitive is an object of type 100 (as in kdb+, where it
 * is a lambda) whose text is its name, or what kdb+ shows for it, and whose code
 * points at its row.
 */
#include "q/verb.h"

#include "q/core.h"

#include "obj/prim.h"

#include <stdio.h>

static const struct q_verb *const families[] = {
    q_verbs_core,   q_verbs_arith, q_verbs_list,  q_verbs_compare, q_verbs_math,
    q_verbs_search, q_verbs_cast,  q_verbs_agg,   q_verbs_sort,    q_verbs_number,
    q_verbs_stat,   q_verbs_str,   q_verbs_split, q_verbs_table,   q_verbs_join,
    q_verbs_io,     q_verbs_group, q_verbs_text,  q_verbs_json,
};

static const char *const prelude[] = {
#include "gen/prelude.inc"
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

/* Primitives by code; filled once, the same for all interpreters. */
static const struct q_verb *unary[256], *binary[256];

const struct q_verb *q_verb_unary(int code)
{
    return unary[code & 255];
}

const struct q_verb *q_verb_binary(int code)
{
    return binary[code & 255];
}

const struct q_verb *q_verb_native(const struct kq_obj *f)
{
    const struct kq_obj *code = f->type == KQ_LAMBDA ? kq_child(f, 2) : NULL;
    if (!code || !q_is_node(code, Q_NODE_NATIVE))
        return NULL;
    return (const struct q_verb *)(const void *)code->u.v.data;
}

/* ---- keywords ------------------------------------------------------------------------ */

/* What kdb+ shows for keywords that it defines in k: seen in parse trees. */
static const struct {
    const char *name, *text;
} in_k[] = {
    {"each", "k){x'y}"},
    {"raze", ",/"},
    {"over", "k){x/y}"},
    {"scan", "k){x\\y}"},
    {"prior", "k){x':y}"},
    {"peach", "k){x':y}"},
    {"mod", "k){x-y*x div y}"},
    {"xlog", "k){log[y]%log x}"},
    {"xbar", "k){x*y div x:$[16h=abs[@x];\"j\"$x;x]}"},
    {"union", "k){?x,y}"},
    {"cut", "k){$[0h>@x;x*!-_-(#y)%x;x]_y}"},
    {"rotate", "k){$[0h>@y;'`type;98h<@y;'`type;#y;,/|(0;mod[x;#y])_y;y]}"},
    {"rank", "k){$[0h>@x;'`rank;<<x]}"},
    {"ltrim", "k){$[~t&77h>t:@x;.z.s'x;^*x;((^x)?0b)_x;x]}"},
    {"rtrim", "k){$[~t&77h>t:@x;.z.s'x;^last x;(-(|^x)?0b)_x;x]}"},
    {"mcount", "k){msum[x;~^y]}"},
    {"mavg", "k){msum[x;0.0^y]%mcount[x;y]}"},
};

static const char *shown_text(const char *name)
{
    for (size_t i = 0; i < COUNT(in_k); i++)
        if (strcmp(in_k[i].name, name) == 0)
            return in_k[i].text;
    return name;
}

static struct kq_obj *native(const struct q_verb *v)
{
    union {
        const struct q_verb *v;
        void *p;
    } row = {v};
    struct kq_obj *space = kq_atom_symz("q"), *name = kq_stringz(shown_text(v->name));
    struct kq_obj *f = kq_lambda(space, name);
    kq_items(f)[2] = q_node_new(Q_NODE_NATIVE, 0, row.p);
    kq_unref(space);
    return q_drop(name, f);
}

static void set_word(struct q *q, const char *name, struct kq_obj *f)
{
    void **slot = q_map_add(&q->env.words, kq_symz(name));
    kq_unref(*slot);
    *slot = f;
}

static void add_verb(struct q *q, const struct q_verb *v)
{
    int code, type = kq_prim_find(v->name, strlen(v->name), &code);
    if (!type && v->name[0] == '.') { /* a variable like any other */
        struct kq_obj *f = native(v);
        q_env_store(q, q_env_cell(q, kq_symz(v->name)), f);
        kq_unref(f);
        return;
    }
    if (!type) {
        set_word(q, v->name, native(v));
        return;
    }
    (type == KQ_UNARY ? unary : binary)[code] = v;
    if (v->name[0] >= 'a' && v->name[0] <= 'z')
        set_word(q, v->name, kq_prim(type, code));
}

/* Keywords that are another spelling of a primitive. */
static void add_synonyms(struct q *q)
{
    static const char *const words[] = {
        "flip",  "neg",    "first", "reciprocal", "where", "reverse", "null", "group",    "iasc",
        "idesc", "string", "count", "floor",      "not",   "key",     "til",  "distinct", "type",
        "value", "get",    "read0", "read1",      "and",   "or",      "mmu",  "lsq",      "hclose"};
    for (size_t i = 0; i < COUNT(words); i++) {
        int code, type = kq_prim_find(words[i], strlen(words[i]), &code);
        if (type)
            set_word(q, words[i], kq_prim(type, code));
        else
            set_word(q, words[i], kq_prim(KQ_UNARY, 10)); /* hclose is >: */
    }
}

/* Lines `name:definition` become keywords, `.Q.name:...` globals. */
static bool run_prelude(struct q *q)
{
    for (size_t i = 0; i < COUNT(prelude); i++) {
        const char *line = prelude[i], *colon = strchr(line, ':');
        bool global = *line == '.';
        if (!*line || *line == '/' || !colon)
            continue;
        struct kq_obj *f =
            q_eval_text(q, global ? line : colon + 1, strlen(global ? line : colon + 1));
        if (!f) {
            q_failf(q, "%.80s: %.100s", line, q_error(q));
            return false;
        }
        if (global) {
            kq_unref(f);
        } else {
            char name[32];
            snprintf(name, sizeof name, "%.*s", (int)(colon - line), line);
            set_word(q, name, f);
        }
    }
    return true;
}

bool q_verb_init(struct q *q)
{
    for (size_t i = 0; i < COUNT(families); i++) {
        for (const struct q_verb *v = families[i]; v->name; v++)
            add_verb(q, v);
    }
    add_synonyms(q);
    return run_prelude(q);
}

/* ---- lookup ------------------------------------------------------------------------------- */

struct kq_obj *q_verb_object(struct q *q, const char *name, size_t len)
{
    const char *sym = kq_sym(name, len);
    struct kq_obj *word = sym ? q_env_word(q, sym) : NULL;
    if (word)
        return word;
    int code, type = kq_prim_find(name, len, &code);
    if (!type || !sym)
        return NULL;
    struct kq_obj *f = kq_prim(type, code);
    *q_map_add(&q->env.words, sym) = f; /* a glyph: no name can hide it */
    return f;
}

bool q_verb_infix(const struct kq_obj *f)
{
    const struct q_verb *v = q_verb_native(f);
    if (v)
        return v->min == 2 && v->max == 2;
    if (f->type == KQ_LAMBDA)
        return kq_child(f, 2) && q_code_rank(kq_child(f, 2)) == 2;
    return f->type == KQ_BINARY;
}
