/*
 * stream.c - two halves, each in a phase that says how its bytes are read.
 *
 * The client's first bytes decide; until then those of the server wait.  What
 * is not known to be kdb+ (no login was seen, no --port given) stays silent
 * until a message proves it.
 */
#include "stream.h"

#include "base/mem.h"
#include "login.h"
#include "pair.h"
#include "wire/hello.h"
#include "ws.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    HOLD_MAX = DUMP_LOGIN_MAX, /* bytes that wait for a decision */
    LOGIN_USUAL = 300,         /* bytes of text that may be half a login */
    PROOF = 3,                 /* plausible messages that prove kdb+ when none can be checked */
};

enum phase {
    START,     /* bytes are held until it is clear what they are */
    ANSWER,    /* server: the byte that answers the login comes next */
    OLD_LOGIN, /* client: after a login without capability: messages or a line of text */
    FRAMES,
    LINE, /* client: text of the console protocol up to a NUL */
    TEXT, /* server: the answer to that, as it comes */
    HTTP,
    WEBSOCKET,
    IGNORED,
};

struct half {
    struct dump_stream *s;
    bool to_client;
    enum phase phase;
    uint64_t off;       /* bytes seen, lost ones too */
    struct kq_buf hold; /* START, LINE, HTTP, text messages of WEBSOCKET */
    int64_t hold_ns;    /* when its first byte came */
    struct dump_frames frames;
    struct dump_ws *ws; /* owned, WEBSOCKET */
};

struct dump_stream {
    struct dump_streams *all;
    struct dump_conn conn;
    struct half half[2]; /* client to server, server to client */
    struct dump_pair pair;
    enum dump_start start;
    bool known;    /* it is kdb+ */
    int plausible; /* messages seen while not known */
    bool upgrade;  /* HTTP: the client asked for a WebSocket */
    bool counted;  /* in all->encrypted or all->other */
};

/* ---- handing on ---- */

static bool emit(struct dump_stream *s, struct dump_msg *m)
{
    if (s->conn.client)
        m->conn = &s->conn;
    m->max_size = s->all->limits.max_size;
    if (m->kind != DUMP_NOTE)
        m->n = s->all->next_n++;
    if (s->all->pair && !s->all->one_way && m->kind != DUMP_NOTE)
        dump_pair_see(&s->pair, m);
    bool go = dump_put(s->all->next, m);
    dump_msg_release(m);
    return go;
}

/* A note at stream offset `off`, with `err` about a fault. */
static bool note_at(struct half *h, const char *text, uint64_t off, const struct kq_err *err,
                    int64_t when_ns)
{
    struct dump_msg m;
    if (!h->s->known)
        return true;
    dump_msg_init(&m, DUMP_NOTE);
    m.to_client = h->to_client;
    m.off = off;
    m.first_ns = m.last_ns = when_ns;
    if (err)
        m.fault = *err;
    m.text = kq_strz(text);
    return emit(h->s, &m);
}

static bool note(struct half *h, const char *text, int64_t when_ns)
{
    return note_at(h, text, h->off, NULL, when_ns);
}

/* A message that is not an IPC frame, from the bytes at `p`. */
static struct dump_msg plain(const struct half *h, enum dump_kind kind, const uint8_t *p, size_t n,
                             int64_t when_ns)
{
    struct dump_msg m;
    dump_msg_init(&m, kind);
    m.to_client = h->to_client;
    m.p = p;
    m.have = m.len = n;
    m.first_ns = m.last_ns = when_ns;
    return m;
}

static bool emit_text(struct half *h, const uint8_t *p, size_t n, size_t len, int64_t when_ns)
{
    struct dump_msg m = plain(h, DUMP_TEXT, p, n, when_ns);
    m.off = h->off - n;
    m.text = kq_str((const char *)p, len);
    return !h->s->known || emit(h->s, &m);
}

/* ---- messages ---- */

