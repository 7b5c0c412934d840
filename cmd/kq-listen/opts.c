/*
 * opts.c - the option tables of kq-listen; everything about options is made from them.
 */
#include "opts.h"

#include "base/fparse.h"
#include "base/mem.h"

#include <stdlib.h>

#define SERVER(field) offsetof(struct lst_server_opts, field)
#define ACCESS(field) offsetof(struct lst_access_opts, field)

#define ANSWER(field) offsetof(struct lst_answer_opts, field)
#define FAULT(field)  offsetof(struct lst_fault_opts, field)
#define RECORD(field) offsetof(struct lst_record_opts, field)

enum { CALL_PORT = 1, CALL_REPLY, CALL_FAULT, CALL_EXPECT, CALL_PACE };

static const struct kq_opt server_rows[] = {
    {'p', "port", KQ_OPT_CALL, .off = CALL_PORT, .arg = "LISTEN",
     .help = "listen there, as the operand LISTEN; may be repeated (default: any free port)"},
    {0, "port-file", KQ_OPT_STRING, .off = SERVER(port_file), .arg = "FILE",
     .help = "write the port to FILE once connections are accepted"},
    {0, "ready-fd", KQ_OPT_INT, .off = SERVER(ready_fd), .lo = 0, .hi = 65535, .arg = "N",
     .help = "write the port to descriptor N and close it once connections are accepted"},
    {'4', "", KQ_OPT_CALLFLAG, .off = '4', .help = "IPv4 only"},
    {'6', "", KQ_OPT_CALLFLAG, .off = '6', .help = "IPv6 only"},
    {'1', "once", KQ_OPT_FLAG, .off = SERVER(once), .help = "end after the first connection"},
    {0, "max-conns", KQ_OPT_INT, .off = SERVER(max_conns), .lo = 0, .arg = "N",
     .help = "refuse further connections while N are open (default 1024)"},
    {0, "max-queue", KQ_OPT_SIZE, .off = SERVER(max_queue), .arg = "SIZE",
     .help = "cut off a client that leaves more than this unread (default 256M)"},
    {0, "idle-timeout", KQ_OPT_DURATION, .off = SERVER(idle_timeout_ns), .arg = "DUR",
     .help = "close connections that are silent for so long"},
    {0, "timeout", KQ_OPT_DURATION, .off = SERVER(timeout_ns), .arg = "DUR",
     .help = "end when nothing has happened for so long"},
    {'t', "timer", KQ_OPT_INT, .off = SERVER(timer_ms), .lo = 0, .arg = "MS",
     .help = "run .z.ts every MS milliseconds"},
    {0, "capability", KQ_OPT_INT, .off = SERVER(capability), .lo = 0, .hi = 6, .arg = "N",
     .help = "highest capability to grant in the handshake (default 6)"},
    {0, "compress", KQ_OPT_ENUM, .off = SERVER(compress), .arg = "auto|always|never",
     .help = "compress answers; auto: as kdb+, for other machines above 2000 bytes"},
    {0, "endian", KQ_OPT_ENUM, .off = SERVER(endian), .arg = "little|big",
     .help = "byte order of answers"},
    {0, "no-qcon", KQ_OPT_FLAG, .off = SERVER(no_qcon),
     .help = "refuse the text protocol of the console client"},
    {0, "no-http", KQ_OPT_FLAG, .off = SERVER(no_http), .help = "refuse HTTP and WebSocket"},
    {0, "log", KQ_OPT_ENUM, .off = SERVER(log), .arg = "FORM:auto|text|json|none",
     .help = "one line per event on standard output; auto: text on a terminal, else json"},
};

static const struct kq_opt access_rows[] = {
    {'U', "users", KQ_OPT_STRING, .off = ACCESS(users), .arg = "FILE",
     .help = "password file: user:password lines, plain, MD5 or SHA-1; SIGHUP reads it again"},
    {'u', "restrict", KQ_OPT_STRING, .off = ACCESS(restrict_arg), .arg = "1|FILE",
     .help = "as q: clients get no files or system commands; with FILE also -U FILE"},
    {'b', "block-writes", KQ_OPT_FLAG, .off = ACCESS(block_writes),
     .help = "as q: clients cannot change anything ('noupdate)"},
    {0, "allow-files", KQ_OPT_STRING, .off = ACCESS(files), .arg = "DIR",
     .help = "let q code read and write the files of DIR; without, it gets none"},
    {'T', "query-timeout", KQ_OPT_DURATION, .off = ACCESS(query_timeout_ns), .arg = "DUR",
     .help = "stop a query that runs longer (a bare number is seconds, as in q)"},
    {0, "memory", KQ_OPT_INT, .off = ACCESS(memory_mb), .lo = 0, .arg = "MB",
     .help = "memory for values; beyond it a query fails with 'wsfull (default 4096)"},
    {'E', "tls-mode", KQ_OPT_INT, .off = ACCESS(tls_mode), .lo = 0, .hi = 2, .arg = "0|1|2",
     .help = "0 plain, 1 plain and TLS on the same port, 2 TLS only"},
    {0, "verify-client", KQ_OPT_STRING, .off = ACCESS(verify_client),
     .arg = "no|yes|requestonly|ifpresent", .help = "ask clients for a certificate"},
};

