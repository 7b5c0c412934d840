/*
 * opt.c - the parser: one pass over argv that looks names up in the tables.
 *
 * Rows are found by walking all groups; with some hundred rows that costs
 * less than building an index would.  Operands are moved to the front of argv
 * as they come, which is safe because there are never more of them than words
 * already read.
 */
#include "cli/opt.h"

#include "base/num.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct kq_str kq_opt_choices(const struct kq_opt *o)
{
    struct kq_str head, rest, all = kq_str(o->arg, strnlen(o->arg, sizeof o->arg));
    if (kq_str_cut(all, ':', &head, &rest))
        return rest;
    return memchr(all.s, '|', all.len) ? all : kq_str("", 0);
}

struct kq_str kq_opt_metavar(const struct kq_opt *o)
{
    struct kq_str head, rest, all = kq_str(o->arg, strnlen(o->arg, sizeof o->arg));
    kq_str_cut(all, ':', &head, &rest);
    return head;
}

int kq_opt_choice(struct kq_str choices, struct kq_str word)
{
    struct kq_str head, rest = choices;
    for (int i = 0; rest.len; i++) {
        kq_str_cut(rest, '|', &head, &rest);
        if (kq_str_eq(head, word))
            return i;
    }
    return -1;
}

/* ---- finding a row ------------------------------------------------------ */

bool kq_optrow_next(const struct kq_tool *t, struct kq_optrow *f)
{
    for (;;) {
        if (!f->group) {
            f->group = t->groups;
            f->row = f->group->rows;
        } else {
            f->row++;
            f->index++;
        }
        while (f->row == f->group->rows + f->group->n) {
            if (++f->group == t->groups + t->n_groups)
                return false;
            f->row = f->group->rows;
        }
        if (kq_opt_visible(t, f->row))
            return true;
    }
}

static bool find_letter(const struct kq_tool *t, char letter, struct kq_optrow *out)
{
    for (struct kq_optrow f = {0}; kq_optrow_next(t, &f);) {
        if (f.row->letter == letter) {
            *out = f;
            return true;
        }
    }
    return false;
}

/* The row called `name`, or the only one whose name begins so. */
static bool find_name(const struct kq_tool *t, struct kq_str name, struct kq_optrow *out,
                      struct kq_err *err)
{
    if (!name.len)
        return false;
    int n = 0;
    struct kq_str other = {"", 0};
    for (struct kq_optrow f = {0}; kq_optrow_next(t, &f);) {
        struct kq_str full = kq_strz(f.row->name);
        if (full.len < name.len || memcmp(full.s, name.s, name.len) != 0)
            continue;
        if (n)
            other = kq_strz(out->row->name);
        *out = f;
        if (full.len == name.len)
            return true;
        n++;
    }
    if (n > 1)
        return kq_fail(err, KQ_EUSAGE, "option '--%.*s' could be '--%s' or '--%.*s'",
                       KQ_STR_FMT(name), out->row->name, KQ_STR_FMT(other));
    return n == 1;
}

static bool unknown(const struct kq_tool *t, struct kq_str name, struct kq_err *err)
{
    const char *best = NULL;
    size_t least = name.len / 3 + 1; /* a third of the letters may be wrong */
    for (struct kq_optrow f = {0}; kq_optrow_next(t, &f);) {
        size_t d = kq_str_distance(name, kq_strz(f.row->name));
        if (f.row->name[0] && d <= least && (!best || d < least)) {
            best = f.row->name;
            least = d;
        }
    }
    if (best)
        return kq_fail(err, KQ_EUSAGE, "unknown option '--%.*s'; did you mean '--%s'?",
                       KQ_STR_FMT(name), best);
    return kq_fail(err, KQ_EUSAGE, "unknown option '--%.*s'", KQ_STR_FMT(name));
}

/* ---- storing a value ---------------------------------------------------- */

static bool set_int(const struct kq_opt *o, struct kq_str v, int64_t *out)
{
    int64_t n;
    if (!o->hi && kq_str_is(v, "inf"))
        n = INT64_MAX;
    else if (!kq_parse_i64(v.s, v.len, &n) || n < o->lo || (o->hi && n > o->hi))
        return false;
    *out = n;
    return true;
}

static bool set_enum(const struct kq_opt *o, struct kq_str v, int *out)
{
    int i = kq_opt_choice(kq_opt_choices(o), v);
    if (i >= 0)
        *out = i;
    return i >= 0;
}

/* `value` is NULL when an optional argument was left out. */
static bool parse_value(const struct kq_opt *o, char *value, void *field)
{
    struct kq_str v = value ? kq_strz(value) : kq_str("0", 1);
    switch ((enum kq_opt_kind)o->kind) {
    case KQ_OPT_FLAG: *(bool *)field = true; return true;
    case KQ_OPT_COUNT: ++*(int *)field; return true;
    case KQ_OPT_STRING: *(const char **)field = value ? value : ""; return true;
    case KQ_OPT_INT: return set_int(o, v, field);
    case KQ_OPT_SIZE: return kq_parse_size(v, field);
    case KQ_OPT_DURATION: return kq_parse_duration(v, field);
    case KQ_OPT_ENUM:
        if (value)
            return set_enum(o, v, field);
        *(int *)field = 0;
        return true;
    case KQ_OPT_CALL:
    case KQ_OPT_CALLFLAG: break;
    }
    return false;
}

