/*
 * source.c - one function for each kind of input, all of them loops over
 * blocks of bytes.
 */
#include "source.h"

#include "base/log.h"
#include "base/mem.h"
#include "capture.h"
#include "hexin.h"
#include "objects.h"
#include "stamp.h"
#include "wire/cursor.h"
#include "wire/hello.h"
#include "wire/tplog.h"
#include "wire/wirefile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Enough of a file to tell what it is: mostly, and always. */
enum { LEAST = 16, FIRST = 512 };

/* ---- messages one after the other ---- */

static bool read_ipc(struct dump_run *r, struct dump_input *in, struct kq_err *err)
{
    struct dump_stream *s = dump_stream_new(&r->streams, 0, NULL, NULL, DUMP_START_FRAMES);
    struct kq_str b;
    bool ok = true, go = true;
    r->streams.stop_at_fault = !r->opts->from.relaxed;
    r->streams.one_way = true;
    while (go && (ok = dump_input_next(in, &b, err)) && b.len)
        go = dump_stream_feed(s, false, (const uint8_t *)b.s, b.len, DUMP_NO_TIME) &&
             dump_run_tick(r, in);
    if (ok && go)
        dump_stream_end(s, DUMP_NO_TIME);
    dump_stream_free(s);
    r->streams.one_way = false;
    return ok;
}

/* ---- hex ---- */

/*
 * Lines of hex are the segments of a conversation, or one hexdump.  Which side
 * a line is from is not written there, but its beginning tells: responses come
 * from the server, a line that begins no message belongs to the side whose
 * message is incomplete.
 */
static bool side_of(const struct dump_stream *s, const struct kq_buf *b, bool dump, bool last)
{
    uint64_t total[2], have[2];
    for (int i = 0; i < 2; i++)
        have[i] = dump_stream_pending(s, i, &total[i]);
    for (int i = 0; i < 2; i++) {
        if (have[i] && (dump || total[i] - have[i] == b->len))
            return i;
    }
    if (b->len == 1 && b->data[0] <= 7)
        return true;
    if (kq_header_plausible(b->data, b->len))
        return b->data[1] == KQ_RESPONSE;
    return have[0] && have[1] ? last : have[1] > 0;
}

static bool feed_line(struct dump_run *r, struct dump_stream *s, struct dump_hexin *h, bool *last)
{
    *last = side_of(s, &h->bytes, h->dump || h->middle, *last);
    return dump_stream_feed(s, *last, h->bytes.data, h->bytes.len, DUMP_NO_TIME) && !r->stop;
}

static bool read_hex(struct dump_run *r, struct dump_input *in, struct kq_err *err)
{
    struct dump_hexin h;
    struct kq_str b;
    bool last = false, ok = true, go = true;
    int got = 0;
    struct dump_stream *s = dump_stream_new(&r->streams, 0, NULL, NULL, DUMP_START_FRAMES);
    r->streams.stop_at_fault = !r->opts->from.relaxed;
    dump_hexin_init(&h);
    while (go && (ok = dump_input_next(in, &b, err)) && b.len) {
        const char *p = b.s;
        while (go && (got = dump_hexin_next(&h, &p, &b.len, err)) > 0)
            go = feed_line(r, s, &h, &last);
        ok = got >= 0;
        go = go && ok && dump_run_tick(r, in);
    }
    if (ok && go && (got = dump_hexin_end(&h, err)) > 0)
        go = feed_line(r, s, &h, &last);
    if (ok && got >= 0 && go)
        dump_stream_end(s, DUMP_NO_TIME);
    dump_hexin_release(&h);
    dump_stream_free(s);
    return ok && got >= 0;
}

/* ---- recordings ---- */

struct recording {
    struct dump_run *r;
    struct dump_stream **streams; /* by number, owned */
    size_t n;
};

static struct dump_stream **stream_at(struct recording *rec, uint32_t conn, struct kq_err *err)
{
    enum { MOST = 1 << 20 };
    if (conn >= MOST) {
        kq_err_set(err, KQ_EPROTO, "wire file: connection number %u", conn);
        return NULL;
    }
    if (conn >= rec->n) {
        size_t n = conn < 15 ? 16 : 2 * (size_t)conn;
        rec->streams = kq_realloc(rec->streams, n * sizeof *rec->streams);
        memset(rec->streams + rec->n, 0, (n - rec->n) * sizeof *rec->streams);
        rec->n = n;
    }
    return &rec->streams[conn];
}