static const struct kq_opt answer_rows[] = {
    {'R', "reply", KQ_OPT_CALL, .off = CALL_REPLY, .arg = "RE=VALUE",
     .help = "answer VALUE to requests whose text matches RE; may be repeated"},
    {'f', "rules", KQ_OPT_STRING, .off = ANSWER(rules), .arg = "FILE",
     .help =
         "such rules, one a line, with delay= times= kind= user= fault=; SIGHUP reads it again"},
    {0, "default", KQ_OPT_STRING, .off = ANSWER(otherwise), .arg = "VALUE",
     .help =
         "when no rule fits: eval (default), echo, literal, hang, close, 'error or a q literal"},
    {'X', "exec", KQ_OPT_STRING, .off = ANSWER(exec), .arg = "CMD",
     .help = "run CMD by the shell for each request, which it gets on standard input in -F form"},
    {0, "exec-limit", KQ_OPT_INT, .off = ANSWER(exec_limit), .lo = 1, .arg = "N",
     .help = "run at most N commands at a time (default 8)"},
    {0, "reply-format", KQ_OPT_ENUM, .off = ANSWER(reply_format), .arg = "q|json|ipc",
     .help = "what CMD prints"},
    {0, "proxy", KQ_OPT_STRING, .off = ANSWER(proxy), .arg = "TARGET",
     .help = "have TARGET answer, and log both ways; -w makes a recording"},
    {0, "replay", KQ_OPT_STRING, .off = ANSWER(replay), .arg = "FILE",
     .help = "answer from a recording: of -w, or a capture or JSON lines of kq-dump"},
    {0, "replay-timing", KQ_OPT_FLAG, .off = ANSWER(replay_timing),
     .help = "take as long to answer as the recording shows"},
    {0, "strict", KQ_OPT_FLAG, .off = ANSWER(strict),
     .help = "exit 1 when a request was not in the recording"},
};

static const struct kq_opt fault_rows[] = {
    {0, "fault", KQ_OPT_CALL, .off = CALL_FAULT, .arg = "SPEC",
     .help = "NAME[=VALUE][,p=PROB][,conn=N][,msg=N][,kind=K], see the manual; may be repeated"},
    {0, "seed", KQ_OPT_INT, .off = FAULT(seed), .lo = 0, .arg = "N",
     .help = "make what happens by chance happen again"},
};

static const struct kq_opt record_rows[] = {
    {0, "expect", KQ_OPT_CALL, .off = CALL_EXPECT, .arg = "RE",
     .help = "exit 1 unless a message matches RE; \"RE xN\": exactly N; may be repeated"},
    {0, "expect-in-order", KQ_OPT_FLAG, .off = RECORD(in_order),
     .help = "the expected messages must come in this order"},
    {0, "push", KQ_OPT_STRING, .off = RECORD(push), .arg = "FILE",
     .help =
         "send each record of FILE (lines of q data or JSON, IPC, tickerplant log) to all clients; "
         "-: stdin"},
    {'i', "interval", KQ_OPT_DURATION, .off = RECORD(interval_ns), .arg = "DUR",
     .help = "between pushed records"},
    {0, "pace", KQ_OPT_CALL, KQ_OPT_OPTIONAL, .off = CALL_PACE, .arg = "FACTOR",
     .help = "keep the time gaps of kq-dump's JSON lines, FACTOR times as fast"},
    {0, "tplog", KQ_OPT_STRING, .off = RECORD(tplog), .arg = "FILE",
     .help = "append async messages to FILE as a tickerplant log"},
};

#define ROWS(a) (a), sizeof(a) / sizeof *(a)

static void words_add(struct lst_words *w, const char *word)
{
    w->word = kq_realloc(w->word, (size_t)(w->n + 1) * sizeof *w->word);
    w->word[w->n++] = word;
}

static bool server_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                        struct kq_err *err)
{
    struct lst_server_opts *s = group;
    (void)p;
    (void)err;
    if (o->off == CALL_PORT)
        words_add(&s->ports, value);
    else
        s->family = o->off == '4' ? 4 : 6;
    return true;
}