/* Does this message show that the stream is kdb+? */
static bool prove(struct dump_stream *s, const struct dump_frame *f)
{
    if (f->have == f->head.total)
        s->known = dump_frame_sure(f->p, f->have, s->all->limits.max_size);
    else
        s->known = ++s->plausible >= PROOF;
    return s->known;
}

static bool got_frame(void *user, const struct dump_frame *f)
{
    struct half *h = user;
    struct dump_msg m;
    if (!h->s->known && !prove(h->s, f))
        return true;
    dump_msg_init(&m, (enum dump_kind)f->head.kind);
    m.to_client = h->to_client;
    m.p = f->p;
    m.have = f->have;
    m.len = f->head.total;
    m.missing = f->missing;
    m.off = f->off;
    m.head_len = KQ_HEADER_LEN;
    m.big = f->head.big;
    m.compressed = f->head.compressed;
    m.first_ns = f->first_ns;
    m.last_ns = f->last_ns;
    return emit(h->s, &m);
}

static bool lost_frame(void *user, uint64_t off, const struct kq_err *err)
{
    struct half *h = user;
    return note_at(h, err->msg, off, err, h->s->all->now_ns) && !h->s->all->stop_at_fault;
}

/* ---- phases ---- */

static void init_frames(struct half *h, bool lost)
{
    struct dump_frames_out out = {got_frame, lost_frame, h};
    dump_frames_release(&h->frames);
    dump_frames_init(&h->frames, &h->s->all->limits, &out, lost);
    h->frames.off = h->off;
}

static void drop_hold(struct half *h)
{
    kq_buf_release(&h->hold);
    kq_buf_init(&h->hold, HOLD_MAX);
}

/* Read the bytes that wait as messages, those at `from` first. */
static bool release_as_frames(struct half *h, size_t from, bool lost)
{
    struct kq_buf hold = h->hold;
    kq_buf_init(&h->hold, HOLD_MAX);
    h->phase = FRAMES;
    h->off -= hold.len - from;
    init_frames(h, lost);
    h->off += hold.len - from;
    bool go = hold.len == from ||
              dump_frames_feed(&h->frames, hold.data + from, hold.len - from, h->hold_ns);
    kq_buf_release(&hold);
    return go;
}

static void ignore(struct dump_stream *s, uint64_t *counter)
{
    if (!s->counted)
        (*counter)++;
    s->counted = true;
    for (int i = 0; i < 2; i++) {
        s->half[i].phase = IGNORED;
        drop_hold(&s->half[i]);
    }
}

/* ---- login ---- */

static bool emit_login(struct half *h, size_t len)
{
    struct kq_hello hello;
    struct kq_login login;
    size_t used;
    kq_hello_init(&hello);
    kq_hello_feed(&hello, h->hold.data, len, &used, NULL);
    kq_hello_get(&hello, &login);
    struct dump_msg m = plain(h, DUMP_HANDSHAKE, h->hold.data, len, h->hold_ns);
    m.off = h->off - h->hold.len;
    m.text = login.user;
    m.password = login.password;
    m.has_password = login.has_password;
    m.capability = login.capability;
    struct dump_conn *c = &h->s->conn;
    free(c->user);
    c->user = kq_memdup0(login.user.s ? login.user.s : "", login.user.len);
    c->user_len = login.user.len;
    bool go = emit(h->s, &m);
    kq_hello_release(&hello);
    return go;
}

static bool enter_answer(struct half *server);
static bool take_old_login(struct half *h);

static bool take_login(struct half *h, size_t len, bool has_cap)
{
    struct dump_stream *s = h->s;
    struct half *server = &s->half[1];
    s->known = true;
    if (!emit_login(h, len))
        return false;
    kq_buf_consume(&h->hold, len);
    bool go;
    if (has_cap) {
        go = release_as_frames(h, 0, false);
    } else {
        h->phase = OLD_LOGIN;
        go = !h->hold.len || take_old_login(h);
    }
    return go && (s->start == DUMP_START_FRAMES || enter_answer(server));
}

