/*
 * v_core.c - the verbs that look at values from outside: type, value, apply,
 * trap, show, and the joints of the language.
 */
#include "q/collect.h"
#include "q/core.h"
#include "q/enum.h"
#include "q/format.h"
#include "q/fsql.h"
#include "q/internal.h"
#include "q/parse.h"
#include "q/sys.h"
#include "q/verb.h"
#include "q/view.h"

#include "obj/cmp.h"

/* ---- type, value --------------------------------------------------------------------- */

static struct kq_obj *v_type(struct q *q, struct kq_obj **a, int n)
{
    (void)q;
    (void)n;
    return kq_atom_int(KQ_SHORT, a[0]->type == KQ_SORTEDDICT ? KQ_DICT : a[0]->type);
}

/* The parts of a lambda: code, parameters, locals, (context;globals), source. */
static struct kq_obj *lambda_parts(struct q *q, struct kq_obj *f)
{
    struct kq_obj *code = q_lambda_code(q, f);
    if (!code)
        return NULL;
    struct kq_obj *names = q_code_names(code);
    int rank = q_code_rank(code);
    struct kq_obj *context = kq_enlist(kq_child(f, 0));
    struct kq_obj *globals = q_join(q, context, kq_child(code, 2));
    kq_unref(context);
    return kq_list_of(5, kq_vec_new(KQ_BYTE, 0), q_code_params(code),
                      kq_slice(names, rank, names->n - rank), globals, kq_ref(kq_child(f, 1)));
}

/* A projection's parts, a derived function's function, a composition's parts. */
static struct kq_obj *function_parts(struct q *q, struct kq_obj *f)
{
    if (q_view_of(f))
        return q_view_parts(q, q_view_of(f));
    if (f->type == KQ_LAMBDA && !q_verb_native(f))
        return lambda_parts(q, f);
    if (f->type == KQ_PROJECTION || f->type == KQ_COMPOSITION) {
        struct kq_obj *r = kq_vec_new(KQ_LIST, f->n);
        for (int64_t i = 0; i < f->n; i++)
            kq_items(r)[i] = kq_ref(kq_child(f, i));
        return r;
    }
    if (f->type >= KQ_EACH && f->type <= KQ_EACHLEFT)
        return kq_ref(kq_child(f, 0));
    return kq_long(f->code);
}

static struct kq_obj *v_value(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *x = a[0];
    if (kq_is_dict(x))
        return kq_ref(kq_values(x));
    if (q_is_enum(x))
        return q_unenum(q, x);
    if (kq_type_is_func(x->type))
        return kq_is_generic_null(x) ? kq_ref(x) : function_parts(q, x);
    if (x->type == KQ_TABLE)
        return kq_ref(kq_columns(x));
    return q_execute(q, x);
}

static struct kq_obj *v_eval(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_eval(q, a[0]);
}

/* As a client under -b would. */
static struct kq_obj *v_reval(struct q *q, struct kq_obj **a, int n)
{
    bool outer = q->frozen;
    q->frozen = true;
    struct kq_obj *r = v_eval(q, a, n);
    q->frozen = outer;
    return r;
}

static struct kq_obj *v_parse(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str text;
    return q_text(a[0], &text) ? q_parse_text(q, text.s, text.len) : q_fail(q, "type");
}

/* ---- apply, index, amend, trap ------------------------------------------------------------ */

/* Give an error to a handler: a function gets its text, a value is the result. */
static struct kq_obj *trapped(struct q *q, struct kq_obj *handler)
{
    if (q->ret) /* not an error: a return on its way out */
        return NULL;
    if (!kq_type_is_func(handler->type))
        return kq_ref(handler);
    struct kq_obj *text = kq_stringz(q_error(q));
    return q_drop(text, q_apply1(q, handler, text));
}

/* Limits end a request: they cannot be caught. */
static bool is_final(const struct q *q)
{
    return strcmp(q->err, "stop") == 0;
}

