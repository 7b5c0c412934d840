/*
 * filetarget.c - everything is put together first, so that other writers of
 * the file never see a part of it.
 */
#include "filetarget.h"

#include "wire/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Directories above `path`, as hopen makes them. */
static void make_folders(const char *path)
{
    char part[4096];
    size_t len = strlen(path);
    if (len >= sizeof part)
        return; /* open() will say what is wrong */
    memcpy(part, path, len + 1);
    for (char *p = part + 1; *p; p++) {
        if (*p != '/')
            continue;
        *p = 0;
        mkdir(part, 0777);
        *p = '/';
    }
}

static bool is_strings(const struct kq_obj *x)
{
    for (int64_t i = 0; i < x->n; i++) {
        if (kq_child(x, i)->type != KQ_CHAR)
            return false;
    }
    return x->type == KQ_LIST && x->n > 0;
}

static void put_string(struct kq_buf *b, const struct kq_obj *x, bool line)
{
    kq_buf_append(b, kq_data(x), (size_t)x->n);
    if (line)
        kq_buf_byte(b, '\n');
}

static bool put_object(struct kq_buf *b, const struct kq_obj *x, bool lines, struct kq_err *err)
{
    if (x->type == -KQ_CHAR) {
        kq_buf_byte(b, (uint8_t)x->u.j);
        kq_buf_append(b, "\n", lines);
        return true;
    }
    if (x->type == KQ_CHAR || x->type == KQ_BYTE) {
        put_string(b, x, lines && x->type == KQ_CHAR);
        return true;
    }
    if (x->type != KQ_LIST)
        return kq_fail(err, KQ_EUSAGE, "type: only strings, bytes and lists go to a file");
    bool strings = lines && is_strings(x), ok = true;
    for (int64_t i = 0; ok && i < x->n; i++) {
        if (strings)
            put_string(b, kq_child(x, i), true);
        else
            ok = kq_encode(b, kq_child(x, i), NULL, err);
    }
    return ok;
}

static bool put_message(struct kq_buf *b, const struct send_msg *m, bool lines, struct kq_err *err)
{
    switch (m->form) {
    case SEND_MSG_OBJ: return put_object(b, m->obj, lines, err);
    case SEND_MSG_STDIN: return send_read_file("-", b, err);
    case SEND_MSG_TEXT:
    case SEND_MSG_FRAME:
    case SEND_MSG_BODY: break;
    }
    kq_buf_append(b, m->bytes.s, m->bytes.len);
    kq_buf_append(b, "\n", lines && m->form == SEND_MSG_TEXT);
    return true;
}

/* The whole buffer at the end of the file. */
static bool append(const char *path, const struct kq_buf *b, struct kq_err *err)
{
    make_folders(path);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    size_t at = 0;
    bool ok = fd >= 0;
    while (ok && at < b->len) {
        ssize_t n = write(fd, b->data + at, b->len - at);
        at += n > 0 ? (size_t)n : 0;
        ok = n >= 0 || errno == EINTR;
    }
    int errnum = ok ? 0 : errno;
    if (fd >= 0 && close(fd) != 0 && !errnum)
        errnum = errno;
    if (errnum)
        kq_err_errno(err, KQ_EIO, errnum, "cannot append");
    return !errnum;
}

bool send_to_file(const struct kq_addr *a, const struct send_opts *o, struct send_request *r,
                  struct kq_err *err)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    bool ok = true;
    if (r->lines)
        ok = send_read_file("-", &b, err);
    for (size_t i = 0; ok && i < r->msgs.n; i++)
        ok = put_message(&b, &r->msgs.at[i], o->how.async, err);
    if (ok && b.failed)
        ok = kq_fail(err, KQ_EIO, "out of memory");
    ok = ok && append(a->path, &b, err);
    kq_buf_release(&b);
    return ok;
}
