/*
 * opts.c - kq-pipe's option tables, and the words of its --help.
 */
#include "opts.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>

/* `off` of the rows that the CALL functions handle. */
enum { ADD, PACE };

#define IN(field)   offsetof(struct pipe_in, field)
#define OUT(field)  offsetof(struct pipe_out, field)
#define FLOW(field) offsetof(struct pipe_flow, field)

static const struct kq_opt in_rows[] = {
    {'I', "input", KQ_OPT_ENUM, .off = IN(input),
     .arg = "FMT:csv|tsv|jsonl|lines|bytes|fixed|ipc|tplog|pcap",
     .help = "what comes in (default csv); messages of ipc, tplog and pcap are forwarded as they "
             "are"},
    {'Y', "types", KQ_OPT_STRING, .off = IN(types), .arg = "STR",
     .help = "column types, the letters of q's 0:; blank skips, * is a string; ? alone: guess"},
    {0, "columns", KQ_OPT_STRING, .off = IN(columns), .arg = "LIST",
     .help = "column names and types: time:p,sym:s,price:f,text:C"},
    {0, "schema", KQ_OPT_STRING, .off = IN(schema), .arg = "server|FILE",
     .help = "ask the server for meta of the table, or read name:type lines or an empty table"},
    {'d', "delimiter", KQ_OPT_STRING, .off = IN(delimiter), .arg = "C",
     .help = "between fields: a character, \\t or \\x01 (default comma; tsv: tab)"},
    {'H', "header", KQ_OPT_FLAG, .off = IN(header),
     .help = "the first line of each file has the column names"},
    {0, "widths", KQ_OPT_STRING, .off = IN(widths), .arg = "N,N,...",
     .help = "bytes of each field of fixed input"},
    {0, "quote", KQ_OPT_STRING, .off = IN(quote), .arg = "C",
     .help = "quote character, or none (default \")"},
    {0, "escape", KQ_OPT_STRING, .off = IN(escape), .arg = "C",
     .help = "makes the next character literal (default: quotes are doubled)"},
    {0, "na", KQ_OPT_STRING, .off = IN(na), .arg = "TEXT",
     .help = "fields with this text are null too"},
    {0, "time-zone", KQ_OPT_STRING, .off = IN(time_zone), .arg = "ZONE",
     .help = "of times without one: UTC (default), +hh:mm or a name as Europe/Berlin"},
    {0, "epoch", KQ_OPT_ENUM, .off = IN(epoch), .arg = "none|s|ms|us|ns",
     .help = "dates and times are numbers since 1970 in this unit"},
    {0, "add", KQ_OPT_CALL, .off = ADD, .arg = "NAME=VALUE",
     .help = "a further column in front: a q literal, or now; repeatable"},
    {0, "max-record", KQ_OPT_SIZE, .off = IN(max_record), .arg = "SIZE",
     .help = "longest record (default 16M)"},
    {0, "reopen", KQ_OPT_FLAG, .off = IN(reopen),
     .help = "a fifo does not end with its writer: wait for the next one"},
    {0, "follow", KQ_OPT_FLAG, .off = IN(follow),
     .help = "wait for a file to grow, and for its successor when it is rotated"},
    {0, "on-error", KQ_OPT_ENUM, .off = IN(on_error), .arg = "stop|skip|null",
     .help = "what to do with rows that cannot be read; null does as q's 0: (default stop)"},
    {0, "reject", KQ_OPT_STRING, .off = IN(reject), .arg = "FILE",
     .help = "append rejected lines to FILE, each after file:line: reason"},
    {0, "max-errors", KQ_OPT_INT, .off = IN(max_errors), .arg = "N",
     .help = "with --on-error=skip: rejected rows that are still a success (default 0)"},
    {0, "rate", KQ_OPT_INT, .off = IN(rate), .lo = 1, .arg = "N",
     .help = "rows per second at most"},
    {0, "pace", KQ_OPT_CALL, KQ_OPT_OPTIONAL, .off = PACE, .arg = "FACTOR",
     .help = "keep the time gaps of the first time column or of the capture, FACTOR times as fast"},
    {0, "tee", KQ_OPT_FLAG, .off = IN(tee), .help = "copy accepted lines to standard output"},
};

