/*
 * opts.c - the option tables of kq-listen; everything about options is made from them.
 */
#include "opts.h"

#include "base/mem.h"

#include <stdlib.h>

#define SERVER(field) offsetof(struct lst_server_opts, field)
#define ACCESS(field) offsetof(struct lst_access_opts, field)

enum { CALL_PORT = 1 };

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
    {0, "log", KQ_OPT_ENUM, .off = SERVER(log), .arg = "FORM:auto|text|json|none",
     .help = "one line per event on standard output; auto: text on a terminal, else json"},
};

static const struct kq_opt access_rows[] = {
    {'U', "users", KQ_OPT_STRING, .off = ACCESS(users), .arg = "FILE",
     .help = "password file: user:password lines, plain, MD5 or SHA-1; SIGHUP reads it again"},
    {'u', "restrict", KQ_OPT_STRING, .off = ACCESS(restrict_arg), .arg = "1|FILE",
     .help = "as q: clients get no files or system commands; with FILE also -U FILE"},
    {'T', "query-timeout", KQ_OPT_INT, .off = ACCESS(query_timeout_s), .lo = 0, .arg = "SECONDS",
     .help = "stop a query that runs longer"},
    {0, "memory", KQ_OPT_INT, .off = ACCESS(memory_mb), .lo = 0, .arg = "MB",
     .help = "memory for values; beyond it a query fails with 'wsfull (default 4096)"},
    {'E', "tls-mode", KQ_OPT_INT, .off = ACCESS(tls_mode), .lo = 0, .hi = 2, .arg = "0|1|2",
     .help = "0 plain, 1 plain and TLS on the same port, 2 TLS only"},
    {0, "verify-client", KQ_OPT_STRING, .off = ACCESS(verify_client),
     .arg = "no|yes|requestonly|ifpresent", .help = "ask clients for a certificate"},
};

#define ROWS(a) (a), sizeof(a) / sizeof *(a)

static bool call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                 struct kq_err *err)
{
    struct lst_server_opts *s = group;
    (void)p;
    (void)err;
    if (o->off == CALL_PORT)
        lst_words_add(&s->ports, value);
    else
        s->family = o->off == '4' ? 4 : 6;
    return true;
}

static const struct kq_optgroup groups[] = {
    {"Server", ROWS(server_rows), offsetof(struct lst_opts, server), call},
    {"Access", ROWS(access_rows), offsetof(struct lst_opts, access), NULL},
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
                "kq-listen -p 5001 -u users.txt\n",
    .notes = "LISTEN is [rp,][HOST:](PORT|SERVICE|FROM/TO|0W), unix://PORT or unix:///PATH.\n"
             "Without HOST only this machine can connect; say 0.0.0.0:5001 for all.\n",
    .exits = "0  ended by SIGTERM, --once or -c\n"
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
        .server = {.ready_fd = -1, .max_conns = 1024, .capability = 6},
        .access = {.memory_mb = 4096},
    };
}

void lst_opts_release(struct lst_opts *o)
{
    free(o->server.ports.word);
    o->server.ports = (struct lst_words){NULL, 0};
}

void lst_words_add(struct lst_words *w, const char *word)
{
    w->word = kq_realloc(w->word, (size_t)(w->n + 1) * sizeof *w->word);
    w->word[w->n++] = word;
}

bool lst_opts_operands(struct lst_opts *o, char **operands, int n, struct kq_err *err)
{
    for (int i = 0; i < n; i++) {
        if (!kq_str_ends(kq_strz(operands[i]), ".q"))
            lst_words_add(&o->server.ports, operands[i]);
        else if (o->server.script)
            return kq_fail(err, KQ_EUSAGE, "only one script, not also %s", operands[i]);
        else
            o->server.script = operands[i];
    }
    if (!o->server.ports.n)
        lst_words_add(&o->server.ports, "0W");
    return true;
}
