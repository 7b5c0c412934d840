/*
 * state.c - the first failure decides the exit status.
 */
#include "state.h"

#include "base/log.h"
#include "net/neterr.h"

bool send_fail(struct send_session *s, const struct kq_err *err)
{
    int code = kq_prog_error(s->prog, s->target, err);
    if (code == KQ_EXIT_SIGINT && s->asked)
        kq_note("the query may still be running on the server");
    if (s->status == KQ_OK)
        s->status = code;
    return false;
}

int send_recv(struct send_session *s, struct kq_msg *msg, struct kq_err *err)
{
    int got = send_link_recv(&s->link, msg, s->deadline, err);
    if (got < 0 && err->code == KQ_ETIMEOUT)
        kq_neterr_no_answer(err, s->timeout_ms);
    return got;
}
