/*
 * opt_conn.c - the rows of the connection group.
 */
#include "cli/opt_conn.h"

#define OFF(field) offsetof(struct kq_opt_conn, field)

enum { SP = KQ_TOOL_SEND | KQ_TOOL_PIPE };
enum { SLP = SP | KQ_TOOL_LISTEN };
enum { SETTING = KQ_OPT_PROFILE | KQ_OPT_ENV };
enum { IPV4, IPV6 }; /* `off` of the rows that kq_opt_conn_call handles */

const struct kq_opt kq_opt_conn_rows[KQ_OPT_CONN_N] = {
    {'T', "timeout", KQ_OPT_DURATION, SETTING, SP, OFF(timeout_ns), .arg = "DUR",
     .help = "give up when the whole operation lasts longer"},
    {0, "connect-timeout", KQ_OPT_DURATION, SETTING, SP, OFF(connect_timeout_ns), .arg = "DUR",
     .help = "resolve, connect, TLS and handshake together (default 5s)"},
    {0, "retry", KQ_OPT_INT, KQ_OPT_PROFILE, SP, OFF(retry), .arg = "N",
     .help = "try a failed connect N times more; a query is never sent again"},
    {0, "retry-delay", KQ_OPT_DURATION, KQ_OPT_PROFILE, SP, OFF(retry_delay_ns), .arg = "DUR",
     .help = "before the first retry (default 1s); doubles up to 30s"},
    {0, "wait", KQ_OPT_DURATION, KQ_OPT_OPTIONAL, SP, OFF(wait_ns), .arg = "DUR",
     .help = "retry until the server answers the handshake"},
    {'u', "user", KQ_OPT_STRING, SETTING, SP, OFF(user), .arg = "NAME",
     .help = "user name (default $KQ_USER, $USER)"},
    {'W', "ask-password", KQ_OPT_FLAG, .tools = SP, .off = OFF(ask_password),
     .help = "prompt for the password on the terminal"},
    {0, "password-file", KQ_OPT_STRING, SETTING, SP, OFF(password_file), .arg = "FILE",
     .help = "the password is the first line of FILE"},
    {0, "password-fd", KQ_OPT_INT, .tools = SP, .off = OFF(password_fd), .arg = "N",
     .help = "read the password from this descriptor"},
    {0, "credentials", KQ_OPT_STRING, SETTING, SP, OFF(credentials), .arg = "FILE",
     .help = "credentials file, see kq-credentials(5)"},
    {'4', "", KQ_OPT_CALLFLAG, .tools = SLP, .off = IPV4, .help = "IPv4 only"},
    {'6', "", KQ_OPT_CALLFLAG, .tools = SLP, .off = IPV6, .help = "IPv6 only"},
    {0, "capability", KQ_OPT_INT, KQ_OPT_PROFILE, SLP, OFF(capability), 0, 6, "N",
     "capability byte of the handshake, 0 to 6 (default 6)"},
    {0, "compress", KQ_OPT_ENUM, KQ_OPT_PROFILE, SLP, OFF(compress), .arg = "auto|always|never",
     .help = "compress what is sent; auto as kdb+ does: not to this machine, over 2000 bytes"},
    {0, "endian", KQ_OPT_ENUM, .off = OFF(endian), .arg = "little|big",
     .help = "byte order of what is sent"},
    {0, "qcon", KQ_OPT_FLAG, .tools = KQ_TOOL_SEND, .off = OFF(qcon),
     .help = "speak the text protocol of the console client"},
};

bool kq_opt_conn_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                      struct kq_err *err)
{
    (void)p, (void)value, (void)err;
    struct kq_opt_conn *c = group;
    c->family = o->off == IPV4 ? 4 : 6;
    return true;
}
