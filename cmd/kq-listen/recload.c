/*
 * recload.c - feeds the two streams of each recorded connection through the
 * engines that serve live ones; lines of JSON become messages again.
 */
#include "recload.h"

#include "base/buf.h"
#include "base/mem.h"
#include "capture.h"
#include "msgline.h"
#include "text/jsonobj.h"
#include "wire/encode.h"
#include "wire/hello.h"
#include "wire/wirefile.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

struct stream {
    uint32_t number;
    bool logged_in, answered, dead;
    struct kq_hello hello;
    struct kq_reader *to_server, *to_client;
    struct stream *next;
};

struct loading {
    struct lst_recording *r;
    struct stream *streams;
    struct kq_err err;
};

/* ---- records of wire bytes ---------------------------------------------------------- */

static struct stream *stream_of(struct loading *l, uint32_t number)
{
    struct stream *s = l->streams;
    while (s && s->number != number)
        s = s->next;
    if (s)
        return s;
    s = kq_calloc(1, sizeof *s);
    s->number = number;
    s->to_server = kq_reader_new(KQ_TOTAL_MAX);
    s->to_client = kq_reader_new(KQ_TOTAL_MAX);
    kq_hello_init(&s->hello);
    s->next = l->streams;
    l->streams = s;
    return s;
}

static void free_streams(struct loading *l)
{
    while (l->streams) {
        struct stream *s = l->streams;
        l->streams = s->next;
        kq_reader_free(s->to_server);
        kq_reader_free(s->to_client);
        kq_hello_release(&s->hello);
        free(s);
    }
}

static bool take_all(struct loading *l, struct stream *s, bool from_client, uint64_t when_ns)
{
    struct kq_reader *r = from_client ? s->to_server : s->to_client;
    struct kq_msg msg;
    int got;
    while ((got = kq_reader_next(r, &msg, &l->err)) > 0) {
        if (from_client)
            lst_recording_client(l->r, s->number, &msg, (int64_t)when_ns);
        else
            lst_recording_server(l->r, s->number, &msg, (int64_t)when_ns);
        kq_msg_release(&msg);
    }
    if (got < 0)
        kq_err_context(&l->err, "connection %u", s->number);
    return got == 0;
}

/* Bytes of the client: the login, then messages.  What is no IPC (HTTP, console text) is left out. */
static bool from_client(struct loading *l, struct stream *s, const struct kq_wirerec *rec)
{
    const uint8_t *p = rec->data;
    size_t n = rec->len, used = 0;
    if (!s->logged_in) {
        if (!s->hello.buf.len && kq_sniff(p, n) == KQ_SNIFF_HTTP)
            s->dead = true;
        enum kq_hello_state state =
            s->dead ? KQ_HELLO_BAD : kq_hello_feed(&s->hello, p, n, &used, NULL);
        s->dead = state == KQ_HELLO_BAD || state == KQ_HELLO_TEXT;
        s->logged_in = state == KQ_HELLO_IPC;
    }
    if (s->dead || !s->logged_in)
        return true;
    kq_reader_feed(s->to_server, p + used, n - used);
    return take_all(l, s, true, rec->when_ns);
}

/* Bytes of the server: the capability, then messages. */
static bool from_server(struct loading *l, struct stream *s, const struct kq_wirerec *rec)
{
    size_t skip = s->answered ? 0 : 1;
    if (s->dead || !rec->len)
        return true;
    s->answered = true;
    kq_reader_feed(s->to_client, rec->data + skip, rec->len - skip);
    return take_all(l, s, false, rec->when_ns);
}

static bool take_record(struct loading *l, const struct kq_wirerec *rec)
{
    struct stream *s = stream_of(l, rec->conn);
    switch (rec->event) {
    case KQ_WIRE_TO_SERVER: return from_client(l, s, rec);
    case KQ_WIRE_TO_CLIENT: return from_server(l, s, rec);
    default: return true;
    }
}

static bool take_records(struct loading *l, struct kq_wirefile *f)
{
    struct kq_wirerec rec;
    int got;
    while ((got = kq_wirefile_next(f, &rec, &l->err)) > 0) {
        if (!take_record(l, &rec))
            return false;
    }
    return got == 0;
}

/* ---- lines of JSON ----------------------------------------------------------------------- */

