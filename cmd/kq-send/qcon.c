/*
 * qcon.c - the answer is whatever comes until the server closes; the protocol
 * does not tell an error from a result.
 */
#include "qcon.h"

#include "net/direct.h"
#include "net/timing.h"

static bool one_line(struct send_session *s, const struct send_target *t,
                     const struct kq_conn_opts *c, struct kq_str line, struct kq_err *err)
{
    struct kq_buf answer;
    size_t max = s->o->common.max_size ? s->o->common.max_size : KQ_BUF_NOMAX;
    kq_buf_init(&answer, max);
    s->report->requests++;
    bool ok = kq_direct_qcon(&t->addr, c, s->stop, line, s->deadline, &answer, err);
    struct kq_out *out = &s->output->out;
    kq_out_write(out, answer.data, answer.len);
    if (answer.len && answer.data[answer.len - 1] != '\n')
        kq_out_char(out, '\n');
    kq_out_endline(out);
    s->report->answers += ok;
    s->report->bytes_in += answer.len;
    s->report->bytes_out += line.len;
    kq_buf_release(&answer);
    return ok;
}

/* Standard input as one text, or with --lines as one for each line. */
static bool read_input(struct send_request *r, const struct send_opts *o, struct kq_err *err)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    size_t len;
    bool ok = send_read_file("-", &b, err);
    char *text = (char *)kq_buf_take(&b, &len);
    if (!r->lines)
        return send_request_stdin_take(r, o, text, len, err) && ok;
    struct kq_str line, rest = kq_str(text, len);
    send_msgs_own_take(&r->msgs, text);
    while (rest.len) {
        kq_str_cut(rest, '\n', &line, &rest);
        send_msgs_push(&r->msgs, (struct send_msg){.form = SEND_MSG_TEXT, .bytes = line});
    }
    return ok;
}

bool send_qcon(struct send_session *s, const struct send_target *t, struct send_request *r,
               const struct kq_tap *tap, struct kq_err *err)
{
    struct kq_conn_opts c;
    send_conn_opts(&c, t, s->o, tap);
    if (t->addr.tls)
        return kq_fail(err, KQ_EUSAGE, "--qcon does not go with TLS");
    if ((r->lines || send_request_needs_stdin(r)) && !read_input(r, s->o, err))
        return false;
    for (size_t i = 0; i < r->msgs.n; i++) {
        const struct send_msg *m = &r->msgs.at[i];
        if (m->form != SEND_MSG_TEXT)
            return kq_fail(err, KQ_EUSAGE, "--qcon sends only text");
        if (!one_line(s, t, &c, m->bytes, err))
            return false;
    }
    return true;
}
