/*
 * connect.c - the order of things: profile, then environment, then the
 * address, since a profile may hold the target and its password.
 */
#include "connect.h"

#include "base/log.h"
#include "cli/help.h"
#include "wire/header.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MS = 1000000 };

static bool find_addr(struct pipe_address *a, struct kq_opts *p, struct pipe_opts *o, char *word,
                      struct kq_err *err)
{
    char *text = kq_config_target(p, word, &a->profile, err);
    if (!text || !kq_addr_parse(kq_strz(text), &a->addr, err))
        return false;
    kq_addr_text(&a->addr, a->name, sizeof a->name);
    if (a->addr.kind == KQ_ADDR_FIFO)
        return kq_fail(err, KQ_EUSAGE, "%s: a fifo can only be read: it goes after TARGET",
                       a->name);
    if (a->addr.kind == KQ_ADDR_FILE)
        return kq_fail(err, KQ_EUSAGE, "%s: a file, not a server", a->name);
    if (text == word && kq_cred_hide(word, &a->addr))
        kq_warn("a password on the command line is visible to other users; see kq-credentials(5)");
    a->addr.tls |= o->tls.tls;
    return true;
}

static bool load_tls(struct pipe_address *a, const struct pipe_opts *o, struct kq_err *err)
{
    struct kq_tls_opts files = o->tls.files;
    if (!a->addr.tls)
        return true;
    if (o->tls.insecure) {
        files.verify = KQ_TLS_VERIFY_NO;
        kq_warn("the server's certificate is not verified");
    }
    a->conn.tls_name = o->tls.tls_name;
    a->conn.tls = kq_tls_opts_env(&files, false, err) ? kq_tls_client_new(&files, err) : NULL;
    return a->conn.tls != NULL;
}

bool pipe_is_target(const char *word)
{
    struct kq_addr a;
    const char *p = word + (word[0] == '`');
    if (p[0] == '@')
        return true;
    if ((p[0] != ':' && !strstr(p, "://")) || !kq_addr_parse(kq_strz(p), &a, NULL))
        return false;
    bool yes = a.kind != KQ_ADDR_FIFO && a.kind != KQ_ADDR_FILE;
    kq_addr_release(&a);
    return yes;
}

bool pipe_address_init(struct pipe_address *a, struct kq_opts *p, struct pipe_opts *o, char *word,
                       struct kq_err *err)
{
    static const int families[] = {[4] = AF_INET, [6] = AF_INET6};
    memset(a, 0, sizeof *a);
    if (!find_addr(a, p, o, word, err) ||
        !kq_cred_find(p, &o->conn, &a->addr, a->profile.password, &a->cred, err))
        return false;
    kq_log(KQ_LOG_V, "user '%s', password from %s", a->cred.user, a->cred.from);
    kq_conn_opts_init(&a->conn);
    a->conn.user = a->cred.user;
    a->conn.password = *a->cred.password ? a->cred.password : NULL;
    a->conn.capability = (int)o->conn.capability;
    a->conn.family = o->conn.family ? families[o->conn.family] : AF_UNSPEC;
    a->conn.connect_timeout_ms = (o->conn.connect_timeout_ns + MS - 1) / MS;
    a->conn.max_message = o->common.max_size ? o->common.max_size : KQ_TOTAL_MAX;
    return load_tls(a, o, err);
}

void pipe_address_release(struct pipe_address *a)
{
    kq_tls_ctx_free(a->conn.tls);
    kq_cred_release(&a->cred);
    kq_addr_release(&a->addr);
    kq_profile_release(&a->profile);
}

int pipe_address_show(const struct pipe_address *a, const struct kq_prog *prog,
                      const struct kq_opts *p)
{
    struct kq_out out;
    kq_out_init_fd(&out, STDOUT_FILENO);
    kq_out_printf(&out, "target = %s\n", a->name);
    if (a->cred.user) {
        bool some = a->cred.password && *a->cred.password;
        kq_out_printf(&out, "login = %s\n", a->cred.user);
        kq_out_printf(&out, "password = %s  (%s)\n", some ? "****" : "", a->cred.from);
    }
    kq_help_settings(p, &out);
    return kq_prog_end(prog, &out, "standard output", KQ_OK);
}
