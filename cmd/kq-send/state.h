/*
 * state.h - what the stages of one run share, and how they fail.
 */
#ifndef KQ_SEND_STATE_H
#define KQ_SEND_STATE_H

#include "cli/prog.h"
#include "link.h"
#include "opts.h"
#include "output.h"
#include "report.h"

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* What the stages of a run share; session fills it. */
struct send_session {
    const struct send_opts *o;
    const struct kq_prog *prog;
    const struct kq_addr *target;
    int64_t timeout_ms; /* of the whole operation, 0: none */
    int64_t deadline;   /* when it ends, KQ_NEVER */
    volatile sig_atomic_t *stop;
    struct send_link link;
    struct send_output *output;
    struct send_report *report;
    int64_t pushed; /* async messages printed with --subscribe */
    int status;     /* exit status so far */
    bool asked;     /* something was sent that the server may still be working on */
};

/* As send_link_recv until the deadline of the session, with its timeout in the message. */
int send_recv(struct send_session *s, struct kq_msg *msg, struct kq_err *err);

/* How messages name the target: its text without user and password, in `name`. */
const char *send_target_name(const struct send_session *s, char name[KQ_ADDR_TEXT_MAX]);

/* Print an error of the server about the target. */
void send_q_error(struct send_session *s, const char *text, size_t len);

/* Print an error about the target and note its code as exit status, unless
 * there is one already. False. */
bool send_fail(struct send_session *s, const struct kq_err *err);

#endif
