/*
 * complete.c - one writer per shell, all walking the same rows.
 *
 * The scripts ask nothing of the program at completion time; only profile
 * names are looked up then, from the section lines of the configuration file.
 */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

/* Prints the profile names of the configuration file, each with its '@'. */
#define PROFILES                          \
    "sed -n 's/^\\[\\(.*\\)\\]$/@\\1/p' " \
    "\"${KQ_CONFIG:-${XDG_CONFIG_HOME:-$HOME/.config}/kq/config}\" 2>/dev/null"

static struct kq_str help_of(const struct kq_opt *r)
{
    return kq_str(r->help, strnlen(r->help, sizeof r->help));
}

static bool wants(const struct kq_opt *r, const char *metavar)
{
    return kq_opt_takes_arg(r) && kq_str_is(kq_opt_metavar(r), metavar);
}

/* The choices with `sep` between them. */
static void choices(struct kq_out *o, const struct kq_opt *r, char sep)
{
    struct kq_str c = kq_opt_choices(r);
    for (size_t i = 0; i < c.len; i++)
        kq_out_char(o, c.s[i] == '|' ? sep : c.s[i]);
}

/* "completions/kq-send" as a name that a shell function may have. */
static void function_name(struct kq_out *o, const struct kq_tool *t)
{
    for (const char *p = t->name; *p; p++)
        kq_out_char(o, *p == '-' ? '_' : *p);
}

/* ---- bash ------------------------------------------------------------- */

/* "-F|--format" of a row as a case pattern. */
static void bash_pattern(struct kq_out *o, const struct kq_opt *r)
{
    kq_out_puts(o, "        ");
    if (r->letter)
        kq_out_printf(o, "-%c%s", r->letter, r->name[0] ? " | " : "");
    if (r->name[0])
        kq_out_printf(o, "--%s", r->name);
    kq_out_puts(o, ")\n            ");
}

static void bash_value(struct kq_out *o, const struct kq_opt *r)
{
    if (!kq_opt_takes_arg(r))
        return;
    bash_pattern(o, r);
    if (kq_opt_choices(r).len) {
        kq_out_puts(o, "mapfile -t COMPREPLY < <(compgen -W '");
        choices(o, r, ' ');
        kq_out_puts(o, "' -- \"$cur\")");
    } else if (wants(r, "FILE")) {
        kq_out_puts(o, "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")");
    } else if (wants(r, "DIR")) {
        kq_out_puts(o, "mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")");
    } else {
        kq_out_puts(o, ":");
    }
    kq_out_puts(o, r->flags & KQ_OPT_OPTIONAL
                       ? "\n            [[ $eq ]] && return\n            ;;\n"
                       : "\n            return\n            ;;\n");
}

static void bash_words(struct kq_out *o, const struct kq_tool *t)
{
    size_t at = 0;
    for (struct kq_optrow r = {0}; kq_optrow_next(t, &r);) {
        const char *name = r.row->name;
        char letter[2] = {r.row->letter};
        const char *word = name[0] ? name : letter;
        size_t len = strlen(word) + 3;
        kq_out_puts(o, !at ? "" : at + len > 80 ? "\n            " : " ");
        at = at + len > 80 ? len : at + len;
        kq_out_printf(o, "%s%s", name[0] ? "--" : "-", word);
    }
}

static void bash_operands(struct kq_out *o, const struct kq_tool *t)
{
    if (strcmp(t->operands, "target") == 0)
        kq_out_puts(o, "        mapfile -t COMPREPLY < <(compgen -W \"$(" PROFILES
                       ")\" -- \"$cur\")\n");
    else if (strcmp(t->operands, "file") == 0)
        kq_out_puts(o, "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
    else
        kq_out_puts(o, "        COMPREPLY=()\n");
}

static void bash(const struct kq_tool *t, struct kq_out *o)
{
    kq_out_printf(o, "# bash completion for %s; made by %s -C bash\n_", t->name, t->name);
    function_name(o, t);
    kq_out_puts(o, "() {\n"
                   "    local cur prev eq=\n"
                   "    cur=${COMP_WORDS[COMP_CWORD]}\n"
                   "    prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
                   "    # The shell makes three words of an option with an attached value.\n"
                   "    if [[ $cur == = ]]; then\n"
                   "        eq=1 cur=\n"
                   "    elif [[ $prev == = ]]; then\n"
                   "        eq=1 prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
                   "    fi\n"
                   "    case $prev in\n");
    for (struct kq_optrow r = {0}; kq_optrow_next(t, &r);)
        bash_value(o, r.row);
    kq_out_puts(o, "    esac\n"
                   "    if [[ $cur == -* ]]; then\n"
                   "        mapfile -t COMPREPLY < <(compgen -W '");
    bash_words(o, t);
    kq_out_puts(o, "' -- \"$cur\")\n    else\n");
    bash_operands(o, t);
    kq_out_puts(o, "    fi\n}\ncomplete -o default -F _");
    function_name(o, t);
    kq_out_printf(o, " %s\n", t->name);
}

/* ---- zsh -------------------------------------------------------------- */

/* Text inside '...[here]' of _arguments. */
static void zsh_text(struct kq_out *o, struct kq_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.s[i] == '\'')
            kq_out_puts(o, "'\\''");
        else if (strchr("[]:\\", s.s[i]))
            kq_out_printf(o, "\\%c", s.s[i]);
        else
            kq_out_char(o, s.s[i]);
    }
}