/* The message that a line tells of, made again. */
static bool remake(const struct kq_obj *dict, int kind, struct kq_msg *msg, struct kq_err *err)
{
    struct kq_obj *value = lst_msgline_member(dict, "value"),
                  *error = lst_msgline_member(dict, "error");
    struct kq_buf frame;
    struct kq_obj *made = NULL;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    if (error && error->type == KQ_CHAR)
        value = made = kq_error((const char *)kq_data(error), (size_t)error->n);
    bool ok = value && kq_encode_msg(&frame, (enum kq_kind)kind, value, NULL, err);
    kq_unref(made);
    if (!ok) {
        kq_buf_release(&frame);
        return value || kq_fail(err, KQ_EPROTO, "a message without a value");
    }
    size_t len;
    uint8_t *data = kq_buf_take(&frame, &len);
    *msg = (struct kq_msg){.frame = kq_rcbuf_adopt(data, len), .len = len};
    return kq_header_parse(data, &msg->head, err);
}

/* Messages only; what is logged besides is passed over.  Answers have their time in
 * latency_us; the clock of requests may stand still. */
static bool take_object(struct loading *l, const struct kq_obj *dict)
{
    struct kq_msg msg = {0};
    int kind = lst_msgline_kind(dict);
    if (kind < 0)
        return true;
    if (!remake(dict, kind, &msg, &l->err))
        return false;
    uint32_t conn = (uint32_t)lst_msgline_number(dict, "conn", 0);
    if (kind == KQ_RESPONSE)
        lst_recording_server(l->r, conn, &msg, lst_msgline_number(dict, "latency_us", 0) * 1000);
    else
        lst_recording_client(l->r, conn, &msg, 0);
    kq_msg_release(&msg);
    return true;
}

static bool take_line(struct loading *l, struct kq_str line)
{
    line = kq_str_trim(line);
    struct kq_obj *x = line.len ? kq_json_parse(line.s, line.len, &l->err) : NULL;
    bool ok = line.len == 0 || (x && take_object(l, x));
    kq_unref(x);
    return ok;
}

/* ---- the file ------------------------------------------------------------------------------ */

struct file {
    struct kq_wirefile wire;
    struct kq_buf text; /* of JSON: what is not a whole line yet */
    bool is_json;
    int64_t line;
};

static bool take_lines(struct loading *l, struct file *f, bool last)
{
    size_t used = 0;
    bool ok = true;
    while (ok && used < f->text.len) {
        const char *at = (const char *)f->text.data + used;
        const char *end = memchr(at, '\n', f->text.len - used);
        if (!end && !last)
            break;
        size_t len = end ? (size_t)(end - at) : f->text.len - used;
        f->line++;
        ok = take_line(l, kq_str(at, len));
        used += len + (end != NULL);
    }
    if (!ok)
        kq_err_context(&l->err, "line %lld", (long long)f->line);
    kq_buf_consume(&f->text, used < f->text.len ? used : f->text.len);
    return ok;
}

static bool take_piece(struct loading *l, struct file *f, const uint8_t *p, size_t n)
{
    if (f->is_json) {
        kq_buf_append(&f->text, p, n);
        return take_lines(l, f, false);
    }
    kq_wirefile_feed(&f->wire, p, n);
    return take_records(l, &f->wire);
}

static bool read_file(struct loading *l, struct file *f, int fd)
{
    static const size_t piece = 1 << 16;
    uint8_t *buf = kq_malloc(piece);
    ssize_t n = 0;
    bool ok = true, first = true;
    while (ok && (n = read(fd, buf, piece)) > 0) {
        if (first)
            f->is_json = buf[0] == '{';
        first = false;
        ok = take_piece(l, f, buf, (size_t)n);
    }
    if (n < 0)
        kq_err_errno(&l->err, KQ_EIO, errno, "cannot read it");
    free(buf);
    if (!ok || n)
        return false;
    return f->is_json ? take_lines(l, f, true) : kq_wirefile_end(&f->wire, &l->err);
}

struct lst_recording *lst_recording_load(const char *path, struct kq_err *err)
{
    struct loading l = {.r = lst_recording_new()};
    struct file f = {.line = 0};
    int fd = lst_capture_open(path, &l.err);
    kq_wirefile_init(&f.wire);
    kq_buf_init(&f.text, KQ_BUF_NOMAX);
    bool ok = fd >= 0 && read_file(&l, &f, fd);
    if (fd >= 0)
        close(fd);
    if (ok && !lst_recording_count(l.r))
        ok = kq_fail(&l.err, KQ_EUSAGE, "no messages in it");
    kq_wirefile_release(&f.wire);
    kq_buf_release(&f.text);
    free_streams(&l);
    if (ok)
        return l.r;
    *err = l.err;
    kq_err_context(err, "%s", path);
    lst_recording_free(l.r);
    return NULL;
}