static const char *wanted(const struct kq_opt *o)
{
    static const char words[][60] = {
        [KQ_OPT_INT] = "a whole number",
        [KQ_OPT_SIZE] = "a size such as 64k, 10M or 2G",
        [KQ_OPT_DURATION] = "a time such as 250ms, 5s or 2m",
    };
    return o->kind <= KQ_OPT_DURATION ? words[o->kind] : "";
}

static bool bad_value(const struct kq_opt *o, const char *value, struct kq_err *err)
{
    struct kq_str choices = kq_opt_choices(o);
    char name[24] = {'-', o->letter};
    if (o->name[0]) {
        name[1] = '-';
        memcpy(name + 2, o->name, sizeof o->name);
    }
    if (choices.len)
        return kq_fail(err, KQ_EUSAGE, "option '%s': '%s' is none of %.*s", name, value,
                       KQ_STR_FMT(choices));
    if (o->kind == KQ_OPT_INT && o->hi)
        return kq_fail(err, KQ_EUSAGE, "option '%s': '%s' is not a number from %d to %d", name,
                       value, (int)o->lo, (int)o->hi);
    if (o->kind == KQ_OPT_INT && o->lo > 0)
        return kq_fail(err, KQ_EUSAGE, "option '%s': '%s' is not a number from %d on", name, value,
                       (int)o->lo);
    return kq_fail(err, KQ_EUSAGE, "option '%s': '%s' is not %s", name, value, wanted(o));
}

static bool store(struct kq_opts *p, const struct kq_optrow *f, char *value, enum kq_origin from,
                  struct kq_err *err)
{
    if (f->index < KQ_OPT_MAX_ROWS) {
        if (p->origin[f->index] > from)
            return true;
        p->origin[f->index] = (uint8_t)from;
        p->given[f->index] = value;
    }
    char *group = (char *)p->base + f->group->off;
    if (f->row->kind >= KQ_OPT_CALL)
        return f->group->call(p, f->row, value, group, err);
    return parse_value(f->row, value, group + f->row->off) || bad_value(f->row, value, err);
}

/* ---- the command line --------------------------------------------------- */

/* A run over argv. */
struct scan {
    int argc, at; /* at: the word after the current one */
    char **argv;
};

static bool is_help(const struct kq_optrow *f)
{
    return f->row->letter == 'h' && strcmp(f->row->name, "help") == 0;
}

/* `attached` follows a '=' (or a letter); NULL: none, so the next word may be the argument. */
static bool take(struct kq_opts *p, struct scan *s, const struct kq_optrow *f, char *attached,
                 struct kq_err *err)
{
    const struct kq_opt *o = f->row;
    if (is_help(f)) {
        p->want_help = true;
        return true;
    }
    if (!kq_opt_takes_arg(o) && attached)
        return kq_fail(err, KQ_EUSAGE, "option '--%s' takes no argument", o->name);
    if (kq_opt_takes_arg(o) && !attached && !(o->flags & KQ_OPT_OPTIONAL)) {
        if (s->at == s->argc) {
            struct kq_str what = kq_opt_metavar(o);
            return o->letter ? kq_fail(err, KQ_EUSAGE, "option '-%c' needs an argument %.*s",
                                       o->letter, KQ_STR_FMT(what))
                             : kq_fail(err, KQ_EUSAGE, "option '--%s' needs an argument %.*s",
                                       o->name, KQ_STR_FMT(what));
        }
        attached = s->argv[s->at++];
    }
    return store(p, f, attached, KQ_FROM_ARGV, err);
}

static bool long_option(struct kq_opts *p, struct scan *s, char *word, struct kq_err *err)
{
    char *eq = strchr(word, '=');
    struct kq_str name = kq_str(word, eq ? (size_t)(eq - word) : strlen(word));
    struct kq_optrow f = {0};
    struct kq_err ambiguous = {0};
    if (!find_name(p->tool, name, &f, &ambiguous)) {
        if (!ambiguous.code)
            return unknown(p->tool, name, err);
        *err = ambiguous;
        return false;
    }
    return take(p, s, &f, eq ? eq + 1 : NULL, err);
}

/* A word of letters: -jq, -P32, -P 32, -s=json. */
static bool letters(struct kq_opts *p, struct scan *s, char *word, struct kq_err *err)
{
    while (*word && !p->want_help) {
        struct kq_optrow f = {0};
        char letter = *word++;
        if (!find_letter(p->tool, letter, &f))
            return kq_fail(err, KQ_EUSAGE, "unknown option '-%c'", letter);
        bool optional = f.row->flags & KQ_OPT_OPTIONAL;
        char *attached = NULL;
        if (*word == '=')
            attached = word + 1;
        else if (*word && kq_opt_takes_arg(f.row) && !optional)
            attached = word;
        if (!take(p, s, &f, attached, err))
            return false;
        if (attached)
            return true;
    }
    return true;
}