/* Amend x, which may be the name of a global; then the name is the result. */
static struct kq_obj *amend(struct q *q, struct kq_obj *x, int n, struct kq_obj *const *index,
                            struct kq_obj *f, struct kq_obj *v)
{
    bool assign = f && f->type == KQ_BINARY && f->code == 0;
    struct kq_obj *place = x->type == -KQ_SYMBOL ? q_env_get(q, kq_sym_text(x)) : kq_ref(x);
    if (!place)
        return NULL;
    if (x->type == -KQ_SYMBOL && (!f || f->type == KQ_BINARY)) {
        /* No q code runs meanwhile: the variable can be changed where it is. */
        struct q_cell *c = q_env_cell(q, q_env_absolute(q->env.context, kq_sym_text(x)));
        if (c->value == place) {
            kq_unref(place);
            bool ok = q_may_update(q) && q_amend(q, &c->value, n, index, assign ? NULL : f, v) &&
                      q_env_changed(q, c, n, index);
            return ok ? kq_ref(x) : NULL;
        }
    }
    bool ok = q_amend(q, &place, n, index, assign ? NULL : f, v);
    if (ok && x->type == -KQ_SYMBOL)
        ok = q_env_set(q, kq_sym_text(x), place);
    if (!ok)
        return q_drop(place, NULL);
    return x->type == -KQ_SYMBOL ? q_drop(place, kq_ref(x)) : place;
}

/* What a trap may guard: a function, or a handle such as h or neg h. */
static bool is_applicable(const struct kq_obj *f)
{
    return kq_type_is_func(f->type) || f->type == -KQ_INT || f->type == -KQ_LONG;
}

/* @[x;i;f] and @[x;i;f;v], or the trap @[f;x;handler]. */
static struct kq_obj *v_at(struct q *q, struct kq_obj **a, int n)
{
    if (n == 2)
        return q_apply_args(q, a[0], a + 1, 1);
    if (n == 3 && is_applicable(a[0])) {
        struct kq_obj *r = q_apply1(q, a[0], a[1]);
        return r || is_final(q) ? r : trapped(q, a[2]);
    }
    if (n == 3)
        return amend(q, a[0], 1, &a[1], a[2], NULL);
    return amend(q, a[0], 1, &a[1], a[2], a[3]);
}

/* Arguments of . as an array on the value stack; an empty list is one (::). */
static struct kq_obj *dot_apply(struct q *q, struct kq_obj *f, struct kq_obj *args)
{
    int64_t n = kq_type_is_list(args->type) ? kq_count(args) : -1;
    if (n < 0)
        return q_fail(q, "type");
    if (n > 255)
        return q_fail(q, "rank");
    if (!n && !kq_type_is_func(f->type))
        return kq_ref(f);
    size_t count = n ? (size_t)n : 1;
    struct kq_obj **x = q_push(q, count), *r = NULL;
    if (!x)
        return NULL;
    for (int64_t i = 0; i < n; i++)
        x[i] = q_item(q, args, i);
    if (!n)
        x[0] = kq_generic_null();
    r = q_apply_args(q, f, x, (int)count);
    q_pop(q, count);
    return r;
}

static struct kq_obj *dot_amend(struct q *q, struct kq_obj **a, int n)
{
    struct kq_obj *path[8];
    if (!kq_type_is_list(a[1]->type))
        return q_fail(q, "type");
    int64_t depth = kq_count(a[1]);
    if (depth > 8)
        return q_fail(q, "rank");
    for (int64_t i = 0; i < depth; i++)
        path[i] = q_item(q, a[1], i);
    struct kq_obj *r = amend(q, a[0], (int)depth, path, a[2], n > 3 ? a[3] : NULL);
    for (int64_t i = 0; i < depth; i++)
        kq_unref(path[i]);
    return r;
}

static struct kq_obj *v_dot(struct q *q, struct kq_obj **a, int n)
{
    if (n == 2)
        return dot_apply(q, a[0], a[1]);
    if (n == 3 && is_applicable(a[0])) {
        struct kq_obj *r = dot_apply(q, a[0], a[1]);
        return r || is_final(q) ? r : trapped(q, a[2]);
    }
    return dot_amend(q, a, n);
}

