/*
 * push.c - a source of records and a timer.
 *
 * The form is told by the first byte.  Regular files are read when records are
 * wanted; pipes and terminals when they have something.
 */
#include "push.h"

#include "base/mem.h"
#include "msgline.h"
#include "outgoing.h"
#include "text/data.h"
#include "text/jsonobj.h"
#include "wire/decode.h"
#include "wire/tplog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum form { UNKNOWN, LINES, FRAMES, LOG };

enum {
    PIECE = 1 << 16,
    RECORD_MAX = 1 << 30,
    QUEUE_HIGH = 1 << 20, /* a client with more waiting holds up the others */
    BURST = 256,          /* records in one turn of the loop */
    SILENCE_MS = 100,     /* a client that says nothing for so long is one that listens */
};

struct lst_pusher {
    struct lst_context *context;
    char *name;
    int fd;
    bool regular, eof;
    enum form form;
    struct kq_buf buf;
    size_t used; /* bytes of buf that are done */
    int64_t line;
    struct kq_watch readable;
    struct kq_timer timer;
    int64_t interval_ns;
    double pace;             /* 0: none, 2: twice as fast */
    int64_t when_ns;         /* of the record taken last; 0: it does not say */
    int64_t before_ns;       /* of the one before */
    struct kq_obj *next;     /* taken, but not sent yet; or NULL */
    int64_t due_ns, sent_ns; /* on our clock: when it is to be sent, and when the last one was */
    bool waiting;            /* for the timer */
};

/* ---- reading ------------------------------------------------------------------------ */

static void finish(struct lst_pusher *p, const char *why)
{
    p->eof = true;
    if (!p->regular)
        kq_watch_set(&p->readable, false, false);
    if (why) {
        struct kq_err err;
        kq_err_set(&err, KQ_EDATA, "%s", why);
        kq_prog_error(p->context->prog, p->name, &err);
    }
}

/* Read once; true when something came. */
static bool read_more(struct lst_pusher *p)
{
    kq_buf_consume(&p->buf, p->used);
    p->used = 0;
    uint8_t *room = kq_buf_reserve(&p->buf, PIECE);
    if (!room) {
        finish(p, "a record is too long");
        return false;
    }
    ssize_t n = read(p->fd, room, PIECE);
    if (n > 0)
        kq_buf_advance(&p->buf, (size_t)n);
    if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
        finish(p, n ? strerror(errno) : NULL);
    return n > 0;
}

static struct kq_str rest(const struct lst_pusher *p)
{
    return kq_str((const char *)p->buf.data + p->used, p->buf.len - p->used);
}

static void detect(struct lst_pusher *p)
{
    struct kq_str r = rest(p);
    const uint8_t *b = (const uint8_t *)r.s;
    if (r.len >= KQ_TPLOG_HEADER_LEN && kq_qfile_detect(b, r.len) == KQ_QFILE_LOG) {
        p->form = LOG;
        p->used += KQ_TPLOG_HEADER_LEN;
    } else if (b[0] <= 1) {
        p->form = FRAMES;
    } else if (b[0] != 0xff || r.len >= KQ_TPLOG_HEADER_LEN || p->eof) {
        p->form = LINES;
    }
}

/* ---- records: each 1 with a value, 0 more bytes are needed, -1 with `err` ---------------- */

/* A line of a log: the value of the message if that was async; other JSON: what it says. */
static bool json_line(struct lst_pusher *p, struct kq_str line, struct kq_obj **value,
                      struct kq_err *err)
{
    struct kq_obj *x = kq_json_parse(line.s, line.len, err);
    *value = x;
    if (!x || !lst_msgline_is(x))
        return x;
    struct kq_obj *told = lst_msgline_kind(x) == KQ_ASYNC ? lst_msgline_member(x, "value") : NULL;
    *value = told ? kq_ref(told) : NULL;
    if (told && !lst_msgline_time(x, &p->when_ns))
        p->when_ns = 0;
    kq_unref(x);
    return true;
}