/* Bytes after a login without capability. */
static bool take_old_login(struct half *h)
{
    bool line = h->hold.data[0] > 1 || (h->hold.len == 1 && !h->hold.data[0]);
    if (!line)
        return release_as_frames(h, 0, false);
    h->phase = LINE;
    const uint8_t *nul = memchr(h->hold.data, 0, h->hold.len);
    if (!nul)
        return true;
    size_t len = (size_t)(nul - h->hold.data);
    bool go = emit_text(h, h->hold.data, len + 1, len, h->hold_ns);
    drop_hold(h);
    return go;
}

static bool take_answer(struct half *h)
{
    if (!h->hold.len)
        return true;
    bool text = h->s->half[0].phase == LINE;
    if (!text || (h->hold.len == 1 && h->hold.data[0] <= 7)) {
        struct dump_msg m = plain(h, DUMP_ACCEPT, h->hold.data, 1, h->hold_ns);
        m.off = h->off - h->hold.len;
        m.capability = h->hold.data[0];
        bool go = emit(h->s, &m);
        h->phase = TEXT;
        return go && (text ? (drop_hold(h), true) : release_as_frames(h, 1, false));
    }
    h->phase = TEXT;
    bool go = emit_text(h, h->hold.data, h->hold.len, h->hold.len, h->hold_ns);
    drop_hold(h);
    return go;
}

static bool enter_answer(struct half *server)
{
    /* A search that has only seen the answer so far. */
    if (server->phase == FRAMES && server->off == 1 && server->frames.part.len == 1) {
        kq_buf_append(&server->hold, server->frames.part.data, 1);
        dump_frames_release(&server->frames);
        server->phase = START;
    }
    if (server->phase != START)
        return true;
    server->phase = ANSWER;
    return take_answer(server);
}

/* ---- HTTP and WebSocket ---- */

static const char *find_header(const char *p, size_t n, const char *name)
{
    size_t len = strlen(name);
    for (const char *line = p; line; line = memchr(line, '\n', n - (size_t)(line - p))) {
        line += *line == '\n';
        if ((size_t)(line - p) + len < n && strncasecmp(line, name, len) == 0)
            return line + len;
        if ((size_t)(line - p) >= n)
            break;
    }
    return NULL;
}

static bool note_line(struct half *h, const char *p, size_t n)
{
    char text[200];
    size_t len = strcspn(p, "\r\n");
    if (len > n)
        len = n;
    bool request = !h->to_client;
    snprintf(text, sizeof text, "HTTP %s%.*s", request ? "request " : "response ",
             (int)(len < 150 ? len : 150), p);
    return note(h, text, h->hold_ns);
}

static bool feed_websocket(struct half *h, const uint8_t *p, size_t n, int64_t when_ns);

static bool start_websocket(struct half *h, size_t used)
{
    struct dump_stream *s = h->s;
    struct kq_buf rest = h->hold;
    kq_buf_init(&h->hold, HOLD_MAX);
    for (int i = 0; i < 2; i++) {
        s->half[i].phase = WEBSOCKET;
        s->half[i].ws = dump_ws_new();
        drop_hold(&s->half[i]);
        init_frames(&s->half[i], false);
    }
    s->all->http -= !s->known;
    bool go = note(h, "WebSocket begins", h->hold_ns) &&
              feed_websocket(h, rest.data + used, rest.len - used, h->hold_ns);
    kq_buf_release(&rest);
    return go;
}

/* The head of a request or response, when all of it is there. */
static bool take_http(struct half *h)
{
    const char *p = (const char *)h->hold.data;
    const char *end = memmem(p, h->hold.len, "\r\n\r\n", 4);
    if (!end) {
        if (h->hold.len >= HOLD_MAX)
            ignore(h->s, &h->s->all->other);
        return true;
    }
    size_t len = (size_t)(end - p) + 4;
    const char *upgrade = find_header(p, len, "upgrade:");
    bool websocket = upgrade && strncasecmp(upgrade + strspn(upgrade, " "), "websocket", 9) == 0;
    bool go = note_line(h, p, len);
    if (!h->to_client)
        h->s->upgrade = websocket;
    else if (h->s->upgrade && len > 12 && memcmp(p + 8, " 101", 4) == 0)
        return go && start_websocket(h, len);
    drop_hold(h);
    return go;
}

