/*
 * context.c - when the server ends.
 */
#include "context.h"

void lst_stop(struct lst_context *c, int status)
{
    c->exit_status = status;
    c->stopping = true;
    kq_loop_stop(c->loop);
}

void lst_session_ended(struct lst_context *c)
{
    if (c->opts->server.once)
        lst_stop(c, 0);
}
