/*
 * call.c - sets the peer, calls, reports what goes wrong.
 */
#include "call.h"

#include "obj/list.h"

#include <stdio.h>

struct q_peer lst_set_peer(const struct lst_session *s)
{
    struct q *q = s->context->q;
    struct q_peer before = *q_peer(q);
    struct q_peer peer = {.handle = s->handle,
                          .address = s->addr,
                          .user = s->user,
                          .restricted = s->context->opts->access.restrict_arg != NULL,
                          .read_only = s->context->block_writes};
    q_set_peer(q, &peer);
    return before;
}

void lst_report_error(struct lst_context *c, const char *where)
{
    struct kq_err err;
    kq_out_flush(c->out);
    kq_err_set(&err, KQ_EQ, "'%s%s%s", q_error(c->q), where ? " in " : "", where ? where : "");
    kq_prog_error(c->prog, NULL, &err);
}

bool lst_call(struct lst_session *s, const char *name, int n, struct kq_obj **args,
              struct kq_obj **result)
{
    struct lst_context *c = s->context;
    char where[16];
    *result = NULL;
    struct q_peer before = lst_set_peer(s);
    bool called = q_handler(c->q, name, n, args, result);
    q_set_peer(c->q, &before);
    kq_out_flush(c->out);
    if (called && !*result) {
        snprintf(where, sizeof where, ".z.%s", name);
        lst_report_error(c, where);
    }
    return called;
}

void lst_call_with_handle(struct lst_session *s, const char *name)
{
    struct kq_obj *handle = kq_atom_int(KQ_INT, s->handle), *result;
    lst_call(s, name, 1, &handle, &result);
    kq_unref(result);
    kq_unref(handle);
}

void lst_call_bad(struct lst_session *s, const void *bytes, size_t len)
{
    struct kq_obj *raw = kq_vec_new(KQ_BYTE, (int64_t)len), *result;
    if (!raw)
        return;
    memcpy(raw->u.v.data, bytes, len);
    struct kq_obj *arg = kq_list_of(2, kq_atom_int(KQ_INT, s->handle), raw);
    lst_call(s, "bm", 1, &arg, &result);
    kq_unref(result);
    kq_unref(arg);
}
