/*
 * opt_common.h - options that every tool has: help, messages, records, limits.
 */
#ifndef KQ_CLI_OPT_COMMON_H
#define KQ_CLI_OPT_COMMON_H

#include "cli/opt.h"

/* Positions of the words of --color, --stats, --time-format. */
enum kq_when { KQ_WHEN_AUTO, KQ_WHEN_ALWAYS, KQ_WHEN_NEVER };
enum kq_stats_form { KQ_STATS_NONE = -1, KQ_STATS_TEXT, KQ_STATS_JSON };
enum kq_time_format {
    KQ_TIME_ISO,   /* 2024-01-02T03:04:05.123456789Z */
    KQ_TIME_EPOCH, /* seconds since 1970 with nine decimals */
    KQ_TIME_REL,   /* seconds since the first message */
    KQ_TIME_DELTA, /* seconds since the message before */
    KQ_TIME_Q,     /* 2024.01.02D03:04:05.123456789 */
};

struct kq_opt_common {
    int verbose;       /* -v, -vv frames, -vvv hex */
    bool quiet;        /* errors only */
    int version;       /* -1; 0 long, 1 short */
    int completions;   /* -1, or enum kq_shell */
    bool debug_config; /* print the settings and end */
    int color;         /* enum kq_when */

    const char *output; /* data output file, NULL or "-": stdout */
    const char *write;  /* record of the wire bytes, or NULL */
    bool null_data;     /* records end in NUL */
    int64_t count;      /* stop after so many; 0: no limit */
    const char *match;  /* regular expression, or NULL */
    int stats;          /* enum kq_stats_form */
    bool hex;           /* hexdump under each message */
    int time_format;    /* enum kq_time_format */
    uint64_t max_size;  /* largest incoming message, 0: no limit but the protocol's */
    bool line_buffered; /* flush after each record even off a terminal */
};

/* Start values; for the initialiser of a tool's struct. */
#define KQ_COMMON_DEFAULTS                                                                      \
    {                                                                                           \
        .version = -1, .completions = -1, .stats = KQ_STATS_NONE, .max_size = UINT64_C(2) << 30 \
    }

/* Rows about messages and records ("Input and output") and about the program ("General"). */
#define KQ_OPT_RECORDS_N 10
#define KQ_OPT_GENERAL_N 7
extern const struct kq_opt kq_opt_records_rows[KQ_OPT_RECORDS_N];
extern const struct kq_opt kq_opt_general_rows[KQ_OPT_GENERAL_N];

/* For a tool's list of groups; `off` is where its struct kq_opt_common is. */
#define KQ_GROUP_RECORDS(off)                                         \
    {                                                                 \
        "Records", kq_opt_records_rows, KQ_OPT_RECORDS_N, (off), NULL \
    }
#define KQ_GROUP_GENERAL(off)                                         \
    {                                                                 \
        "General", kq_opt_general_rows, KQ_OPT_GENERAL_N, (off), NULL \
    }

#endif
