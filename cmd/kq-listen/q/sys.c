/*
 * sys.c - a table of one-letter commands; the host gets the first look, because
 * ports, timers and files are its business.
 */
#include "q/sys.h"

#include "q/core.h"
#include "q/view.h"

#include "base/cal.h"
#include "base/num.h"

#include <stdio.h>

typedef struct kq_obj *command_fn(struct q *q, struct kq_str args);

/* An int setting: shown without an argument, else set when within bounds. */
static struct kq_obj *setting(struct q *q, struct kq_str args, int *value, int min, int max)
{
    int64_t v;
    if (!args.len)
        return kq_atom_int(KQ_INT, *value);
    if (!kq_parse_i64(args.s, args.len, &v) || v < min || v > max)
        return q_fail(q, "domain");
    *value = (int)v;
    return kq_generic_null();
}

static struct kq_obj *cmd_precision(struct q *q, struct kq_str args)
{
    return setting(q, args, &q->precision, 0, 17);
}

static struct kq_obj *cmd_week(struct q *q, struct kq_str args)
{
    return setting(q, args, &q->week_offset, 0, 6);
}

static struct kq_obj *cmd_date(struct q *q, struct kq_str args)
{
    return setting(q, args, &q->z_date, 0, 1);
}

/* Error traps and garbage collection are kdb+'s own affair: kept and shown. */
static struct kq_obj *cmd_trap(struct q *q, struct kq_str args)
{
    return setting(q, args, &q->error_trap, 0, 2);
}

static struct kq_obj *cmd_collect(struct q *q, struct kq_str args)
{
    return setting(q, args, &q->collect_mode, 0, 1);
}

/* Seconds a query may run; only who started the server can change that. */
static struct kq_obj *cmd_timeout(struct q *q, struct kq_str args)
{
    return args.len ? q_fail(q, "access") : kq_atom_int(KQ_INT, q->limits.ms / 1000);
}

static struct kq_obj *cmd_threads(struct q *q, struct kq_str args)
{
    return args.len ? q_fail(q, "access") : kq_atom_int(KQ_INT, 0);
}

static struct kq_obj *cmd_offset(struct q *q, struct kq_str args)
{
    return args.len ? q_fail(q, "nyi") : kq_atom_int(KQ_INT, kq_int_null(KQ_INT));
}

/* \x .z.pg: back to what the server does by itself. */
static struct kq_obj *cmd_expunge(struct q *q, struct kq_str args)
{
    const char *name =
        args.len > 3 && memcmp(args.s, ".z.", 3) == 0 ? kq_sym(args.s, args.len) : NULL;
    if (!name)
        return q_fail(q, "type");
    if (!q_may_update(q))
        return NULL;
    q_env_delete(q, name);
    return kq_generic_null();
}

/* Is the workspace locked against writing? */
static struct kq_obj *cmd_locked(struct q *q, struct kq_str args)
{
    return args.len ? q_fail(q, "nyi") : kq_bool(false);
}

static struct kq_obj *cmd_port(struct q *q, struct kq_str args)
{
    if (args.len)
        return q_fail(q, "access");
    return kq_atom_int(KQ_INT, 0);
}

static struct kq_obj *cmd_seed(struct q *q, struct kq_str args)
{
    int64_t v;
    if (!args.len)
        return kq_atom_int(KQ_INT, q->seed);
    if (!kq_parse_i64(args.s, args.len, &v))
        return q_fail(q, "type");
    q->seed = v;
    q->random[0] = q->random[1] = 0;
    return kq_generic_null();
}

/* Two numbers, rows and columns, each held between 10 and 2000. */
static struct kq_obj *size_setting(struct q *q, struct kq_str args, int *size)
{
    struct kq_str first, rest;
    int64_t v[2];
    if (!args.len) {
        struct kq_obj *r = kq_vec_new(KQ_INT, 2);
        kq_ints(r)[0] = size[0];
        kq_ints(r)[1] = size[1];
        return r;
    }
    if (!kq_str_cut(args, ' ', &first, &rest) || !kq_parse_i64(first.s, first.len, &v[0]))
        return q_fail(q, "type");
    rest = kq_str_trim(rest);
    if (!kq_parse_i64(rest.s, rest.len, &v[1]))
        return q_fail(q, "type");
    for (int i = 0; i < 2; i++)
        size[i] = v[i] < 10 ? 10 : v[i] > 2000 ? 2000 : (int)v[i];
    return kq_generic_null();
}