static bool feed_http(struct half *h, const uint8_t *p, size_t n, int64_t when_ns)
{
    bool head =
        h->to_client ? n >= 5 && memcmp(p, "HTTP/", 5) == 0 : kq_sniff(p, n) == KQ_SNIFF_HTTP;
    if (!h->hold.len && !head)
        return true; /* a body */
    if (!h->hold.len)
        h->hold_ns = when_ns;
    size_t room = HOLD_MAX - h->hold.len;
    kq_buf_append(&h->hold, p, n < room ? n : room);
    return take_http(h);
}

static bool take_piece(struct half *h, const struct dump_ws_piece *piece, int64_t when_ns)
{
    if (!piece->text) {
        if (piece->first)
            init_frames(h, false);
        return dump_frames_feed(&h->frames, piece->p, piece->n, when_ns);
    }
    if (piece->first) {
        drop_hold(h);
        h->hold_ns = when_ns;
    }
    kq_buf_append(&h->hold, piece->p, piece->n);
    if (!piece->last)
        return true;
    return emit_text(h, h->hold.data, h->hold.len, h->hold.len, h->hold_ns);
}

static bool feed_websocket(struct half *h, const uint8_t *p, size_t n, int64_t when_ns)
{
    struct dump_ws_piece piece;
    struct kq_err err;
    bool go = true;
    int got = 0;
    while (go && (got = dump_ws_next(h->ws, &p, &n, &piece, &err)) > 0)
        go = take_piece(h, &piece, when_ns);
    if (got < 0) {
        go = note(h, err.msg, when_ns);
        h->phase = IGNORED;
    }
    return go;
}

/* ---- the beginning ---- */

/* The client's bytes never come: the server's first one is its answer if this is kdb+. */
static bool without_client(struct half *server)
{
    if (!server->s->known)
        return release_as_frames(server, 0, true);
    server->phase = ANSWER;
    return take_answer(server);
}

/* The server's bytes wait for the client's. */
static bool wait_for_client(struct half *server)
{
    return server->hold.len < HOLD_MAX || without_client(server);
}

static bool not_a_login(struct half *h)
{
    struct dump_stream *s = h->s;
    if (!s->known) {
        ignore(s, &s->all->other);
        return true;
    }
    bool middle = s->start != DUMP_START_LOGIN;
    if (!middle && !note(h, "no login: not the kdb+ protocol, or begun earlier", h->hold_ns))
        return false;
    s->start = middle ? s->start : DUMP_START_MIDDLE;
    return release_as_frames(h, 0, true) &&
           (s->half[1].phase != START || release_as_frames(&s->half[1], 0, true));
}

static bool start_http(struct dump_stream *s)
{
    struct half *client = &s->half[0], *server = &s->half[1];
    client->phase = server->phase = HTTP;
    s->all->http += !s->known;
    bool go = take_http(client);
    if (!go || server->phase != HTTP || !server->hold.len)
        return go;
    return take_http(server);
}

static bool decide(struct half *h)
{
    struct dump_stream *s = h->s;
    const uint8_t *p = h->hold.data;
    size_t n = h->hold.len;
    bool has_cap;
    switch (kq_sniff(p, n)) {
    case KQ_SNIFF_MORE: return true;
    case KQ_SNIFF_HTTP: return start_http(s);
    case KQ_SNIFF_TLS:
        if (!note(h, "TLS: encrypted", h->hold_ns))
            return false;
        ignore(s, &s->all->encrypted);
        return true;
    case KQ_SNIFF_LOGIN: break;
    }
    size_t login = dump_login_len(p, n, s->all->trust, &has_cap);
    if (login)
        return take_login(h, login, has_cap);
    return dump_login_hopeless(h->hold.data, n, s->all->trust) ? not_a_login(h) : true;
}

