/*
 * opts.c - kq-dump's option tables, and the words of its --help.
 */
#include "opts.h"

#define FROM(field)  offsetof(struct dump_from, field)
#define WHICH(field) offsetof(struct dump_which, field)
#define SHOW(field)  offsetof(struct dump_show, field)

static const struct kq_opt from_rows[] = {
    {'I', "input", KQ_OPT_ENUM, .off = FROM(input),
     .arg = "FMT:auto|pcap|ipc|tplog|payload|hex|wire",
     .help = "what the input is; recognised from its first bytes"},
    {'i', "interface", KQ_OPT_STRING, .off = FROM(interface), .arg = "IFACE",
     .help = "capture live; operands are then a filter expression as for tcpdump"},
    {0, "bpf", KQ_OPT_STRING, .off = FROM(bpf), .arg = "EXPR",
     .help = "look only at packets that pass this tcpdump filter"},
    {'p', "port", KQ_OPT_STRING, .off = FROM(ports), .arg = "N[,N-M]",
     .help = "ports of servers in captures; without it what looks like kdb+ is decoded"},
    {0, "follow", KQ_OPT_FLAG, .off = FROM(follow), .help = "at the end of the file wait for more"},
    {0, "gap", KQ_OPT_ENUM, .off = FROM(gap), .arg = "resync|stop|report",
     .help = "after lost segments: go on, drop the connection, or go on and exit with 7"},
    {0, "max-memory", KQ_OPT_SIZE, .off = FROM(max_memory), .arg = "SIZE",
     .help = "for data that wait for more of them (default 256M)"},
    {0, "relaxed", KQ_OPT_FLAG, .off = FROM(relaxed),
     .help = "show as hex what cannot be decoded, and go on"},
    {0, "strict", KQ_OPT_FLAG, .off = FROM(strict),
     .help = "stop with status 7 at the first thing that cannot be decoded"},
};

static const struct kq_opt which_rows[] = {
    {0, "host", KQ_OPT_STRING, .off = WHICH(hosts), .arg = "ADDR[,ADDR]",
     .help = "only connections of these addresses"},
    {0, "stream", KQ_OPT_INT, .off = WHICH(stream), .lo = 1, .arg = "N",
     .help = "only connection number N"},
    {0, "kind", KQ_OPT_STRING, .off = WHICH(kinds), .arg = "KIND[,KIND]",
     .help = "handshake, async, sync, response, error, text, object, note"},
    {0, "fn", KQ_OPT_STRING, .off = WHICH(fns), .arg = "NAME[,NAME]",
     .help = "only calls of these functions, and the answers to them"},
    {0, "table", KQ_OPT_STRING, .off = WHICH(tables), .arg = "NAME[,NAME]",
     .help = "only calls whose first argument is one of these tables"},
    {0, "min-size", KQ_OPT_SIZE, .off = WHICH(min_size), .arg = "SIZE",
     .help = "only messages of at least that many bytes"},
    {0, "slow", KQ_OPT_DURATION, .off = WHICH(slow_ns), .arg = "DUR",
     .help = "only responses that took at least that long"},
    {0, "errors", KQ_OPT_FLAG, .off = WHICH(errors),
     .help = "only q errors, with the query that caused each"},
    {0, "skip", KQ_OPT_INT, .off = WHICH(skip), .arg = "N",
     .help = "leave out the first N messages that would be shown"},
    {0, "from", KQ_OPT_STRING, .off = WHICH(from), .arg = "TIME|#N",
     .help = "begin at a time, or at message N of the input, counted from 0"},
    {0, "to", KQ_OPT_STRING, .off = WHICH(to), .arg = "TIME|#N",
     .help = "end before that time or message"},
};

