/*
 * state.c - the first failure decides the exit status.
 */
#include "state.h"

#include "base/log.h"
#include "net/neterr.h"

const char *send_target_name(const struct send_session *s, char name[KQ_ADDR_TEXT_MAX])
{
    return kq_addr_text(s->target, name, KQ_ADDR_TEXT_MAX);
}

void send_q_error(struct send_session *s, const char *text, size_t len)
{
    char name[KQ_ADDR_TEXT_MAX];
    kq_prog_qerror(s->prog, send_target_name(s, name), text, len);
}

bool send_fail(struct send_session *s, const struct kq_err *err)
{
    char name[KQ_ADDR_TEXT_MAX];
    int code = kq_prog_error(s->prog, send_target_name(s, name), err);
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
