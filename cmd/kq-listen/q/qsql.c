/*
 * qsql.c - templates to the trees of functional queries.
 */
#include "q/interp.h"
#include "q/parse.h"

#include <stdio.h>

struct kq_obj *q_parse_query(struct q_parser *p)
{
    return q_fail(p->q, "nyi");
}

/* The column an expression is named after. */
static const char *derived_name(const struct kq_obj *e)
{
    while (e->type == KQ_LIST && e->n > 1)
        e = kq_child(e, 1);
    const char *s = e->type == -KQ_SYMBOL ? kq_sym_text(e) : "x";
    const char *dot = strrchr(s, '.');
    if (dot && dot[1])
        s = dot + 1;
    return strcmp(s, "i") == 0 ? "x" : s;
}

static bool is_naming(const struct kq_obj *e)
{
    return e->type == KQ_LIST && e->n == 3 && kq_child(e, 0)->type == KQ_BINARY &&
           kq_child(e, 0)->code == 0 && kq_child(e, 1)->type == -KQ_SYMBOL;
}

void q_qsql_take_name(struct kq_obj **names, struct kq_obj **expr)
{
    struct kq_obj *name;
    if (is_naming(*expr)) {
        struct kq_obj *value = kq_ref(kq_child(*expr, 2));
        name = kq_ref(kq_child(*expr, 1));
        kq_unref(*expr);
        *expr = value;
    } else {
        name = kq_atom_symz(derived_name(*expr));
    }
    kq_push(names, name);
    kq_unref(name);
}

static bool taken(const struct kq_obj *names, int64_t n, const char *sym)
{
    for (int64_t i = 0; i < n; i++) {
        if (kq_syms(names)[i] == sym)
            return true;
    }
    return false;
}

void q_qsql_unique(struct kq_obj *names)
{
    for (int64_t i = 1; i < names->n; i++) {
        const char *base = kq_syms(names)[i];
        char numbered[300];
        for (int k = 1; taken(names, i, kq_syms(names)[i]) && k < 100000; k++) {
            snprintf(numbered, sizeof numbered, "%.250s%d", base, k);
            kq_syms(names)[i] = kq_symz(numbered);
        }
    }
}