/* f each x, f over x, f scan x, f prior x, f peach x */
#define ITERATE(name, type)                                           \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        struct kq_obj *f = kq_derived(type, a[0]);                    \
        return q_drop(f, q_apply_args(q, f, a + 1, 1));               \
    }
ITERATE(v_each, KQ_EACH)
ITERATE(v_over, KQ_OVER)
ITERATE(v_scan, KQ_SCAN)
ITERATE(v_prior, KQ_EACHPRIOR)

/* ---- small ones ----------------------------------------------------------------------------- */

static struct kq_obj *v_match(struct q *q, struct kq_obj **a, int n)
{
    (void)q;
    (void)n;
    return kq_bool(kq_match(a[0], a[1]));
}

static struct kq_obj *v_right(struct q *q, struct kq_obj **a, int n)
{
    (void)q;
    (void)n;
    return kq_ref(a[1]);
}

static struct kq_obj *v_enlist(struct q *q, struct kq_obj **a, int n)
{
    struct kq_obj *r = q_vec(q, KQ_LIST, n);
    for (int i = 0; r && i < n; i++)
        kq_items(r)[i] = kq_ref(a[i]);
    return r ? q_collapse_take(r) : NULL;
}

static struct kq_obj *v_join(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (q_reusable(a[0]) && a[0]->type >= 0 && a[0]->type <= KQ_TYPE_MAX && a[0]->n &&
        (a[1]->type == a[0]->type || a[1]->type == -a[0]->type)) {
        struct kq_obj *x = a[0]; /* nobody else's: grow it */
        a[0] = NULL;
        x->attr = KQ_ATTR_NONE; /* only x,:y keeps it */
        return q_append(q, &x, a[1]) ? x : q_drop(x, NULL);
    }
    return q_join(q, a[0], a[1]);
}

/* 0N!x prints, other negative numbers are internal functions; tables and
 * dictionaries are made; positions and a name make an enumeration. */
static struct kq_obj *v_bang(struct q *q, struct kq_obj **a, int n)
{
    if (n > 2)
        return q_fsql_update(q, a, n);
    return q_internal(q, a[0], a[1]);
}

static struct kq_obj *v_show(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_obj *text = q_console(q, a[0]);
    if (!text)
        return NULL;
    if (q->host.print)
        q->host.print(q->host.arg, 1, (const char *)kq_data(text), (size_t)text->n);
    return q_drop(text, kq_generic_null());
}

static struct kq_obj *v_string(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return q_string(q, a[0]);
}

static struct kq_obj *v_system(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    struct kq_str text;
    return q_text(a[0], &text) ? q_system(q, text) : q_fail(q, "type");
}

/* set: `name set value */
static struct kq_obj *v_set(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type != -KQ_SYMBOL)
        return q_fail(q, "type");
    return q_env_set(q, kq_sym_text(a[0]), a[1]) ? kq_ref(a[0]) : NULL;
}

const struct q_verb q_verbs_core[] = {
    {":", 2, 2, v_right},     {"@:", 1, 1, v_type},     {".:", 1, 1, v_value},
    {"eval", 1, 1, v_eval},   {"reval", 1, 1, v_reval}, {"parse", 1, 1, v_parse},
    {"@", 2, 4, v_at},        {".", 2, 4, v_dot},       {"each", 2, 2, v_each},
    {"peach", 2, 2, v_each},  {"over", 2, 2, v_over},   {"scan", 2, 2, v_scan},
    {"prior", 2, 2, v_prior}, {"~", 2, 2, v_match},     {"enlist", 1, 255, v_enlist},
    {",:", 1, 1, v_enlist},   {",", 2, 2, v_join},      {"!", 2, 4, v_bang},
    {"show", 1, 1, v_show},   {"$:", 1, 1, v_string},   {"system", 1, 1, v_system},
    {"set", 2, 2, v_set},     {NULL, 0, 0, NULL},
};
