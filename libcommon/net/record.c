/*
 * record.c - stamps what a tap hears and appends it to the file.
 *
 * The file is flushed at the end of every connection, so that a recording can
 * be looked at while the program runs on.
 */
#include "net/record.h"

#include "base/cal.h"
#include "wire/wirefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

bool kq_record_open(struct kq_record *r, const char *path, struct kq_err *err)
{
    r->fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (r->fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot create %s", path);
        return false;
    }
    kq_out_init_fd(&r->out, r->fd);
    r->conns = 0;
    kq_wirefile_begin(&r->out);
    return true;
}

bool kq_record_close(struct kq_record *r, const char *path, struct kq_err *err)
{
    bool ok = kq_out_finish(&r->out, path, err);
    kq_out_release(&r->out);
    if (close(r->fd) != 0 && ok) {
        kq_err_errno(err, KQ_EIO, errno, "cannot write %s", path);
        ok = false;
    }
    return ok;
}

static void put(const struct kq_recorded *c, enum kq_wire_event event, const void *data, size_t n)
{
    struct kq_wirerec rec = {
        .when_ns = (uint64_t)kq_cal_to_unix_ns(kq_cal_now_ns()),
        .conn = c->conn,
        .event = event,
        .data = data,
        .len = n,
    };
    kq_wirefile_put(&c->record->out, &rec);
}

void kq_record_begin(struct kq_recorded *c, struct kq_record *r, const char *client_text,
                     const char *server_text, bool we_are_client)
{
    *c = (struct kq_recorded){.record = r, .client = we_are_client};
    if (!r)
        return;
    char text[512];
    int n = snprintf(text, sizeof text, "%s %s", client_text, server_text);
    c->conn = ++r->conns;
    put(c, KQ_WIRE_OPEN, text, n < (int)sizeof text ? (size_t)n : sizeof text - 1);
}

static void hear(void *arg, enum kq_tap_dir dir, const void *data, size_t n)
{
    const struct kq_recorded *c = arg;
    put(c, (dir == KQ_TAP_OUT) == c->client ? KQ_WIRE_TO_SERVER : KQ_WIRE_TO_CLIENT, data, n);
}

struct kq_tap kq_record_tap(struct kq_recorded *c)
{
    return (struct kq_tap){.fn = c->record ? hear : NULL, .arg = c};
}

void kq_record_end(struct kq_recorded *c, const char *reason)
{
    if (!c->record)
        return;
    put(c, KQ_WIRE_CLOSE, reason, strlen(reason));
    kq_out_flush(&c->record->out);
    c->record = NULL;
}