static bool is_number(const char *word)
{
    return word[0] == '-' && (isdigit((unsigned char)word[1]) || word[1] == '.');
}

static bool is_operand(const struct kq_opts *p, const char *word)
{
    return word[0] != '-' || !word[1] || (p->numbers && is_number(word));
}

/* After this operand, are all other words operands too? */
static bool add_operand(struct kq_opts *p, char *word)
{
    p->operands[p->n_operands++] = word;
    return p->n_operands == p->stop_after || (p->n_operands == 1 && getenv("POSIXLY_CORRECT"));
}

static bool scan_words(struct kq_opts *p, struct scan *s, struct kq_err *err)
{
    bool only_operands = false;
    while (s->at < s->argc && !p->want_help) {
        char *word = s->argv[s->at++];
        if (only_operands || is_operand(p, word))
            only_operands |= add_operand(p, word);
        else if (strcmp(word, "--") == 0)
            only_operands = true;
        else if (!(word[1] == '-' ? long_option(p, s, word + 2, err)
                                  : letters(p, s, word + 1, err)))
            return false;
    }
    return true;
}

/* Help wins over mistakes wherever it stands. */
static bool help_follows(const struct scan *s)
{
    for (int i = 1; i < s->argc && strcmp(s->argv[i], "--") != 0; i++) {
        if (strcmp(s->argv[i], "-h") == 0 || strcmp(s->argv[i], "--help") == 0)
            return true;
    }
    return false;
}

bool kq_opts_parse(struct kq_opts *p, int argc, char **argv, struct kq_err *err)
{
    struct scan s = {argc, 1, argv};
    p->operands = argv + 1;
    p->n_operands = 0;
    if (!scan_words(p, &s, err))
        return p->want_help = help_follows(&s);
    return true;
}

/* ---- profile and environment -------------------------------------------- */

static bool find_exact(const struct kq_tool *t, const char *name, struct kq_optrow *out)
{
    for (struct kq_optrow f = {0}; kq_optrow_next(t, &f);) {
        if (f.row->name[0] && strcmp(f.row->name, name) == 0) {
            *out = f;
            return true;
        }
    }
    return false;
}

/* "yes" and "no" in a profile, where a flag has no other way to be off. */
static bool profile_flag(const struct kq_opt *o, const char *value, bool *skip, struct kq_err *err)
{
    static const char words[] = "no|0|false|yes|1|true";
    int i = kq_opt_choice(kq_strz(words), kq_strz(value));
    *skip = i < 3;
    return i >= 0 || kq_fail(err, KQ_EUSAGE, "%s: '%s' is neither yes nor no", o->name, value);
}

bool kq_opts_set(struct kq_opts *p, const char *name, char *value, enum kq_origin from,
                 struct kq_err *err)
{
    struct kq_optrow f;
    uint8_t needs = from == KQ_FROM_ENV ? KQ_OPT_ENV : KQ_OPT_PROFILE;
    if (!find_exact(p->tool, name, &f) || !(f.row->flags & needs))
        return kq_fail(err, KQ_EUSAGE, "unknown setting '%s'", name);
    if (!kq_opt_takes_arg(f.row)) {
        bool skip;
        if (!profile_flag(f.row, value, &skip, err))
            return false;
        if (skip)
            return true;
    }
    return store(p, &f, value, from, err);
}

/* "CONNECT_TIMEOUT=5" is about "connect-timeout"; where its value begins, or NULL. */
static char *env_value(char *entry, const char *name)
{
    for (; *name; name++, entry++) {
        if (*entry != (*name == '-' ? '_' : toupper((unsigned char)*name)))
            return NULL;
    }
    return *entry == '=' ? entry + 1 : NULL;
}

static bool set_from_env(struct kq_opts *p, char *entry, struct kq_err *err)
{
    for (struct kq_optrow f = {0}; kq_optrow_next(p->tool, &f);) {
        char *value = f.row->flags & KQ_OPT_ENV ? env_value(entry, f.row->name) : NULL;
        if (!value || !*value)
            continue;
        if (store(p, &f, value, KQ_FROM_ENV, err))
            return true;
        kq_err_context(err, "KQ_%.*s", (int)(value - 1 - entry), entry);
        return false;
    }
    return true;
}

bool kq_opts_env(struct kq_opts *p, struct kq_err *err)
{
    for (char **e = environ; *e; e++) {
        if (strncmp(*e, "KQ_", 3) == 0 && !set_from_env(p, *e + 3, err))
            return false;
    }
    return true;
}

enum kq_origin kq_opts_origin(const struct kq_opts *p, const char *name)
{
    struct kq_optrow f;
    if (!find_exact(p->tool, name, &f) || f.index >= KQ_OPT_MAX_ROWS)
        return KQ_FROM_DEFAULT;
    return p->origin[f.index];
}
