/*
 * reject.c - rejected lines are flushed one by one: whoever watches the file
 * sees them while they happen, and nothing is lost when we are killed.
 */
#include "reject.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void pipe_rejects_init(struct pipe_rejects *r, const struct pipe_in *in)
{
    *r = (struct pipe_rejects){.on_error = in->on_error, .path = in->reject, .fd = -1};
}

static bool open_file(struct pipe_rejects *r, struct kq_err *err)
{
    if (r->fd >= 0)
        return true;
    r->fd = open(r->path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (r->fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write %s", r->path);
        return false;
    }
    kq_out_init_fd(&r->out, r->fd);
    return true;
}

bool pipe_reject(struct pipe_rejects *r, const char *file, uint64_t line, struct kq_str text,
                 const char *reason, struct kq_err *err)
{
    r->count++;
    if (r->path) {
        if (!open_file(r, err))
            return false;
        kq_out_printf(&r->out, "%s:%llu: %s: ", file, (unsigned long long)line, reason);
        kq_out_write(&r->out, text.s, text.len);
        kq_out_char(&r->out, '\n');
        if (!kq_out_flush(&r->out))
            return kq_out_finish(&r->out, r->path, err);
    }
    return r->on_error != PIPE_STOP ||
           kq_fail(err, KQ_EDATA, "%s:%llu: %s", file, (unsigned long long)line, reason);
}

bool pipe_rejects_close(struct pipe_rejects *r, struct kq_err *err)
{
    if (r->fd < 0)
        return true;
    bool ok = kq_out_finish(&r->out, r->path, err);
    kq_out_release(&r->out);
    close(r->fd);
    r->fd = -1;
    return ok;
}