static struct kq_obj *cmd_console(struct q *q, struct kq_str args)
{
    return size_setting(q, args, q->console);
}

static struct kq_obj *cmd_web(struct q *q, struct kq_str args)
{
    return size_setting(q, args, q->web);
}

static struct kq_obj *cmd_context(struct q *q, struct kq_str args)
{
    if (!args.len)
        return kq_atom_symz(*q->env.context ? q->env.context : ".");
    if (args.s[0] != '.')
        return q_fail(q, "type");
    const char *name = kq_sym(args.s, args.len);
    if (!name)
        return q_fail(q, "wsfull");
    q->env.context = args.len == 1 ? kq_sym_null : name;
    return kq_generic_null();
}

/* Names of the globals in a namespace that `want` wants, sorted. */
static struct kq_obj *names_of(struct q *q, struct kq_str space,
                               bool (*want)(const struct kq_obj *))
{
    const char *name = space.len ? kq_sym(space.s, space.len) : q->env.context;
    struct kq_obj *d = q_env_namespace(q, name && *name ? name : ".");
    struct kq_obj *r = kq_vec_new(KQ_SYMBOL, 0);
    for (int64_t i = 0; d && i < kq_keys(d)->n; i++) {
        struct kq_obj *v = kq_at(kq_values(d), i), *k = kq_at(kq_keys(d), i);
        if (*kq_sym_text(k) && want(v))
            kq_push(&r, k);
        kq_unref(v);
        kq_unref(k);
    }
    kq_unref(d);
    struct kq_obj *sorted = q_drop(r, q_call(q, "asc", 1, r));
    if (sorted)
        sorted->attr = KQ_ATTR_NONE; /* these lists show none */
    return sorted;
}

static bool is_table(const struct kq_obj *v)
{
    return v->type == KQ_TABLE || kq_is_keyed(v);
}

static bool is_function(const struct kq_obj *v)
{
    return v->type >= KQ_LAMBDA && v->type <= KQ_FOREIGN && !q_view_of(v);
}

static bool is_variable(const struct kq_obj *v)
{
    return !is_function(v) && !q_view_of(v);
}

static struct kq_obj *cmd_tables(struct q *q, struct kq_str args)
{
    return names_of(q, args, is_table);
}

static struct kq_obj *cmd_functions(struct q *q, struct kq_str args)
{
    return names_of(q, args, is_function);
}

static struct kq_obj *cmd_variables(struct q *q, struct kq_str args)
{
    return names_of(q, args, is_variable);
}

static struct kq_obj *cmd_views(struct q *q, struct kq_str args)
{
    (void)args;
    struct kq_obj *names = q_view_names(q, false), *r = q_call(q, "asc", 1, names);
    return q_drop(names, r);
}

static struct kq_obj *cmd_stale_views(struct q *q, struct kq_str args)
{
    (void)args;
    return q_view_names(q, true);
}

static struct kq_obj *cmd_workspace(struct q *q, struct kq_str args)
{
    (void)args;
    struct kq_obj *r = kq_vec_new(KQ_LONG, 6);
    memset(kq_longs(r), 0, 6 * sizeof(int64_t));
    kq_longs(r)[0] = kq_longs(r)[1] = kq_longs(r)[2] = (int64_t)kq_obj_bytes();
    (void)q;
    return r;
}

/* Evaluate text `n` times: milliseconds in *ms; false after q_fail. */
static bool elapsed(struct q *q, struct kq_str text, int64_t n, int64_t *ms)
{
    int64_t from = kq_cal_now_ns();
    for (int64_t i = 0; i < n; i++) {
        struct kq_obj *r = q_tick(q) ? q_run_text(q, text.s, text.len) : NULL;
        if (!r)
            return false;
        kq_unref(r);
    }
    *ms = (kq_cal_now_ns() - from) / 1000000;
    return true;
}

