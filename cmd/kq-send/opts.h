/*
 * opts.h - what kq-send can be told: its own option groups beside the shared
 * ones, in one struct that every stage reads and none changes.
 */
#ifndef KQ_SEND_OPTS_H
#define KQ_SEND_OPTS_H

#include "cli/opt.h"
#include "cli/opt_common.h"
#include "cli/opt_conn.h"
#include "cli/opt_format.h"
#include "cli/opt_tls.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What QUERY, -e, -f and stdin are. */
enum send_input {
    SEND_INPUT_TEXT,    /* q text, sent as a char vector */
    SEND_INPUT_Q,       /* a q literal, sent as the object */
    SEND_INPUT_JSON,    /* sent as the object it maps to */
    SEND_INPUT_IPC,     /* whole frames */
    SEND_INPUT_PAYLOAD, /* an object without header */
    SEND_INPUT_HEX,     /* either of the two in hex digits */
};

/* How an argument of --call is read. */
enum send_arg { SEND_ARG_Q, SEND_ARG_STRING, SEND_ARG_SYMBOL, SEND_ARG_JSON, SEND_ARG_BYTES };

/* A query or argument that came as an option, with its place among the operands. */
struct send_word {
    enum { SEND_WORD_EXPR, SEND_WORD_FILE, SEND_WORD_ARG } kind;
    enum send_arg arg; /* WORD_ARG */
    char *text;
    int after; /* operands in front of it */
};

/* What to send. */
struct send_ask {
    struct send_word *words; /* owned */
    size_t n_words;
    const char *call; /* function for --call, or NULL */
    int arg_format;   /* enum send_arg */
    int input;        /* enum send_input */
    bool script;
    bool lines;
};

/* The choices of --interactive. */
enum send_prompt { SEND_PROMPT_AUTO, SEND_PROMPT_PLAIN, SEND_PROMPT_NONE = -1 };

/* How to exchange it. */
struct send_how {
    bool async;
    bool confirm;
    bool deferred;
    bool subscribe;
    bool keep_going;
    bool allow_close;
    bool ping;
    bool latency;
    int interactive; /* enum send_prompt */
    int64_t pipeline;
    int64_t repeat; /* INT64_MAX: for ever */
    int64_t interval_ns;
};

/* What to make of the answer. */
struct send_show {
    int64_t rows, columns; /* 0: the terminal's */
    int header;            /* 0 yes, 1 no */
    bool exit_status;
    const char *type_check; /* NULL: any */
    bool time;
    const char *write_out; /* NULL: nothing */
};

struct send_opts {
    struct kq_opt_common common;
    struct kq_opt_conn conn;
    struct kq_opt_tls tls;
    struct kq_opt_format format;
    struct send_ask ask;
    struct send_how how;
    struct send_show show;
};

extern const struct kq_tool send_tool;

/* Everything at its default. */
void send_opts_init(struct send_opts *o);
void send_opts_release(struct send_opts *o);

/* Options that contradict each other: KQ_EUSAGE. */
bool send_opts_check(const struct send_opts *o, struct kq_err *err);

#endif