/* Without a known beginning: a login if it can only be one, else search. */
static bool decide_middle(struct half *h)
{
    const uint8_t *p = h->hold.data;
    size_t n = h->hold.len;
    bool raw = h->s->start == DUMP_START_FRAMES, has_cap = false;
    if (h->to_client && raw && h->s->conn.user && p[0] <= 7 && !kq_header_plausible(p, n)) {
        h->phase = ANSWER;
        return take_answer(h);
    }
    if (h->to_client || kq_header_plausible(p, n))
        return release_as_frames(h, 0, !raw);
    size_t login = dump_login_len(p, n, false, &has_cap);
    if (login && has_cap)
        return take_login(h, login, true);
    /* Half a login, perhaps. */
    if (!raw && n < LOGIN_USUAL && p[0] >= ' ' && !dump_login_hopeless(p, n, false))
        return true;
    return release_as_frames(h, 0, !raw);
}

static bool feed_start(struct half *h, const uint8_t *p, size_t n, int64_t when_ns)
{
    if (!h->hold.len)
        h->hold_ns = when_ns;
    size_t room = HOLD_MAX - h->hold.len;
    kq_buf_append(&h->hold, p, n < room ? n : room);
    if (h->s->start != DUMP_START_LOGIN)
        return decide_middle(h);
    return h->to_client ? wait_for_client(h) : decide(h);
}

/* Bytes that are collected first; then `take` looks at them. */
static bool collect(struct half *h, const uint8_t *p, size_t n, int64_t when_ns,
                    bool (*take)(struct half *))
{
    if (!h->hold.len)
        h->hold_ns = when_ns;
    kq_buf_append(&h->hold, p, n);
    if (h->hold.failed) {
        ignore(h->s, &h->s->all->other);
        return true;
    }
    return take(h);
}

/* ---- from outside ---- */

struct dump_stream *dump_stream_new(struct dump_streams *all, uint32_t id, const char *client,
                                    const char *server, enum dump_start start)
{
    struct dump_stream *s = kq_calloc(1, sizeof *s);
    s->all = all;
    s->start = start;
    s->pair.memory = &all->memory;
    s->known = all->trust || start == DUMP_START_FRAMES;
    s->conn.id = id;
    if (client) {
        s->conn.client = kq_strdup(client);
        s->conn.server = kq_strdup(server);
    }
    for (int i = 0; i < 2; i++) {
        s->half[i] = (struct half){.s = s, .to_client = i, .phase = START};
        kq_buf_init(&s->half[i].hold, HOLD_MAX);
        init_frames(&s->half[i], false);
    }
    return s;
}

void dump_stream_free(struct dump_stream *s)
{
    if (!s)
        return;
    for (int i = 0; i < 2; i++) {
        kq_buf_release(&s->half[i].hold);
        dump_frames_release(&s->half[i].frames);
        dump_ws_free(s->half[i].ws);
    }
    dump_pair_release(&s->pair);
    free(s->conn.client);
    free(s->conn.server);
    free(s->conn.user);
    free(s);
}

bool dump_stream_feed(struct dump_stream *s, bool to_client, const uint8_t *p, size_t n,
                      int64_t when_ns)
{
    struct half *h = &s->half[to_client];
    s->all->now_ns = when_ns;
    h->off += n;
    switch (h->phase) {
    case START: return feed_start(h, p, n, when_ns);
    case ANSWER: return collect(h, p, n, when_ns, take_answer);
    case OLD_LOGIN:
    case LINE: return collect(h, p, n, when_ns, take_old_login);
    case FRAMES: return dump_frames_feed(&h->frames, p, n, when_ns);
    case TEXT: return emit_text(h, p, n, n, when_ns);
    case HTTP: return feed_http(h, p, n, when_ns);
    case WEBSOCKET: return feed_websocket(h, p, n, when_ns);
    case IGNORED: break;
    }
    return true;
}