static const struct kq_opt show_rows[] = {
    {0, "tree", KQ_OPT_FLAG, .off = SHOW(tree),
     .help = "same as -F tree: every field with offset, bytes, place and value"},
    {0, "fields", KQ_OPT_STRING, .off = SHOW(fields), .arg = "LIST",
     .help = "columns of csv and text: time,conn,src,dst,kind,size,query,..."},
    {0, "width", KQ_OPT_INT, .off = SHOW(width), .lo = 0, .arg = "N",
     .help = "cut lines of text after N columns, 0: never (default: the terminal's)"},
    {0, "pair", KQ_OPT_ENUM, .off = SHOW(pair), .arg = "yes|no",
     .help = "show a response with its request and the latency"},
    {0, "show-secrets", KQ_OPT_FLAG, .off = SHOW(secrets), .help = "show passwords of logins"},
    {0, "check", KQ_OPT_FLAG, .off = SHOW(check),
     .help = "print only valid=N bytes=B for each file; exit with 7 on damage"},
    {0, "repair", KQ_OPT_STRING, .off = SHOW(repair), .arg = "OUT",
     .help = "write all good records of a damaged log to OUT, say what was left out"},
    {0, "by", KQ_OPT_ENUM, .off = SHOW(by), .arg = "fn|conn|user|table|query",
     .help = "grouping of --stats; in queries literals are replaced by ?"},
    {0, "split", KQ_OPT_ENUM, .off = SHOW(split), .arg = "table|conn|fn",
     .help = "one output file for each in the folder that -o names"},
    {0, "report", KQ_OPT_STRING, .off = SHOW(report), .arg = "FILE",
     .help = "write a page of graphs and tables (HTML)"},
    {0, "progress", KQ_OPT_ENUM, .off = SHOW(progress), .arg = "auto|always|never",
     .help = "say on standard error how far it is; so does SIGUSR1"},
};

#define ROWS(rows) rows, sizeof rows / sizeof rows[0]

static const struct kq_optgroup groups[] = {
    {"Input", ROWS(from_rows), offsetof(struct dump_opts, from), NULL},
    {"Selection", ROWS(which_rows), offsetof(struct dump_opts, which), NULL},
    {"Output", ROWS(show_rows), offsetof(struct dump_opts, show), NULL},
    KQ_GROUP_FORMAT(offsetof(struct dump_opts, format)),
    KQ_GROUP_RECORDS(offsetof(struct dump_opts, common)),
    KQ_GROUP_GENERAL(offsetof(struct dump_opts, common)),
};

const struct kq_tool dump_tool = {
    .name = "kq-dump",
    .purpose = "Decode kdb+ messages in captures, recordings, logs and files.",
    .usage = "[OPTION]... [FILE]...\n"
             "[OPTION]... -i IFACE [EXPRESSION]\n",
    .examples = "what is in a capture\n"
                "kq-dump tp.pcap\n"
                "which queries are slow\n"
                "kq-dump -s --by=query -F none tp.pcap.gz\n"
                "who caused errors\n"
                "kq-dump --errors -F csv --fields time,client,user,query,value tp.pcap\n"
                "every byte of a message explained\n"
                "kq-dump --tree <<< 0x010000000d000000fa2a000000\n"
                "how much of a tickerplant log is good, and save it\n"
                "kq-dump --check sym2024.01.02; kq-dump --repair good.log sym2024.01.02\n",
    .notes = "",
    .exits = "0  all was decoded               3  cannot capture\n"
             "1  nothing passed the filters    7  damaged or undecodable input\n"
             "2  bad options                   9  cannot read or write a file\n",
    .env = "KQ_FORMAT, KQ_COLOR: defaults of --format and --color\n"
           "LINES, COLUMNS, NO_COLOR, CLICOLOR_FORCE\n",
    .operands = "file",
    .bit = KQ_TOOL_DUMP,
    .groups = groups,
    .n_groups = sizeof groups / sizeof groups[0],
};

void dump_opts_init(struct dump_opts *o)
{
    *o = (struct dump_opts){
        .common = KQ_COMMON_DEFAULTS,
        .from = {.max_memory = UINT64_C(256) << 20},
        .show = {.split = -1, .width = -1},
    };
}

bool dump_opts_check(struct dump_opts *o, struct kq_err *err)
{
    if (o->show.tree)
        o->format.format = KQ_FORMAT_TREE;
    if (o->show.check || o->show.repair)
        o->format.format = KQ_FORMAT_NONE;
    if (o->from.relaxed && o->from.strict)
        return kq_fail(err, KQ_EUSAGE, "--relaxed and --strict exclude each other");
    if (o->show.split >= 0 && !o->common.output)
        return kq_fail(err, KQ_EUSAGE, "--split needs -o and the name of a folder");
    if (o->show.check && o->show.repair)
        return kq_fail(err, KQ_EUSAGE, "--check and --repair exclude each other");
    if (o->from.interface && o->from.follow)
        return kq_fail(err, KQ_EUSAGE, "--follow is about files, not about --interface");
    return true;
}