/* False with `err`; *value is NULL when there is nothing to send in the line. */
static bool line_value(struct lst_pusher *p, struct kq_str line, struct kq_obj **value,
                       struct kq_err *err)
{
    bool json = kq_str_starts(line, "{\"") || kq_str_starts(line, "[");
    *value = NULL;
    if (!line.len)
        return true;
    if (json)
        return json_line(p, line, value, err);
    *value = kq_data_parse(line.s, line.len, err);
    return *value;
}

static int next_line(struct lst_pusher *p, struct kq_obj **value, struct kq_err *err)
{
    struct kq_str r = rest(p);
    const char *end = memchr(r.s, '\n', r.len);
    if (!end && !p->eof)
        return 0;
    size_t len = end ? (size_t)(end - r.s) : r.len;
    struct kq_str line = kq_str_trim(kq_str(r.s, len));
    p->used += len + (end != NULL);
    p->line++;
    if (line_value(p, line, value, err))
        return 1;
    kq_err_context(err, "line %lld", (long long)p->line);
    return -1;
}

static int next_frame(struct lst_pusher *p, struct kq_obj **value, struct kq_err *err)
{
    struct kq_str r = rest(p);
    struct kq_header head;
    if (r.len < KQ_HEADER_LEN)
        return 0;
    if (!kq_header_parse((const uint8_t *)r.s, &head, err))
        return -1;
    if (head.total > RECORD_MAX)
        return kq_fail(err, KQ_EPROTO, "a message of %llu bytes", (unsigned long long)head.total) -
               1;
    if (head.total > r.len)
        return 0;
    struct kq_rcbuf *frame = kq_rcbuf_wrap(p->buf.data + p->used, (size_t)head.total, NULL, NULL);
    struct kq_msg msg = {.head = head, .frame = frame, .len = (size_t)head.total};
    *value = kq_decode_msg(&msg, NULL, err);
    kq_rcbuf_unref(frame);
    p->used += (size_t)head.total;
    return *value ? 1 : -1;
}

/* Objects have no length in front: one that fails may only be incomplete. */
static int next_object(struct lst_pusher *p, struct kq_obj **value, struct kq_err *err)
{
    struct kq_str r = rest(p);
    size_t used;
    struct kq_rcbuf *bytes = kq_rcbuf_wrap(p->buf.data + p->used, r.len, NULL, NULL);
    *value = kq_decode_prefix(bytes, 0, r.len, false, NULL, &used, err);
    kq_rcbuf_unref(bytes);
    if (!*value)
        return p->eof ? -1 : 0;
    p->used += used;
    return 1;
}

static int next_record(struct lst_pusher *p, struct kq_obj **value, struct kq_err *err)
{
    *value = NULL;
    if (!rest(p).len)
        return 0;
    if (p->form == UNKNOWN)
        detect(p);
    switch (p->form) {
    case LINES: return next_line(p, value, err);
    case FRAMES: return next_frame(p, value, err);
    case LOG: return next_object(p, value, err);
    case UNKNOWN: break;
    }
    return 0;
}

/* The next value, reading as far as that does not block; NULL when there is none (yet). */
static struct kq_obj *take(struct lst_pusher *p)
{
    struct kq_obj *value = NULL;
    struct kq_err err;
    for (;;) {
        int got = next_record(p, &value, &err);
        if (got > 0 && value)
            return value;
        if (got > 0)
            continue; /* nothing to send */
        if (got < 0 || (p->eof && rest(p).len)) {
            finish(p, got < 0 ? err.msg : "cut off inside a record");
            p->used = p->buf.len;
        }
        if (p->eof)
            return NULL;
        if (!read_more(p) && !p->eof) {
            kq_watch_set(&p->readable, true, false);
            return NULL;
        }
    }
}

/* ---- sending ---------------------------------------------------------------------------- */

/* Has it been answered, or does it wait for us? */
static bool is_listening(const struct lst_session *s)
{
    return s && s->type == LST_CLIENT && lst_session_is_open(s) &&
           (s->received[KQ_SYNC] || s->received[KQ_ASYNC] ||
            kq_mono_ns() - s->ready_ns >= SILENCE_MS * INT64_C(1000000));
}

/* 0 nobody is there, -1 somebody has enough to read, 1 go. */
static int audience(const struct lst_pusher *p)
{
    const struct lst_sessions *t = &p->context->sessions;
    int found = 0;
    for (int i = 0; i < t->n; i++) {
        const struct lst_session *s = t->by_handle[i];
        if (!is_listening(s))
            continue;
        if (lst_session_pending(s) > QUEUE_HIGH)
            return -1;
        found = 1;
    }
    return found;
}