static const struct kq_opt out_rows[] = {
    {'t', "table", KQ_OPT_STRING, KQ_OPT_PROFILE, .off = OUT(table), .arg = "NAME",
     .help = "the table that the rows are for"},
    {0, "call", KQ_OPT_STRING, KQ_OPT_PROFILE, .off = OUT(call), .arg = "FN",
     .help = "function that gets table and data: insert (default), upsert, .u.upd, any"},
    {0, "shape", KQ_OPT_ENUM, KQ_OPT_PROFILE, .off = OUT(shape), .arg = "columns|table|rows",
     .help = "a list of columns, a table, or a message for each row"},
    {'b', "batch", KQ_OPT_INT, KQ_OPT_PROFILE, .off = OUT(batch), .lo = 1, .hi = 10000000,
     .arg = "N", .help = "rows per message (default 10000)"},
    {0, "batch-bytes", KQ_OPT_SIZE, KQ_OPT_PROFILE, .off = OUT(batch_bytes), .arg = "SIZE",
     .help = "bytes of input per message (default 131000), whichever comes first"},
    {0, "linger", KQ_OPT_DURATION, KQ_OPT_PROFILE, .off = OUT(linger_ns), .arg = "DUR",
     .help = "send what there is after this time (default 100ms)"},
    {'n', "dry-run", KQ_OPT_FLAG, .off = OUT(dry_run),
     .help = "connect to nothing, TARGET is -: print the first message, or all with -F ipc"},
};

static const struct kq_opt flow_rows[] = {
    {'a', "async", KQ_OPT_FLAG, .off = FLOW(async),
     .help = "async messages, confirmed by a sync one now and then (the default)"},
    {0, "ack-every", KQ_OPT_INT, KQ_OPT_PROFILE, .off = FLOW(ack_every), .lo = 1, .hi = 1000000,
     .arg = "N", .help = "confirm every N messages (default 16), and at the end"},
    {0, "ack-timeout", KQ_OPT_DURATION, KQ_OPT_PROFILE, .off = FLOW(ack_timeout_ns), .arg = "DUR",
     .help = "a connection without answers for so long is lost; asked when idle (default none)"},
    {0, "sync", KQ_OPT_FLAG, KQ_OPT_PROFILE, .off = FLOW(sync),
     .help = "every message is a sync request"},
    {0, "buffer", KQ_OPT_SIZE, KQ_OPT_PROFILE, .off = FLOW(buffer), .arg = "SIZE",
     .help = "unconfirmed data in memory (default 64M); beyond it input is not read"},
    {0, "spool", KQ_OPT_STRING, .off = FLOW(spool), .arg = "FILE",
     .help = "tickerplant log for what is not confirmed yet; sent first at the next start"},
    {0, "spool-sync", KQ_OPT_ENUM, .off = FLOW(spool_sync), .arg = "never|batch|ack",
     .help = "when to fsync the spool (default never: it survives us, not the machine)"},
    {0, "on-full", KQ_OPT_ENUM, .off = FLOW(on_full), .arg = "block|drop-old|drop-new|exit",
     .help = "when --buffer is full (default block)"},
    {0, "reconnect", KQ_OPT_INT, KQ_OPT_PROFILE, .off = FLOW(reconnect), .arg = "N",
     .help = "after a lost connection try N times, or inf; what is unconfirmed is sent again"},
    {0, "once-only", KQ_OPT_FLAG, .off = FLOW(once_only),
     .help = "never send anything twice; a lost connection ends with exit status 8"},
    {0, "drain", KQ_OPT_DURATION, KQ_OPT_PROFILE, .off = FLOW(drain_ns), .arg = "DUR",
     .help = "wait so long for confirmations at the end (default 30s)"},
    {0, "shard-by", KQ_OPT_STRING, .off = FLOW(shard_by), .arg = "COLUMN",
     .help = "each row goes to one of several servers, selected by the value of this column"},
    {0, "progress", KQ_OPT_ENUM, .off = FLOW(progress), .arg = "auto|always|never",
     .help = "show rows, speed and what is unconfirmed"},
    {0, "state", KQ_OPT_STRING, .off = FLOW(state), .arg = "FILE",
     .help = "at the end write {rows,bytes,acked} as JSON"},
};

static bool parse_pace(const char *value, double *pace, struct kq_err *err)
{
    double f = 1;
    if (value && (!kq_parse_f64(value, strlen(value), &f) || !(f > 0) || f > 1e9))
        return kq_fail(err, KQ_EUSAGE, "--pace: '%s' is not a factor", value);
    *pace = f;
    return true;
}

static bool take_in(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                    struct kq_err *err)
{
    (void)p;
    struct pipe_in *in = group;
    if (o->off == PACE)
        return parse_pace(value, &in->pace, err);
    const char *eq = strchr(value, '=');
    if (!eq || eq == value || !eq[1])
        return kq_fail(err, KQ_EUSAGE, "--add: '%s' is not NAME=VALUE", value);
    in->add = kq_realloc(in->add, (in->n_add + 1) * sizeof *in->add);
    in->add[in->n_add++] = value;
    return true;
}

#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

