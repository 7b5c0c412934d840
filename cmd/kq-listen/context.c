/*
 * context.c - when the server ends, and what is made when it is first needed.
 */
#include "context.h"

void lst_stop(struct lst_context *c, int status)
{
    if (c->stopping)
        return;
    c->exit_status = status;
    c->stopping = true;
    c->on_settled(c);
}

void lst_session_ended(struct lst_context *c)
{
    if (c->stopping)
        c->on_settled(c);
    else if (c->opts->server.once)
        lst_stop(c, 0);
}

void lst_count_message(struct lst_context *c)
{
    c->messages++;
    if (!c->opts->common.count || c->messages < c->opts->common.count)
        return;
    c->no_more = true;
    lst_stop(c, 0);
}

bool lst_need_client_tls(struct lst_context *c, const struct kq_addr *a, struct kq_err *err)
{
    struct kq_tls_opts files = c->opts->tls.files;
    if (!a->tls || c->client_tls)
        return true;
    files.cert_file = files.key_file = NULL; /* those are the server's */
    if (!kq_tls_opts_env(&files, false, err))
        return false;
    c->client_tls = kq_tls_client_new(&files, err);
    return c->client_tls;
}