/* A hole inside a message shows in that message; any other is reported here. */
static bool gap_note(struct half *h, uint64_t n, bool counted, int64_t when_ns)
{
    char text[60];
    if (!h->s->known)
        return true;
    h->s->all->gaps++;
    snprintf(text, sizeof text, "%llu bytes lost in the capture", (unsigned long long)n);
    return counted || note(h, text, when_ns);
}

bool dump_stream_gap(struct dump_stream *s, bool to_client, uint64_t n, int64_t when_ns)
{
    struct half *h = &s->half[to_client];
    bool framed = h->phase == FRAMES, counted = false;
    if (h->phase == IGNORED)
        return true;
    s->all->now_ns = when_ns;
    if (framed && !dump_frames_end(&h->frames))
        return false;
    uint64_t total, have = dump_frames_pending(&h->frames, &total);
    counted = framed && total && total - have >= n;
    if (!gap_note(h, n, counted, when_ns))
        return false;
    h->off += n;
    if (s->all->stop_at_gap && s->known) {
        ignore(s, &s->all->other);
        return true;
    }
    if (framed)
        dump_frames_gap(&h->frames, n);
    else if (h->phase == WEBSOCKET)
        h->phase = IGNORED;
    else if (h->phase == START || h->phase == ANSWER || h->phase == OLD_LOGIN)
        return release_as_frames(h, h->hold.len, true);
    if (!counted)
        dump_pair_forget(&s->pair);
    return h->frames.state != DUMP_FRAMES_DONE;
}

bool dump_stream_forget(struct dump_stream *s, int64_t when_ns)
{
    bool go = true;
    for (int i = 0; i < 2; i++) {
        struct half *h = &s->half[i];
        if (go && h->frames.part.len)
            go = note(h, "no memory for this message (--max-memory): left out", when_ns);
        dump_frames_forget(&h->frames);
    }
    dump_pair_drop(&s->pair);
    return go;
}

/* What is left of a message.  A file of messages must not end so; a capture may. */
static bool end_frames(struct half *h, int64_t when_ns)
{
    struct kq_err err = {.code = KQ_EPROTO};
    uint64_t total, have = dump_frames_pending(&h->frames, &total);
    if (!have)
        return true;
    if (total)
        kq_err_set(&err, KQ_EPROTO, "ends inside a message: %llu of %llu bytes",
                   (unsigned long long)have, (unsigned long long)total);
    else
        kq_err_set(&err, KQ_EPROTO, "ends inside a message header: %llu of 8 bytes",
                   (unsigned long long)have);
    bool file = h->s->start == DUMP_START_FRAMES;
    return note_at(h, err.msg, h->off - have, file ? &err : NULL, when_ns);
}

static bool end_half(struct half *h, int64_t when_ns)
{
    if (h->phase == START && h->hold.len && h->s->known) {
        bool answer = h->to_client && h->s->start == DUMP_START_LOGIN;
        if (answer ? !without_client(h)
                   : !release_as_frames(h, 0, h->s->start != DUMP_START_FRAMES))
            return false;
    }
    return h->phase != FRAMES || (dump_frames_end(&h->frames) && end_frames(h, when_ns));
}

bool dump_stream_end(struct dump_stream *s, int64_t when_ns)
{
    bool go = end_half(&s->half[0], when_ns) && end_half(&s->half[1], when_ns);
    struct dump_msg m;
    /* Bytes that somebody has picked need not be all of a conversation. */
    bool whole = s->start != DUMP_START_FRAMES;
    while (go && whole && dump_pair_unanswered(&s->pair, &m)) {
        m.conn = s->conn.client ? &s->conn : NULL;
        go = dump_put(s->all->next, &m);
        dump_msg_release(&m);
    }
    return go;
}

bool dump_stream_ignored(const struct dump_stream *s)
{
    return s->half[0].phase == IGNORED && s->half[1].phase == IGNORED;
}

uint64_t dump_stream_pending(const struct dump_stream *s, bool to_client, uint64_t *total)
{
    return dump_frames_pending(&s->half[to_client].frames, total);
}
