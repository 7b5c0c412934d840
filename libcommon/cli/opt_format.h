/*
 * opt_format.h - how values are printed: -F, -j and their companions.
 */
#ifndef KQ_CLI_OPT_FORMAT_H
#define KQ_CLI_OPT_FORMAT_H

#include "cli/opt.h"
#include "text/style.h"

enum kq_format {
    KQ_FORMAT_TEXT,  /* the q console look */
    KQ_FORMAT_Q,     /* a q literal that reads back */
    KQ_FORMAT_JSON,  /* one document */
    KQ_FORMAT_JSONL, /* one object a line */
    KQ_FORMAT_CSV,
    KQ_FORMAT_TSV,
    KQ_FORMAT_RAW,     /* strings without quotes */
    KQ_FORMAT_CONSOLE, /* kq-send: as text, rendered by the server */
    KQ_FORMAT_HEX,
    KQ_FORMAT_TREE,    /* kq-dump: annotated bytes */
    KQ_FORMAT_IPC,     /* frames */
    KQ_FORMAT_PAYLOAD, /* frames without their headers */
    KQ_FORMAT_TPLOG,   /* a tickerplant log */
    KQ_FORMAT_NONE,
};

struct kq_opt_format {
    int format;            /* enum kq_format */
    int json;              /* enum kq_json_mode of text/jsonval.h */
    int int64;             /* 0 numbers, 1 strings */
    const char *null_text; /* spelling of nulls, NULL: the format's own */
    int64_t max_items;     /* 0: all (a terminal: what fits) */
    int64_t depth;         /* 0: all */
    int precision;         /* of floats: digits, KQ_SHORTEST, 0: the format's own */
};

/* -F csv, -F json: errors are JSON too. */
static inline bool kq_format_is_json(int format)
{
    return format == KQ_FORMAT_JSON || format == KQ_FORMAT_JSONL;
}

/*
 * How values look in that format: what q shows in text, 7 digits of floats, and
 * in formats that a program reads whatever it takes to read back the same.
 */
struct kq_style kq_format_style(const struct kq_opt_format *f);

/* The format of that name, -1 for none. */
int kq_format_parse(struct kq_str name);
/* "jsonl". */
struct kq_str kq_format_name(int format);

#define KQ_OPT_FORMAT_N 10
extern const struct kq_opt kq_opt_format_rows[KQ_OPT_FORMAT_N];
kq_opt_call kq_opt_format_call;

#define KQ_GROUP_FORMAT(off)                                                     \
    {                                                                            \
        "Format", kq_opt_format_rows, KQ_OPT_FORMAT_N, (off), kq_opt_format_call \
    }

#endif