static const struct kq_optgroup groups[] = {
    {"Input", ROWS(in_rows), offsetof(struct pipe_opts, in), take_in},
    {"Messages", ROWS(out_rows), offsetof(struct pipe_opts, out), NULL},
    {"Delivery", ROWS(flow_rows), offsetof(struct pipe_opts, flow), NULL},
    KQ_GROUP_FORMAT(offsetof(struct pipe_opts, format)),
    KQ_GROUP_RECORDS(offsetof(struct pipe_opts, common)),
    KQ_GROUP_CONN(offsetof(struct pipe_opts, conn)),
    KQ_GROUP_TLS(offsetof(struct pipe_opts, tls)),
    KQ_GROUP_GENERAL(offsetof(struct pipe_opts, common)),
};

const struct kq_tool pipe_tool = {
    .name = "kq-pipe",
    .purpose = "Feed lines from files, fifos or standard input to a kdb+ server.",
    .usage = "[OPTION]... TARGET [TARGET]... [FILE|FIFO]...\n"
             "-n [OPTION]... - [FILE|FIFO]...\n",
    .examples = "csv from a fifo into a table\n"
                "kq-pipe -t trade -Y PSFJ :5010 trades.fifo\n"
                "a csv file with a header, types from the server\n"
                "kq-pipe -t trade -H --schema=server :5010 trades.csv\n"
                "a log into a tickerplant, across restarts of either\n"
                "tail -F x.csv | kq-pipe -t x -Y PSC --reconnect=inf --spool x.tp @tp\n"
                "see what would be sent\n"
                "head -5 trades.csv | kq-pipe -n -t trade -Y PSFJ -\n"
                "replay a tickerplant log\n"
                "kq-pipe -I tplog :5011 sym2024.01.02\n",
    .notes = "TARGET is a hopen handle: PORT, HOST:PORT[:USER[:PASSWORD]], tcps://HOST:PORT,\n"
             "unix://PORT, or @NAME for a profile; see kq(7).  Further ones begin with : or @\n"
             "or a scheme, as in :db2:5010; other operands are files.  No FILE, or -, is\n"
             "standard input.\n",
    .exits = "0  all rows were sent and confirmed  6  the server refused the login\n"
             "2  bad options or operands           7  damaged message or log\n"
             "3  cannot connect                    8  connection lost, rows unconfirmed\n"
             "4  the server signalled an error     9  cannot read or write a file\n"
             "5  a time ran out                    10 rows were rejected\n",
    .env = "KQ_TARGET, KQ_USER, KQ_FORMAT, KQ_TIMEOUT, KQ_CONNECT_TIMEOUT, KQ_COLOR:\n"
           "    defaults of what they name\n"
           "KQ_CONFIG, KQ_CREDENTIALS, KQ_PASSWORD_FILE: where files are\n"
           "KQ_PASSWORD: the password, if nothing else knows one\n"
           "KX_SSL_*, SSL_*: as for kdb+;  QUDSPATH, NO_COLOR;  NOTIFY_SOCKET: systemd\n",
    .operands = "target",
    .bit = KQ_TOOL_PIPE,
    .groups = groups,
    .n_groups = sizeof groups / sizeof groups[0],
};

void pipe_opts_init(struct pipe_opts *o)
{
    *o = (struct pipe_opts){
        .common = KQ_COMMON_DEFAULTS,
        .conn = KQ_CONN_DEFAULTS,
        .in = {.max_record = UINT64_C(16) << 20},
        .out = {.call = "insert",
                .batch = 10000,
                .batch_bytes = 131000,
                .linger_ns = INT64_C(100000000)},
        .flow = {.ack_every = 16, .buffer = UINT64_C(64) << 20, .drain_ns = INT64_C(30000000000)},
    };
}

void pipe_opts_release(struct pipe_opts *o)
{
    free(o->in.add);
    o->in.add = NULL;
}

bool pipe_opt_char(const char *name, const char *text, int *c, struct kq_err *err)
{
    uint8_t byte;
    if (strcmp(text, "none") == 0)
        *c = -1;
    else if (strcmp(text, "\\t") == 0)
        *c = '\t';
    else if (strcmp(text, "\\0") == 0)
        *c = 0;
    else if (strlen(text) == 4 && text[0] == '\\' && text[1] == 'x' &&
             kq_parse_hex(text + 2, 2, &byte))
        *c = byte;
    else if (strlen(text) == 1)
        *c = (unsigned char)text[0];
    else
        return kq_fail(err, KQ_EUSAGE, "%s: '%s' is not one character", name, text);
    return true;
}

