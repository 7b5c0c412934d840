/*
 * setup.h - options become the parts of a server that decide about answers.
 */
#ifndef KQ_LISTEN_SETUP_H
#define KQ_LISTEN_SETUP_H

#include "context.h"
#include "exec.h"
#include "proxy.h"
#include "replay.h"

/* (Re)read the password file of -U or -u; the old users stay when it cannot be read. */
bool lst_setup_users(struct lst_context *c, struct kq_err *err);

/* -E and the certificates: sets c->tls_mode, and *tls, the caller's, unless TLS is off. */
bool lst_setup_tls(struct lst_context *c, struct kq_tls_ctx **tls, struct kq_err *err);

/* --fault and --seed. */
bool lst_setup_faults(struct lst_context *c, struct kq_err *err);

/* (Re)read -R and -f; the old rules stay when there is something wrong. */
bool lst_setup_rules(struct lst_context *c, struct kq_err *err);

/* --default, --exec, --proxy and --replay, of which one answers when no rule fits;
 * their parts are the caller's. */
bool lst_setup_answers(struct lst_context *c, struct lst_exec *exec, struct lst_proxy *proxy,
                       struct lst_replay *replay, struct kq_err *err);

/* --expect, --tplog and --push. */
bool lst_setup_expect(struct lst_context *c, struct kq_err *err);

#endif
