/*
 * opts.c - kq-send's option tables, and the words of its --help.
 *
 * Queries and typed arguments may stand anywhere between the operands; each is
 * kept with its position, and request puts them in order.
 */
#include "opts.h"

#include "base/mem.h"
#include "result.h"

#include <stdlib.h>

/* `off` of the rows that take_word handles. */
enum { EXPR, FILE_, CALL, STRING, SYMBOL, BYTES };

#define ASK(field)  offsetof(struct send_ask, field)
#define HOW(field)  offsetof(struct send_how, field)
#define SHOW(field) offsetof(struct send_show, field)

static const struct kq_opt ask_rows[] = {
    {'e', "expr", KQ_OPT_CALL, .off = EXPR, .arg = "QUERY",
     .help = "a query; repeat it for several over one connection"},
    {'f', "file", KQ_OPT_CALL, .off = FILE_, .arg = "FILE",
     .help = "a query from FILE, sent as one message; - is standard input"},
    {0, "script", KQ_OPT_FLAG, .off = ASK(script),
     .help = "split the file as \\l does and send statement by statement"},
    {'l', "lines", KQ_OPT_FLAG, .off = ASK(lines),
     .help = "one query per input line, one record per answer"},
    {0, "call", KQ_OPT_CALL, .off = CALL, .arg = "FUNC",
     .help = "call FUNC with the words after TARGET as typed arguments"},
    {0, "arg-format", KQ_OPT_ENUM, .off = ASK(arg_format), .arg = "FMT:q|string|symbol|json",
     .help = "how these words are read (default q)"},
    {0, "string", KQ_OPT_CALL, .off = STRING, .arg = "VALUE",
     .help = "one more argument, a string; @FILE is the content of a file"},
    {0, "symbol", KQ_OPT_CALL, .off = SYMBOL, .arg = "VALUE",
     .help = "one more argument, a symbol"},
    {0, "bytes", KQ_OPT_CALL, .off = BYTES, .arg = "VALUE",
     .help = "one more argument, a byte vector"},
    {'I', "input", KQ_OPT_ENUM, .off = ASK(input), .arg = "FMT:text|q|json|ipc|payload|hex",
     .help = "what a query is (default text)"},
};

static const struct kq_opt how_rows[] = {
    {'a', "async", KQ_OPT_FLAG, .off = HOW(async), .help = "send and do not wait for an answer"},
    {0, "confirm", KQ_OPT_FLAG, .off = HOW(confirm),
     .help = "after async messages wait until the server has processed them"},
    {0, "deferred", KQ_OPT_FLAG, .off = HOW(deferred),
     .help = "send async and print the one async message that comes back"},
    {'S', "subscribe", KQ_OPT_FLAG, .off = HOW(subscribe),
     .help = "then stay connected and print what the server sends"},
    {'P', "pipeline", KQ_OPT_INT, .off = HOW(pipeline), .lo = 1, .hi = 1000000, .arg = "N",
     .help = "keep up to N sync requests in flight (default 1)"},
    {0, "keep-going", KQ_OPT_FLAG, .off = HOW(keep_going),
     .help = "go on after a q error; the first one decides the exit status"},
    {0, "allow-close", KQ_OPT_FLAG, .off = HOW(allow_close),
     .help = "the server may close instead of answering"},
    {'r', "repeat", KQ_OPT_INT, .off = HOW(repeat), .lo = 1, .arg = "N",
     .help = "send everything N times over one connection, or inf"},
    {'i', "interval", KQ_OPT_DURATION, .off = HOW(interval_ns), .arg = "DUR",
     .help = "between repeats"},
    {0, "ping", KQ_OPT_FLAG, .off = HOW(ping),
     .help = "connect, log in, ask nothing, say pong and how long it took"},
    {0, "latency", KQ_OPT_FLAG, .off = HOW(latency), .help = "with -r: print only the statistics"},
    {0, "interactive", KQ_OPT_ENUM, KQ_OPT_OPTIONAL, .off = HOW(interactive),
     .arg = "HOW:auto|plain",
     .help = "prompt for queries, also the default at a terminal; plain: no line editing"},
};

static const struct kq_opt show_rows[] = {
    {0, "header", KQ_OPT_ENUM, .off = SHOW(header), .arg = "yes|no",
     .help = "header line of csv and tsv"},
    {0, "rows", KQ_OPT_INT, .off = SHOW(rows), .arg = "N", .help = "lines of text on a terminal"},
    {0, "columns", KQ_OPT_INT, .off = SHOW(columns), .arg = "N",
     .help = "characters of a line of text on a terminal"},
    {0, "exit-status", KQ_OPT_FLAG, .off = SHOW(exit_status),
     .help = "exit 1 when the result is false, zero, null or empty"},
    {0, "type-check", KQ_OPT_STRING, .off = SHOW(type_check), .arg = "T",
     .help = "exit 7 unless the result has this type: j, 98, table"},
    {0, "time", KQ_OPT_FLAG, .off = SHOW(time), .help = "say on standard error what took how long"},
    {0, "write-out", KQ_OPT_STRING, .off = SHOW(write_out), .arg = "TEMPLATE",
     .help = "print %{time_total}, %{bytes_in} and the like at the end"},
};

static bool push(struct send_ask *a, struct send_word w)
{
    a->words = kq_realloc(a->words, (a->n_words + 1) * sizeof w);
    a->words[a->n_words++] = w;
    return true;
}