static bool check_typed(const struct pipe_opts *o, struct kq_err *err)
{
    const struct pipe_in *in = &o->in;
    int sources = (in->types != NULL) + (in->columns != NULL) + (in->schema != NULL);
    if (!o->out.table)
        return kq_fail(err, KQ_EUSAGE, "which table? --table is missing");
    if (sources > 1)
        return kq_fail(err, KQ_EUSAGE, "--types, --columns and --schema exclude each other");
    if (!sources)
        return kq_fail(err, KQ_EUSAGE, "which columns? --types, --columns or --schema is missing");
    if (in->input == PIPE_FIXED && !in->widths)
        return kq_fail(err, KQ_EUSAGE, "fixed input needs --widths");
    if (in->input == PIPE_JSONL && in->types)
        return kq_fail(err, KQ_EUSAGE, "jsonl has names: --columns or --schema instead of --types");
    if (in->types && strcmp(in->types, "?") == 0 && in->input != PIPE_CSV && in->input != PIPE_TSV)
        return kq_fail(err, KQ_EUSAGE, "types are guessed for csv and tsv only");
    if (o->out.shape == PIPE_TABLE && in->types && !in->header)
        return kq_fail(err, KQ_EUSAGE,
                       "a table needs column names: --columns, --schema or "
                       "--header");
    return true;
}

static bool into_table(const char *call)
{
    return !call || strcmp(call, "insert") == 0 || strcmp(call, "upsert") == 0;
}

static bool check_untyped(const struct pipe_opts *o, const struct kq_opts *p, struct kq_err *err)
{
    const struct pipe_in *in = &o->in;
    if (!pipe_is_forward(in->input) && !o->out.table &&
        kq_opts_origin(p, "call") == KQ_FROM_DEFAULT)
        return kq_fail(err, KQ_EUSAGE, "which function gets the %s? --call is missing",
                       in->input == PIPE_LINES ? "lines" : "bytes");
    if (in->types || in->columns || in->schema || in->header || in->n_add)
        return kq_fail(err, KQ_EUSAGE,
                       "--types, --columns, --schema, --header and --add are for "
                       "csv, tsv, jsonl and fixed input");
    if ((in->input == PIPE_IPC || in->input == PIPE_PCAP) && in->follow)
        return kq_fail(err, KQ_EUSAGE, "--follow does not go with %s input",
                       in->input == PIPE_IPC ? "ipc" : "pcap");
    if (in->input == PIPE_PCAP && in->reopen)
        return kq_fail(err, KQ_EUSAGE, "--reopen does not go with pcap input");
    return true;
}

bool pipe_opts_check(struct pipe_opts *o, const struct kq_opts *p, struct kq_err *err)
{
    struct pipe_in *in = &o->in;
    struct pipe_flow *f = &o->flow;
    if (in->schema && strcmp(in->schema, "none") == 0)
        in->schema = NULL;
    if (f->sync && f->async)
        return kq_fail(err, KQ_EUSAGE, "--sync and --async exclude each other");
    if (f->once_only && (f->reconnect || f->spool))
        return kq_fail(err, KQ_EUSAGE, "--once-only goes neither with --reconnect nor --spool");
    if (in->pace > 0 && (in->tee || in->input == PIPE_LINES || in->input == PIPE_BYTES))
        return kq_fail(err, KQ_EUSAGE, "--pace needs times, and does not go with --tee");
    if (f->shard_by && !pipe_is_typed(in->input))
        return kq_fail(err, KQ_EUSAGE, "--shard-by needs columns: csv, tsv, jsonl or fixed input");
    if (o->conn.endian == KQ_ENDIAN_BIG && f->spool)
        return kq_fail(err, KQ_EUSAGE,
                       "--endian=big does not go with --spool: logs are "
                       "little-endian");
    if (o->out.dry_run && in->schema && strcmp(in->schema, "server") == 0)
        return kq_fail(err, KQ_EUSAGE, "a dry run has no server to ask: --columns or --types");
    if (o->out.dry_run && kq_opts_origin(p, "format") == KQ_FROM_DEFAULT)
        o->format.format = KQ_FORMAT_Q;
    if (in->widths && in->input == PIPE_CSV && kq_opts_origin(p, "input") == KQ_FROM_DEFAULT)
        in->input = PIPE_FIXED;
    /* With names of its own, insert can make a table that is not there yet. */
    if (in->columns && kq_opts_origin(p, "shape") == KQ_FROM_DEFAULT && into_table(o->out.call))
        o->out.shape = PIPE_TABLE;
    if (!pipe_is_typed(in->input) && kq_opts_origin(p, "batch") == KQ_FROM_DEFAULT)
        o->out.batch = INT64_C(10000000); /* .Q.fps counts bytes only */
    if (!o->out.batch_bytes)
        o->out.batch_bytes = UINT64_MAX / 4;
    if (!f->buffer)
        f->buffer = UINT64_MAX / 4;
    return pipe_is_typed(in->input) ? check_typed(o, err) : check_untyped(o, p, err);
}
