/*
 * gate.c - asks the file, then the handler.
 */
#include "gate.h"

#include "call.h"

static bool handler_admits(struct lst_session *s, struct kq_str password)
{
    const char *user = kq_sym(s->user, strlen(s->user));
    struct kq_obj *args[] = {kq_atom_sym(user ? user : kq_sym_null),
                             kq_string(password.s, password.len)};
    struct kq_obj *result = NULL;
    bool ok = args[1] != NULL;
    if (ok && lst_call(s, "pw", 2, args, &result))
        ok = result && result->type == -KQ_BOOLEAN && kq_int_at(result, 0);
    kq_unref(result);
    kq_unref(args[0]);
    kq_unref(args[1]);
    return ok;
}

bool lst_gate_admits(struct lst_session *s, struct kq_str password)
{
    const struct lst_users *users = s->context->users;
    if (users && !lst_users_check(users, kq_strz(s->user), password))
        return false;
    return handler_admits(s, password);
}

bool lst_gate_is_guarded(struct lst_context *c)
{
    struct kq_obj *handler = c->users ? NULL : q_global(c->q, ".z.pw");
    kq_unref(handler);
    return c->users || handler;
}