static bool close_stream(struct dump_stream **s, int64_t when_ns)
{
    bool go = !*s || dump_stream_end(*s, when_ns);
    dump_stream_free(*s);
    *s = NULL;
    return go;
}

/* "client server" */
static void open_stream(struct recording *rec, struct dump_stream **s, const struct kq_wirerec *w)
{
    struct kq_str client, server;
    bool opened = w->event == KQ_WIRE_OPEN;
    kq_str_cut(kq_str((const char *)w->data, opened ? w->len : 0), ' ', &client, &server);
    char *c = kq_memdup0(client.s ? client.s : "", client.len);
    char *v = kq_memdup0(server.s ? server.s : "", server.len);
    /* A record that begins in the middle names nobody. */
    *s = dump_stream_new(&rec->r->streams, w->conn, opened ? c : "?", opened ? v : "?",
                         opened ? DUMP_START_LOGIN : DUMP_START_MIDDLE);
    free(c);
    free(v);
}

static bool take_record(struct recording *rec, const struct kq_wirerec *w, struct kq_err *err)
{
    struct dump_stream **s = stream_at(rec, w->conn, err);
    int64_t when = dump_stamp_claimed((int64_t)(w->when_ns / 1000000000), w->when_ns % 1000000000);
    if (!s)
        return false;
    if (w->event == KQ_WIRE_CLOSE)
        return close_stream(s, when);
    if (w->event == KQ_WIRE_OPEN && !close_stream(s, when))
        return false;
    if (!*s)
        open_stream(rec, s, w);
    if (w->event == KQ_WIRE_OPEN)
        return true;
    return dump_stream_feed(*s, w->event == KQ_WIRE_TO_CLIENT, w->data, w->len, when);
}

static bool take_records(struct recording *rec, struct kq_wirefile *f, bool *go, struct kq_err *err)
{
    struct kq_wirerec w;
    int got = 0;
    while (*go && (got = kq_wirefile_next(f, &w, err)) > 0)
        *go = take_record(rec, &w, err);
    return got >= 0 && !err->code;
}

static bool read_wire(struct dump_run *r, struct dump_input *in, struct kq_err *err)
{
    struct kq_wirefile f;
    struct recording rec = {.r = r};
    struct kq_str b;
    bool ok = true, go = true;
    r->streams.trust = true;
    kq_wirefile_init(&f);
    while (go && (ok = dump_input_next(in, &b, err)) && b.len) {
        kq_wirefile_feed(&f, b.s, b.len);
        ok = take_records(&rec, &f, &go, err);
        if (!ok || !dump_run_tick(r, in))
            break;
    }
    for (size_t i = 0; i < rec.n; i++)
        go = close_stream(&rec.streams[i], r->streams.now_ns) && go;
    if (ok && go && !r->stop)
        ok = kq_wirefile_end(&f, err);
    free(rec.streams);
    kq_wirefile_release(&f);
    return ok;
}

/* ---- objects ---- */

struct log {
    struct dump_run *r;
    struct kq_out *repair; /* --repair: good records go here */
    uint64_t kept, left_out, places;
};

static bool got_object(void *user, const uint8_t *p, size_t len, uint64_t off)
{
    struct log *l = user;
    struct dump_msg m;
    if (l->repair) {
        kq_out_write(l->repair, p, len);
        l->kept++;
        return !l->repair->errnum;
    }
    dump_msg_init(&m, DUMP_OBJECT);
    m.n = l->r->streams.next_n++;
    m.p = p;
    m.have = m.len = len;
    m.off = off;
    bool go = dump_put(&l->r->next, &m);
    dump_msg_release(&m);
    return go;
}

/* Feed a file, whose objects begin after `skip` bytes. */
static bool feed_objects(struct log *l, struct dump_input *in, struct dump_objects *s, size_t skip,
                         struct kq_err *err)
{
    struct kq_str b;
    bool ok = true, go = true;
    while (go && (ok = dump_input_next(in, &b, err)) && b.len) {
        size_t n = b.len < skip ? b.len : skip;
        skip -= n;
        go = dump_objects_feed(s, (const uint8_t *)b.s + n, b.len - n) &&
             (!l->r->opts->from.follow || dump_objects_idle(s)) && dump_run_tick(l->r, in);
    }
    if (ok && go && !l->r->stop)
        dump_objects_end(s);
    if (ok && s->err.code)
        *err = s->err;
    return ok && !s->err.code;
}