static bool record_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                        struct kq_err *err)
{
    struct lst_record_opts *r = group;
    (void)p;
    if (o->off == CALL_EXPECT) {
        words_add(&r->expect, value);
        return true;
    }
    r->pace = 1;
    if (!value || (kq_parse_f64(value, strlen(value), &r->pace) && r->pace > 0 && r->pace <= 1e9))
        return true;
    return kq_fail(err, KQ_EUSAGE, "option '--pace': '%s' is not a factor such as 1 or 10", value);
}

static bool words_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                       struct kq_err *err)
{
    (void)p;
    (void)err;
    if (o->off == CALL_REPLY)
        words_add(&((struct lst_answer_opts *)group)->replies, value);
    else
        words_add(&((struct lst_fault_opts *)group)->faults, value);
    return true;
}

static const struct kq_optgroup groups[] = {
    {"Server", ROWS(server_rows), offsetof(struct lst_opts, server), server_call},
    {"Access", ROWS(access_rows), offsetof(struct lst_opts, access), NULL},
    {"Answers", ROWS(answer_rows), offsetof(struct lst_opts, answer), words_call},
    {"Faults", ROWS(fault_rows), offsetof(struct lst_opts, fault), words_call},
    {"Tests", ROWS(record_rows), offsetof(struct lst_opts, record), record_call},
    KQ_GROUP_FORMAT(offsetof(struct lst_opts, format)),
    KQ_GROUP_TLS(offsetof(struct lst_opts, tls)),
    KQ_GROUP_RECORDS(offsetof(struct lst_opts, common)),
    KQ_GROUP_GENERAL(offsetof(struct lst_opts, common)),
};

const struct kq_tool lst_tool = {
    .name = "kq-listen",
    .purpose = "a kdb+ IPC server for tests: evaluates q and answers as kdb+ does",
    .usage = "[OPTION]... [SCRIPT.q] [LISTEN]...\n",
    .examples = "answer queries on localhost, port 5001\n"
                "kq-listen -p 5001\n"
                "load a script, take any free port and tell which\n"
                "kq-listen --port-file port tables.q &\n"
                "with users, as q -u\n"
                "kq-listen -p 5001 -u users.txt\n"
                "reset the connection at the third message\n"
                "kq-listen --fault rst,msg=3 5001\n"
                "record what a real server answers\n"
                "kq-listen --proxy prod:5010 -w session.wire 5001\n"
                "answer from that recording, for ever\n"
                "kq-listen --replay session.wire 5001\n",
    .notes = "LISTEN is [rp,][HOST:](PORT|SERVICE|FROM/TO|0W), unix://PORT or unix:///PATH.\n"
             "Without HOST only this machine can connect; say 0.0.0.0:5001 for all.\n",
    .exits = "0  ended by SIGTERM, --once, -c or --timeout\n"
             "1  something expected never came, or with --strict a request was unknown\n"
             "2  bad option or operand, or an error in SCRIPT.q\n"
             "3  cannot listen\n"
             "9  cannot write the log or a file\n",
    .env = "QUDSPATH  directory of the Unix socket, empty: none\n"
           "KX_SSL_*, SSL_*  certificates, as for q\n"
           "LISTEN_FDS  sockets passed by systemd\n",
    .operands = "file",
    .bit = KQ_TOOL_LISTEN,
    .groups = groups,
    .n_groups = sizeof groups / sizeof *groups,
};

void lst_opts_init(struct lst_opts *o)
{
    *o = (struct lst_opts){
        .common = KQ_COMMON_DEFAULTS,
        .format = {.format = KQ_FORMAT_RAW},
        .server = {.ready_fd = -1, .max_conns = 1024, .max_queue = 256 << 20, .capability = 6},
        .access = {.memory_mb = 4096},
        .answer = {.exec_limit = 8},
        .fault = {.seed = -1},
    };
}

void lst_opts_release(struct lst_opts *o)
{
    struct lst_words *all[] = {&o->server.ports, &o->answer.replies, &o->fault.faults,
                               &o->record.expect};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        free(all[i]->word);
        *all[i] = (struct lst_words){NULL, 0};
    }
}

bool lst_opts_operands(struct lst_opts *o, char **operands, int n, struct kq_err *err)
{
    for (int i = 0; i < n; i++) {
        if (!kq_str_ends(kq_strz(operands[i]), ".q"))
            words_add(&o->server.ports, operands[i]);
        else if (o->server.script)
            return kq_fail(err, KQ_EUSAGE, "only one script, not also %s", operands[i]);
        else
            o->server.script = operands[i];
    }
    if (!o->server.ports.n)
        words_add(&o->server.ports, "0W");
    return true;
}
