/*
 * opt.h - options are tables of groups, and everything is made from them.
 *
 * A group is a constant table of options and one small struct that they fill
 * by offset.  opt_common, opt_conn, opt_tls and opt_format are shared by the
 * tools; each tool adds groups of its own and embeds all the structs in one.
 * Parsing, --help, the completions and --debug-config walk the same tables,
 * so they cannot disagree.
 *
 * A row holds its texts in place and not by pointer: tables of pointers would
 * have to be relocated at every start of a program that lives for half a
 * millisecond.
 */
#ifndef KQ_CLI_OPT_H
#define KQ_CLI_OPT_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an option takes, and the type of the field it fills. */
enum kq_opt_kind {
    KQ_OPT_FLAG,     /* bool: becomes true */
    KQ_OPT_COUNT,    /* int: one more each time */
    KQ_OPT_STRING,   /* const char *: points into argv */
    KQ_OPT_INT,      /* int64_t: lo..hi; without hi also "inf", which is INT64_MAX */
    KQ_OPT_SIZE,     /* uint64_t: bytes; 0 and "none" are 0, unlimited */
    KQ_OPT_DURATION, /* int64_t: ns; 0 and "none" are 0, unlimited */
    KQ_OPT_ENUM,     /* int: position of the word among the choices in `arg` */
    KQ_OPT_CALL,     /* the group's function gets it; `off` is a number of its own */
    KQ_OPT_CALLFLAG, /* the same for an option without an argument */
};

enum kq_opt_flags {
    /* The argument may be left out and must be attached: --opt=v, -o=v.  Left out it
     * is 0 for INT, SIZE and DURATION, the first choice, "" for STRING, NULL for CALL. */
    KQ_OPT_OPTIONAL = 1,
    KQ_OPT_PROFILE = 2, /* may be set in a profile of the configuration file */
    KQ_OPT_ENV = 4,     /* default from $KQ_NAME_OF_OPTION */
};

/* Which tools have a row (a shared letter or choice may differ between them). */
enum kq_tool_bit {
    KQ_TOOL_SEND = 1,
    KQ_TOOL_LISTEN = 2,
    KQ_TOOL_DUMP = 4,
    KQ_TOOL_PIPE = 8,
    KQ_TOOL_ALL = 15,
};

struct kq_opt {
    char letter;    /* short form, 0: none */
    char name[20];  /* long form without dashes; "" only for -4, -6 and the like */
    uint8_t kind;   /* enum kq_opt_kind */
    uint8_t flags;  /* enum kq_opt_flags */
    uint8_t tools;  /* bits of enum kq_tool_bit; 0: every tool */
    uint16_t off;   /* of the field in the group's struct */
    int32_t lo, hi; /* INT: range; hi 0: no upper limit */
    char arg[76];   /* "DUR"; choices "auto|always|never"; both "FMT:text|q|json" */
    char help[120]; /* lower-case phrase without a full stop; wrapped by --help */
};

struct kq_opts;

/* Takes the value of a CALL row (NULL: none given); `group` is the group's struct. */
typedef bool kq_opt_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                         struct kq_err *err);

struct kq_optgroup {
    const char *title; /* "Connection" */
    const struct kq_opt *rows;
    size_t n;
    size_t off;        /* of the group's struct in the tool's struct */
    kq_opt_call *call; /* for CALL rows; else NULL */
};

/* A tool as its user sees it: the constant input of parser, help and completions. */
struct kq_tool {
    const char *name;     /* "kq-send" */
    const char *purpose;  /* one line */
    const char *usage;    /* lines "[OPTION]... TARGET [QUERY]", each ending in \n */
    const char *examples; /* lines of pairs: "what it does\n" "command\n" */
    const char *notes;    /* further sections of --help as they are, or "" */
    const char *exits;    /* lines "4  the server answered with an error" */
    const char *env;      /* lines "KQ_TARGET  default target" */
    const char *operands; /* what operands complete to: "target", "file" or "" */
    enum kq_tool_bit bit;
    const struct kq_optgroup *groups;
    size_t n_groups;
};

/* Where the value of an option comes from; a higher one is never overwritten. */
enum kq_origin { KQ_FROM_DEFAULT, KQ_FROM_ENV, KQ_FROM_PROFILE, KQ_FROM_ARGV };

/* Rows of all groups of a tool together. */
enum { KQ_OPT_MAX_ROWS = 160 };

/* A parse in progress and its result. */
struct kq_opts {
    const struct kq_tool *tool;
    void *base;      /* the tool's struct, holding its defaults before parsing */
    char **operands; /* the words that are no options, in order; part of argv */
    int n_operands;
    int stop_after;                  /* > 0: after this many operands the rest are operands too */
    bool numbers;                    /* words such as -1 and -.5 are operands */
    bool want_help;                  /* --help was given; parsing stopped there */
    uint8_t origin[KQ_OPT_MAX_ROWS]; /* enum kq_origin of each row, groups in sequence */
    const char *given[KQ_OPT_MAX_ROWS]; /* the text of each value that was given, or NULL */
};

/*
 * Parse a command line in the GNU manner: options and operands in any order
 * (POSIXLY_CORRECT, `stop_after` and "--" end that), --name=value and --name
 * value, unambiguous beginnings of long names, letters together.  The caller
 * has zeroed *p but for tool, base, stop_after and numbers; a CALL row may
 * change these on the way.  argv is reordered.
 *
 * False with KQ_EUSAGE, and a hint when a name is nearly right; but when help
 * is asked for anywhere the answer is true with want_help.
 */
bool kq_opts_parse(struct kq_opts *p, int argc, char **argv, struct kq_err *err);

/*
 * Set one option by its long name, as a profile or the environment does;
 * does nothing when it has a value of higher origin.  `value` must live as
 * long as the options.  KQ_EUSAGE for a name that may not be set from there
 * and for bad values.
 */
bool kq_opts_set(struct kq_opts *p, const char *name, char *value, enum kq_origin from,
                 struct kq_err *err);

/* Apply KQ_... variables to the rows marked KQ_OPT_ENV. */
bool kq_opts_env(struct kq_opts *p, struct kq_err *err);

/* Where the named option's value comes from; DEFAULT for unknown names. */
enum kq_origin kq_opts_origin(const struct kq_opts *p, const char *name);

/* ---- for the walkers: help, complete and debug -------------------------- */

/* A row together with where it belongs. */
struct kq_optrow {
    const struct kq_optgroup *group;
    const struct kq_opt *row;
    size_t index; /* into origin[] and given[] */
};

/* Step to the next row that the tool has; start with a zeroed *r.  False at the end. */
bool kq_optrow_next(const struct kq_tool *t, struct kq_optrow *r);

/* Is this row part of the tool? */
static inline bool kq_opt_visible(const struct kq_tool *t, const struct kq_opt *o)
{
    return !o->tools || (o->tools & t->bit);
}
static inline bool kq_opt_takes_arg(const struct kq_opt *o)
{
    return o->kind != KQ_OPT_FLAG && o->kind != KQ_OPT_COUNT && o->kind != KQ_OPT_CALLFLAG;
}
/* The word for the argument ("DUR", "auto|always|never") and the choices, empty when
 * there are none. */
struct kq_str kq_opt_metavar(const struct kq_opt *o);
struct kq_str kq_opt_choices(const struct kq_opt *o);
/* Position of `word` among "a|b|c", -1 when it is none of them. */
int kq_opt_choice(struct kq_str choices, struct kq_str word);

#endif