static bool read_objects(struct dump_run *r, struct dump_input *in, size_t skip, struct kq_err *err)
{
    struct log l = {.r = r};
    struct dump_objects s;
    struct dump_objects_out out = {.got = got_object, .user = &l};
    dump_objects_init(&s, &out, r->opts->common.max_size, skip, false);
    bool ok = feed_objects(&l, in, &s, skip, err);
    dump_objects_release(&s);
    return ok;
}

/* A splayed column: the raw items after 16 bytes become an ordinary vector. */
static bool read_vector(struct dump_run *r, struct dump_input *in, struct kq_err *err)
{
    struct kq_str b;
    struct kq_qvector v;
    struct kq_buf all;
    struct log l = {.r = r};
    bool ok;
    uint64_t max = r->opts->common.max_size;
    kq_buf_init(&all, max ? (size_t)max : KQ_BUF_NOMAX);
    while ((ok = dump_input_next(in, &b, err)) && b.len)
        kq_buf_append(&all, b.s, b.len);
    if (ok && all.failed)
        ok = kq_fail(err, KQ_EPROTO, "vector of more than %llu bytes (--max-size)",
                     (unsigned long long)max);
    if (ok && kq_qvector_parse(all.data, all.len, &v, err)) {
        /* type, attribute with "the count has 8 bytes", count: 10 bytes in front of the items. */
        uint8_t *p = all.data + KQ_QVECTOR_HEADER_LEN - 10;
        p[0] = v.type;
        p[1] = v.attr | 0x80;
        kq_store_u64(p + 2, v.count, false);
        got_object(&l, p, all.len - (KQ_QVECTOR_HEADER_LEN - 10), 0);
    } else {
        ok = false;
    }
    kq_buf_release(&all);
    return ok;
}

static bool read_tplog(struct dump_run *r, struct dump_input *in, struct kq_str first,
                       struct kq_err *err)
{
    enum kq_qfile kind = kq_qfile_detect((const uint8_t *)first.s, first.len);
    switch (kind) {
    case KQ_QFILE_VECTOR: return read_vector(r, in, err);
    case KQ_QFILE_PAGED:
        return kq_fail(err, KQ_EPROTO, "an enumerated or nested column: only q can read it");
    case KQ_QFILE_ZIPPED:
        return kq_fail(err, KQ_EPROTO, "compressed by q (kxzipped): only q can read it");
    default: return read_objects(r, in, kq_qfile_start(kind), err);
    }
}

/* ---- --repair ---- */

static void say_damage(void *user, uint64_t off, const struct kq_err *err)
{
    (void)off;
    struct log *l = user;
    kq_prog_error(l->r->prog, l->r->subject, err);
    l->places++;
}

static void say_found(void *user, uint64_t off, uint64_t n)
{
    (void)off;
    struct log *l = user;
    l->left_out += n;
}

/* Copy the good records of a log. */
static bool repair(struct dump_run *r, struct dump_input *in, struct kq_str first,
                   struct kq_err *err)
{
    struct kq_out out;
    struct log l = {.r = r, .repair = &out};
    struct dump_objects s;
    struct dump_objects_out to = {got_object, say_damage, say_found, &l};
    const char *path = r->opts->show.repair;
    enum kq_qfile kind = kq_qfile_detect((const uint8_t *)first.s, first.len);
    size_t skip = kind == KQ_QFILE_LOG ? kq_qfile_start(kind) : 0;
    if (kind != KQ_QFILE_LOG && kind != KQ_QFILE_NONE)
        return kq_fail(err, KQ_EPROTO, "not a tickerplant log");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd < 0)
        return kq_err_errno(err, KQ_EIO, errno, "cannot create %s", path), false;
    kq_out_init_fd(&out, fd);
    struct kq_buf head;
    kq_buf_init(&head, KQ_TPLOG_HEADER_LEN);
    kq_tplog_put_header(&head);
    kq_out_write(&out, head.data, head.len);
    kq_buf_release(&head);
    dump_objects_init(&s, &to, r->opts->common.max_size, skip, true);
    bool ok = feed_objects(&l, in, &s, skip, err);
    if (s.searching)
        l.left_out += s.off - s.bad_off + s.part.len;
    dump_objects_release(&s);
    ok = kq_out_finish(&out, path, err) && ok;
    kq_out_release(&out);
    close(fd);
    if (ok && !r->opts->common.quiet)
        kq_note("%s: kept %llu records, left out %llu bytes in %llu places", r->subject,
                (unsigned long long)l.kept, (unsigned long long)l.left_out,
                (unsigned long long)l.places);
    return ok;
}

/* ---- telling what a file is ---- */

