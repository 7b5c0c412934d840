/*
 * tplogger.c - appends message bodies to a file.
 */
#include "tplogger.h"

#include "wire/encode.h"
#include "wire/tplog.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Is the file empty (1), a log (0), or something else (-1)? */
static int look(int fd)
{
    uint8_t head[16];
    ssize_t n = pread(fd, head, sizeof head, 0);
    if (n == 0)
        return 1;
    return n > 0 && kq_qfile_detect(head, (size_t)n) == KQ_QFILE_LOG ? 0 : -1;
}

bool lst_tplog_open(struct lst_tplog *t, const char *path, struct kq_err *err)
{
    int fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
        return false;
    }
    int kind = look(fd);
    if (kind < 0) {
        close(fd);
        return kq_fail(err, KQ_EIO, "%s is no tickerplant log", path);
    }
    *t = (struct lst_tplog){.fd = fd};
    kq_out_init_fd(&t->out, fd);
    if (kind > 0) {
        struct kq_buf head;
        kq_buf_init(&head, KQ_BUF_NOMAX);
        kq_tplog_put_header(&head);
        kq_out_write(&t->out, head.data, head.len);
        kq_buf_release(&head);
    }
    kq_out_flush(&t->out);
    return true;
}

void lst_tplog_append(struct lst_tplog *t, const struct kq_msg *msg, const struct kq_obj *value)
{
    struct kq_buf body;
    t->records++;
    if (!msg->head.big && !msg->head.compressed) {
        kq_out_write(&t->out, kq_msg_bytes(msg) + KQ_HEADER_LEN, msg->len - KQ_HEADER_LEN);
        return;
    }
    kq_buf_init(&body, KQ_BUF_NOMAX);
    if (kq_encode(&body, value, NULL, NULL))
        kq_out_write(&t->out, body.data, body.len);
    kq_buf_release(&body);
}

bool lst_tplog_close(struct lst_tplog *t, const char *path, struct kq_err *err)
{
    if (t->fd < 0)
        return true;
    bool ok = kq_out_finish(&t->out, path, err);
    kq_out_release(&t->out);
    close(t->fd);
    t->fd = -1;
    return ok;
}