/* \t:n and \ts, \ts:n: is the word one of them, how often, and with bytes? */
static bool timing_word(struct kq_str word, int64_t *n, bool *bytes)
{
    *bytes = word.len > 1 && word.s[1] == 's';
    size_t at = *bytes ? 2 : 1;
    *n = 1;
    if (!word.len || word.s[0] != 't' || word.len == 1)
        return false;
    if (word.len == at)
        return true;
    return word.s[at] == ':' && kq_parse_i64(word.s + at + 1, word.len - at - 1, n);
}

/* Milliseconds; with `bytes` also the memory that is used more than before. */
static struct kq_obj *timed(struct q *q, struct kq_str text, int64_t n, bool bytes)
{
    int64_t ms;
    size_t before = kq_obj_bytes();
    if (!elapsed(q, text, n, &ms))
        return NULL;
    if (!bytes)
        return kq_long(ms);
    struct kq_obj *r = kq_vec_new(KQ_LONG, 2);
    kq_longs(r)[0] = ms;
    kq_longs(r)[1] = (int64_t)(kq_obj_bytes() - before);
    return r;
}

static struct kq_obj *cmd_time(struct q *q, struct kq_str args)
{
    int64_t v;
    if (!args.len)
        return kq_atom_int(KQ_INT, q->timer_ms);
    if (kq_parse_i64(args.s, args.len, &v)) {
        q->timer_ms = v;
        return kq_generic_null();
    }
    return timed(q, args, 1, false);
}

static struct kq_obj *cmd_quit(struct q *q, struct kq_str args)
{
    if (args.len)
        return q_fail(q, "nyi");
    struct kq_obj *status = kq_long(0), *r = q_call(q, "exit", 1, status);
    return q_drop(status, r);
}

static const struct {
    char letter;
    bool open; /* for restricted clients, too */
    command_fn *run;
} commands[] = {
    {'P', false, cmd_precision},  {'W', false, cmd_week},     {'z', false, cmd_date},
    {'p', false, cmd_port},       {'S', false, cmd_seed},     {'c', false, cmd_console},
    {'C', false, cmd_web},        {'d', false, cmd_context},  {'a', true, cmd_tables},
    {'f', true, cmd_functions},   {'v', true, cmd_variables}, {'b', true, cmd_views},
    {'B', true, cmd_stale_views}, {'w', true, cmd_workspace}, {'t', false, cmd_time},
    {'\\', false, cmd_quit},      {'e', false, cmd_trap},     {'g', false, cmd_collect},
    {'T', false, cmd_timeout},    {'s', false, cmd_threads},  {'o', false, cmd_offset},
    {'x', false, cmd_expunge},    {'_', false, cmd_locked},
};

/* What stands before a comment: a slash between blanks or at the end. */
static struct kq_str uncommented(struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        bool before = i == 0 || s.s[i - 1] == ' ', after = i + 1 == s.len || s.s[i + 1] == ' ';
        if (s.s[i] == '/' && before && after)
            return kq_str_trim(kq_str(s.s, i));
    }
    return s;
}

/* The word before the first blank, and what follows it. */
static struct kq_str command_word(struct kq_str text, char word[32], struct kq_str *args)
{
    struct kq_str head;
    text = kq_str_trim(text);
    if (!kq_str_cut(text, ' ', &head, args))
        head = text;
    snprintf(word, 32, "%.*s", (int)(head.len < 31 ? head.len : 31), head.s);
    *args = uncommented(kq_str_trim(*args));
    return head;
}

struct kq_obj *q_system(struct q *q, struct kq_str command)
{
    char word[32];
    struct kq_str args;
    struct kq_str head = command_word(command, word, &args);
    struct kq_obj *r;
    int64_t times;
    bool bytes;
    const char *letter = head.len == 1 ? word : "";
    size_t i = 0, n = sizeof commands / sizeof *commands;
    while (i < n && commands[i].letter != *letter)
        i++;
    if (q->peer.restricted && (i == n || !commands[i].open))
        return q_fail(q, "access");
    if (q->host.system && q->host.system(q->host.arg, q, word, args, &r))
        return r;
    if (timing_word(head, &times, &bytes))
        return timed(q, args, times, bytes);
    return i < n ? commands[i].run(q, args) : q_fail(q, "nyi");
}