static bool is_pcap(const uint8_t *p, size_t n)
{
    static const uint32_t magic[] = {0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34, 0x0a0d0d0a};
    if (n < 4)
        return false;
    for (size_t i = 0; i < sizeof magic / sizeof *magic; i++) {
        if (kq_load_u32(p, false) == magic[i] || kq_load_u32(p, true) == magic[i])
            return true;
    }
    return false;
}

/* A login, with its capability, in front of messages: one side of a conversation. */
static bool is_login(const uint8_t *p, size_t n)
{
    const uint8_t *nul = n ? memchr(p, 0, n) : NULL;
    size_t len = nul ? (size_t)(nul - p) : 0;
    return len && p[len - 1] <= 7 && (n == len + 1 || kq_header_plausible(nul + 1, n - len - 1));
}

/* What a file that begins so is; DUMP_IN_AUTO when it is nothing known. */
static enum dump_input_kind detect(struct kq_str first)
{
    const uint8_t *p = (const uint8_t *)first.s;
    size_t n = first.len, len;
    if (is_pcap(p, n))
        return DUMP_IN_PCAP;
    if (kq_wirefile_detect(p, n))
        return DUMP_IN_WIRE;
    if (kq_qfile_detect(p, n) != KQ_QFILE_NONE)
        return DUMP_IN_TPLOG;
    if (dump_hexin_detect(p, n))
        return DUMP_IN_HEX;
    if (kq_header_plausible(p, n) || is_login(p, n))
        return DUMP_IN_IPC;
    /* An object, or the beginning of a long one that is not just text. */
    int got = n ? kq_measure(p, n, false, &len, NULL) : -1;
    if (got > 0 || (!got && n >= FIRST && memchr(p, 0, n)))
        return DUMP_IN_PAYLOAD;
    return DUMP_IN_AUTO;
}

static bool read_kind(struct dump_run *r, struct dump_input *in, enum dump_input_kind kind,
                      struct kq_str first, struct kq_err *err)
{
    switch (kind) {
    case DUMP_IN_IPC: return read_ipc(r, in, err);
    case DUMP_IN_HEX: return read_hex(r, in, err);
    case DUMP_IN_WIRE: return read_wire(r, in, err);
    case DUMP_IN_PAYLOAD: return read_objects(r, in, 0, err);
    case DUMP_IN_TPLOG: return read_tplog(r, in, first, err);
    case DUMP_IN_PCAP: return dump_capture_file(r, in, err);
    case DUMP_IN_AUTO: break;
    }
    return kq_fail(err, KQ_EPROTO,
                   "not a capture, message, log or hex; say what it is with --input");
}

void dump_source_live(struct dump_run *r, const char *bpf)
{
    struct kq_err err = {0};
    r->subject = r->first = r->opts->from.interface;
    if (!dump_capture_live(r, bpf, &err))
        dump_run_fault(r, &err);
}

/* The first bytes and what they are.  What is still being written must not have to wait for
 * more of it than needed. */
static bool look(struct dump_run *r, struct dump_input *in, struct kq_str *first,
                 enum dump_input_kind *kind, struct kq_err *err)
{
    *kind = (enum dump_input_kind)r->opts->from.input;
    for (size_t want = LEAST;; want = FIRST) {
        if (!dump_input_peek(in, want, first, err))
            return false;
        if (*kind == DUMP_IN_AUTO)
            *kind = detect(*first);
        if (*kind != DUMP_IN_AUTO || first->len < want || want == FIRST)
            return true;
    }
}

bool dump_source_file(struct dump_run *r, const char *path)
{
    struct kq_err err = {0};
    struct kq_str first;
    r->subject = !path || strcmp(path, "-") == 0 ? "standard input" : path;
    if (!r->n_inputs++)
        r->first = r->subject;
    struct dump_input *in = dump_input_open(path, r->opts->from.follow, &r->signals, &err);
    enum dump_input_kind kind = DUMP_IN_AUTO;
    bool ok = in && look(r, in, &first, &kind, &err);
    r->valid = r->bytes = 0;
    if (ok && r->opts->show.repair) {
        ok = repair(r, in, first, &err);
    } else if (ok && first.len) {
        ok = read_kind(r, in, kind, first, &err);
    }
    dump_input_close(in);
    if (!ok && err.code)
        dump_run_fault(r, &err);
    if (r->opts->show.check)
        kq_out_printf(r->out, "valid=%llu bytes=%llu\n", (unsigned long long)r->valid,
                      (unsigned long long)r->bytes);
    return !r->stop;
}