static void zsh_value(struct kq_out *o, const struct kq_opt *r)
{
    if (!kq_opt_takes_arg(r))
        return;
    struct kq_str v = kq_opt_metavar(r);
    kq_out_puts(o, r->flags & KQ_OPT_OPTIONAL ? "::" : ":");
    if (memchr(v.s, '|', v.len))
        kq_out_puts(o, "word");
    else
        zsh_text(o, v);
    kq_out_char(o, ':');
    if (kq_opt_choices(r).len) {
        kq_out_char(o, '(');
        choices(o, r, ' ');
        kq_out_char(o, ')');
    } else if (wants(r, "FILE")) {
        kq_out_puts(o, "_files");
    } else if (wants(r, "DIR")) {
        kq_out_puts(o, "_files -/");
    }
}

/* One spec: form is "-F+" or "--format=-" and so on. */
static void zsh_spec(struct kq_out *o, const struct kq_opt *r, const char *form)
{
    kq_out_printf(o, "    '*%s[", form);
    zsh_text(o, help_of(r));
    kq_out_char(o, ']');
    zsh_value(o, r);
    kq_out_puts(o, "' \\\n");
}

static void zsh_row(struct kq_out *o, const struct kq_opt *r)
{
    char form[40];
    bool arg = kq_opt_takes_arg(r), optional = r->flags & KQ_OPT_OPTIONAL;
    if (r->letter) {
        snprintf(form, sizeof form, "-%c%s", r->letter, !arg ? "" : optional ? "=-" : "+");
        zsh_spec(o, r, form);
    }
    if (r->name[0]) {
        snprintf(form, sizeof form, "--%s%s", r->name, !arg ? "" : optional ? "=-" : "=");
        zsh_spec(o, r, form);
    }
}

static void zsh(const struct kq_tool *t, struct kq_out *o)
{
    kq_out_printf(o, "#compdef %s\n# zsh completion; made by %s -C zsh\n", t->name, t->name);
    kq_out_puts(o, "_kq_profiles() {\n    local -a names\n    names=(${(f)\"$(" PROFILES
                   ")\"})\n    compadd -a names\n}\n_arguments -s -S \\\n");
    for (struct kq_optrow r = {0}; kq_optrow_next(t, &r);)
        zsh_row(o, r.row);
    if (strcmp(t->operands, "target") == 0)
        kq_out_puts(o, "    '1:target:_kq_profiles' \\\n    '*:word:_files'\n");
    else
        kq_out_puts(o, "    '*:file:_files'\n");
}

/* ---- fish ------------------------------------------------------------- */

static void fish_text(struct kq_out *o, struct kq_str s)
{
    kq_out_char(o, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.s[i] == '\'' || s.s[i] == '\\')
            kq_out_char(o, '\\');
        kq_out_char(o, s.s[i]);
    }
    kq_out_char(o, '\'');
}

static void fish_row(struct kq_out *o, const struct kq_tool *t, const struct kq_opt *r)
{
    kq_out_printf(o, "complete -c %s", t->name);
    if (r->letter)
        kq_out_printf(o, " -s %c", r->letter);
    if (r->name[0])
        kq_out_printf(o, " -l %s", r->name);
    if (kq_opt_takes_arg(r) && !(r->flags & KQ_OPT_OPTIONAL))
        kq_out_puts(o, wants(r, "FILE") || wants(r, "DIR") ? " -rF" : " -x");
    if (kq_opt_choices(r).len) {
        kq_out_puts(o, " -a '");
        choices(o, r, ' ');
        kq_out_char(o, '\'');
    }
    kq_out_puts(o, " -d ");
    fish_text(o, help_of(r));
    kq_out_char(o, '\n');
}

static void fish(const struct kq_tool *t, struct kq_out *o)
{
    kq_out_printf(o, "# fish completion; made by %s -C fish\n", t->name);
    if (strcmp(t->operands, "target") == 0)
        kq_out_printf(o, "complete -c %s -n __fish_is_first_arg -a '(sh -c \"", t->name);
    else
        kq_out_printf(o, "complete -c %s", t->name);
    if (strcmp(t->operands, "target") == 0) {
        for (const char *p = PROFILES; *p; p++) {
            if (*p == '"' || *p == '\\' || *p == '$')
                kq_out_char(o, '\\');
            if (*p == '\'')
                kq_out_char(o, '\\');
            kq_out_char(o, *p);
        }
        kq_out_puts(o, "\")'");
    }
    kq_out_char(o, '\n');
    for (struct kq_optrow r = {0}; kq_optrow_next(t, &r);)
        fish_row(o, t, r.row);
}

void kq_complete(const struct kq_tool *t, enum kq_shell shell, struct kq_out *o)
{
    switch (shell) {
    case KQ_SHELL_BASH: bash(t, o); break;
    case KQ_SHELL_ZSH: zsh(t, o); break;
    case KQ_SHELL_FISH: fish(t, o); break;
    }
}