static bool take_word(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                      struct kq_err *err)
{
    (void)err;
    struct send_ask *a = group;
    struct send_word w = {.text = value, .after = p->n_operands};
    switch (o->off) {
    case EXPR: w.kind = SEND_WORD_EXPR; break;
    case FILE_: w.kind = SEND_WORD_FILE; break;
    case STRING: w.kind = SEND_WORD_ARG, w.arg = SEND_ARG_STRING; break;
    case SYMBOL: w.kind = SEND_WORD_ARG, w.arg = SEND_ARG_SYMBOL; break;
    case BYTES: w.kind = SEND_WORD_ARG, w.arg = SEND_ARG_BYTES; break;
    case CALL:
        /* From here on -1 is a number, and arguments do not end the options. */
        a->call = value;
        p->stop_after = 0;
        p->numbers = true;
        return true;
    }
    return push(a, w);
}

#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

static const struct kq_optgroup groups[] = {
    {"Query", ROWS(ask_rows), offsetof(struct send_opts, ask), take_word},
    {"Exchange", ROWS(how_rows), offsetof(struct send_opts, how), NULL},
    {"Result", ROWS(show_rows), offsetof(struct send_opts, show), NULL},
    KQ_GROUP_FORMAT(offsetof(struct send_opts, format)),
    KQ_GROUP_RECORDS(offsetof(struct send_opts, common)),
    KQ_GROUP_CONN(offsetof(struct send_opts, conn)),
    KQ_GROUP_TLS(offsetof(struct send_opts, tls)),
    KQ_GROUP_GENERAL(offsetof(struct send_opts, common)),
};

const struct kq_tool send_tool = {
    .name = "kq-send",
    .purpose = "Send queries to a kdb+ server and print the answers.",
    .usage = "[OPTION]... TARGET [QUERY]\n"
             "[OPTION]... TARGET -e QUERY [-e QUERY]...\n"
             "[OPTION]... TARGET --call FUNC [ARG]...\n"
             "[OPTION]... TARGET < script.q\n",
    .examples = "ask a server on this machine\n"
                "kq-send :5010 'select count i by sym from trade'\n"
                "call a function with a value from the shell, safely\n"
                "kq-send @prod --call getTrades --symbol \"$sym\" 2024.01.02 10\n"
                "rows as JSON for jq\n"
                "kq-send -j :5010 '0!select last price by sym from trade' | jq .price\n"
                "subscribe to a tickerplant\n"
                "kq-send -S :5010 '.u.sub[`trade;`]'\n"
                "type queries at a prompt\n"
                "kq-send :5010\n"
                "wait until a server is up\n"
                "kq-send --wait=60s --ping :5010\n",
    .notes = "TARGET is a hopen handle: PORT, HOST:PORT[:USER[:PASSWORD]], tcps://HOST:PORT,\n"
             "unix://PORT, :FILE (append to it), or @NAME for a profile; see kq(7).\n",
    .exits = "0  the server answered           5  a time ran out\n"
             "1  --exit-status says no         6  the server refused the login\n"
             "2  bad options or operands       7  damaged or unexpected message\n"
             "3  cannot connect                8  connection lost after sending\n"
             "4  the server signalled an error 9  cannot read or write a file\n",
    .env = "KQ_TARGET, KQ_USER, KQ_FORMAT, KQ_TIMEOUT, KQ_CONNECT_TIMEOUT, KQ_COLOR:\n"
           "    defaults of what they name\n"
           "KQ_CONFIG, KQ_CREDENTIALS, KQ_PASSWORD_FILE: where files are\n"
           "KQ_PASSWORD: the password, if nothing else knows one\n"
           "KX_SSL_*, SSL_*: as for kdb+;  QUDSPATH, LINES, COLUMNS, NO_COLOR\n",
    .operands = "target",
    .bit = KQ_TOOL_SEND,
    .groups = groups,
    .n_groups = sizeof groups / sizeof groups[0],
};

void send_opts_init(struct send_opts *o)
{
    *o = (struct send_opts){
        .common = KQ_COMMON_DEFAULTS,
        .conn = KQ_CONN_DEFAULTS,
        .how = {.pipeline = 1, .repeat = 1, .interactive = SEND_PROMPT_NONE},
    };
}

void send_opts_release(struct send_opts *o)
{
    free(o->ask.words);
    o->ask.words = NULL;
}

bool send_opts_check(const struct send_opts *o, struct kq_err *err)
{
    const struct send_how *h = &o->how;
    if (h->deferred && (h->confirm || h->subscribe))
        return kq_fail(err, KQ_EUSAGE, "--deferred goes neither with --confirm nor --subscribe");
    if (h->confirm && !h->async)
        return kq_fail(err, KQ_EUSAGE, "--confirm is about async messages: add --async");
    if (o->ask.script && o->ask.lines)
        return kq_fail(err, KQ_EUSAGE, "--script and --lines exclude each other");
    if (o->ask.lines && h->repeat > 1)
        return kq_fail(err, KQ_EUSAGE, "--repeat does not go with --lines");
    if (o->show.type_check && !send_result_known(o->show.type_check, err))
        return false;
    if (o->ask.call && (o->ask.script || o->ask.lines || o->ask.input != SEND_INPUT_TEXT))
        return kq_fail(err, KQ_EUSAGE, "--call does not go with --script, --lines or --input");
    if (o->format.format == KQ_FORMAT_CONSOLE && (h->async || h->deferred))
        return kq_fail(err, KQ_EUSAGE, "-F console needs a synchronous query");
    if (o->format.format == KQ_FORMAT_CONSOLE && o->ask.input >= SEND_INPUT_IPC)
        return kq_fail(err, KQ_EUSAGE, "-F console needs a query as text or as a q literal");
    return true;
}