static void send_to_all(struct lst_pusher *p, const struct kq_obj *value)
{
    const struct lst_sessions *t = &p->context->sessions;
    struct kq_err err;
    for (int i = 0; i < t->n; i++) {
        struct lst_session *s = t->by_handle[i];
        if (is_listening(s))
            lst_push(s, KQ_ASYNC, value, &err);
    }
}

static void wait(struct lst_pusher *p, int64_t ns)
{
    p->waiting = true;
    kq_timer_start_ns(&p->timer, ns);
}

/* How long after the one before is the record to be sent? */
static int64_t gap_ns(struct lst_pusher *p)
{
    int64_t gap = p->interval_ns, before = p->before_ns;
    p->before_ns = p->when_ns;
    if (p->pace > 0 && before && p->when_ns > before)
        gap = (int64_t)((double)(p->when_ns - before) / p->pace);
    return gap;
}

/* Have a record to send in p->next; false when there is none. */
static bool have_next(struct lst_pusher *p)
{
    if (p->next)
        return true;
    p->next = take(p);
    p->due_ns = p->next ? p->sent_ns + gap_ns(p) : 0;
    return p->next;
}

static void push_some(struct lst_pusher *p)
{
    for (int i = 0; i < BURST; i++) {
        if (audience(p) <= 0 || !have_next(p))
            return;
        int64_t now = kq_mono_ns();
        if (p->due_ns > now) {
            wait(p, p->due_ns - now);
            return;
        }
        send_to_all(p, p->next);
        kq_unref(p->next);
        p->next = NULL;
        p->sent_ns = now;
    }
    wait(p, 0);
}

static void on_timer(void *arg)
{
    struct lst_pusher *p = arg;
    p->waiting = false;
    push_some(p);
}

void lst_pusher_go_on(struct lst_pusher *p)
{
    if (!p->waiting)
        wait(p, 0);
}

void lst_pusher_welcome(struct lst_pusher *p)
{
    if (!p->waiting)
        wait(p, (SILENCE_MS + 1) * INT64_C(1000000));
}

static void on_readable(void *arg, bool readable, bool writable)
{
    struct lst_pusher *p = arg;
    (void)readable;
    (void)writable;
    kq_watch_set(&p->readable, false, false);
    lst_pusher_go_on(p);
}

/* ---- beginning and end -------------------------------------------------------------------- */

/* A fifo is opened for writing too: it outlives its writers. */
static int open_source(const char *path, struct stat *st)
{
    int mode = O_RDONLY;
    if (strcmp(path, "-") == 0)
        return fstat(0, st) ? -1 : fcntl(0, F_DUPFD_CLOEXEC, 3);
    if (stat(path, st))
        return -1;
    if (S_ISFIFO(st->st_mode))
        mode = O_RDWR;
    return open(path, mode | O_CLOEXEC | O_NONBLOCK);
}

struct lst_pusher *lst_pusher_new(struct lst_context *c, const char *path, struct kq_err *err)
{
    struct stat st;
    int fd = open_source(path, &st);
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot read %s", path);
        return NULL;
    }
    struct lst_pusher *p = kq_calloc(1, sizeof *p);
    p->context = c;
    p->name = kq_strdup(path);
    p->fd = fd;
    p->regular = S_ISREG(st.st_mode);
    p->interval_ns = c->opts->record.interval_ns;
    p->pace = c->opts->record.pace;
    kq_buf_init(&p->buf, RECORD_MAX);
    kq_timer_init(&p->timer, c->loop, on_timer, p);
    if (!p->regular) {
        fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
        kq_watch_init(&p->readable, c->loop, fd, on_readable, p);
    }
    return p;
}

void lst_pusher_free(struct lst_pusher *p)
{
    if (!p)
        return;
    kq_timer_stop(&p->timer);
    if (!p->regular)
        kq_watch_set(&p->readable, false, false);
    kq_buf_release(&p->buf);
    kq_unref(p->next);
    close(p->fd);
    free(p->name);
    free(p);
}
