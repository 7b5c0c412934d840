/*
 * recording.c - takes in groups, groups in a table by the hash of the question.
 */
#include "recording.h"

#include "base/buf.h"
#include "base/mem.h"
#include "wire/decode.h"
#include "wire/encode.h"

#include <stdlib.h>

/* Takes with the same question. */
struct group {
    uint64_t hash;
    struct kq_buf key; /* kind, then the plain little-endian body; empty: greetings */
    struct lst_take **take;
    size_t n, next;
    struct group *chain;
};

enum { BUCKETS = 4096 };

/* A request whose answer has not come yet. */
struct asked {
    struct lst_take *take;
    int64_t when_ns;
};

/* One recorded connection, while it is being filed. */
struct talk {
    uint32_t number;
    struct asked *asked; /* sync requests in order */
    size_t n_asked, first;
    struct asked latest; /* whatever the client said last */
    struct talk *next;
};

struct lst_recording {
    struct group *bucket[BUCKETS];
    size_t takes;
    struct talk *talks;
};

struct lst_recording *lst_recording_new(void)
{
    return kq_calloc(1, sizeof(struct lst_recording));
}

/* ---- groups ---------------------------------------------------------------------- */

static uint64_t hash_bytes(const uint8_t *p, size_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    return h ^ (h >> 29);
}

/* What a message says, independent of byte order, compression and capability. */
static void make_key(struct kq_buf *key, const struct kq_msg *msg)
{
    struct kq_obj *value = kq_decode_msg(msg, NULL, NULL);
    kq_buf_byte(key, (uint8_t)msg->head.kind);
    if (!value || !kq_encode(key, value, NULL, NULL))
        kq_buf_append(key, kq_msg_bytes(msg), msg->len);
    kq_unref(value);
}

static struct group *find(struct lst_recording *r, const struct kq_buf *key)
{
    uint64_t hash = hash_bytes(key->data, key->len);
    struct group *g = r->bucket[hash % BUCKETS];
    while (g && (g->hash != hash || g->key.len != key->len ||
                 (key->len && memcmp(g->key.data, key->data, key->len) != 0)))
        g = g->chain;
    return g;
}

/* The group of that key, made if there is none; the key is left empty. */
static struct group *need_group(struct lst_recording *r, struct kq_buf *key)
{
    struct group *g = find(r, key);
    if (!g) {
        g = kq_calloc(1, sizeof *g);
        g->hash = hash_bytes(key->data, key->len);
        g->key = *key;
        g->chain = r->bucket[g->hash % BUCKETS];
        r->bucket[g->hash % BUCKETS] = g;
        kq_buf_init(key, KQ_BUF_NOMAX);
    }
    kq_buf_release(key);
    return g;
}

static struct lst_take *add_take(struct lst_recording *r, struct group *g)
{
    struct lst_take *t = kq_calloc(1, sizeof *t);
    g->take = kq_realloc(g->take, (g->n + 1) * sizeof(struct lst_take *));
    g->take[g->n++] = t;
    r->takes++;
    return t;
}

static void add_sent(struct lst_take *t, const struct kq_msg *msg, int64_t after_ns)
{
    t->sent = kq_realloc(t->sent, (t->n + 1) * sizeof *t->sent);
    t->sent[t->n++] = (struct lst_sent){.frame = kq_rcbuf_ref(msg->frame),
                                        .off = msg->off,
                                        .len = msg->len,
                                        .kind = msg->head.kind,
                                        .after_ns = after_ns > 0 ? after_ns : 0};
}

static void free_take(struct lst_take *t)
{
    for (size_t i = 0; i < t->n; i++)
        kq_rcbuf_unref(t->sent[i].frame);
    free(t->sent);
    free(t);
}

static void free_group(struct group *g)
{
    for (size_t i = 0; i < g->n; i++)
        free_take(g->take[i]);
    kq_buf_release(&g->key);
    free(g->take);
    free(g);
}

void lst_recording_free(struct lst_recording *r)
{
    if (!r)
        return;
    for (size_t i = 0; i < BUCKETS; i++) {
        while (r->bucket[i]) {
            struct group *g = r->bucket[i];
            r->bucket[i] = g->chain;
            free_group(g);
        }
    }
    while (r->talks) {
        struct talk *t = r->talks;
        r->talks = t->next;
        free(t->asked);
        free(t);
    }
    free(r);
}

static const struct lst_take *next_take(struct lst_recording *r, const struct kq_buf *key)
{
    struct group *g = find(r, key);
    if (!g)
        return NULL;
    const struct lst_take *t = g->take[g->next];
    g->next = (g->next + 1) % g->n;
    return t;
}

const struct lst_take *lst_recording_ask(struct lst_recording *r, const struct kq_msg *msg)
{
    struct kq_buf key;
    kq_buf_init(&key, KQ_BUF_NOMAX);
    make_key(&key, msg);
    const struct lst_take *t = next_take(r, &key);
    kq_buf_release(&key);
    return t;
}

const struct lst_take *lst_recording_greet(struct lst_recording *r)
{
    struct kq_buf none = {0};
    return next_take(r, &none);
}

size_t lst_recording_count(const struct lst_recording *r)
{
    return r->takes;
}

/* ---- filing ----------------------------------------------------------------------------- */

static struct talk *talk_of(struct lst_recording *r, uint32_t conn)
{
    struct talk *t = r->talks;
    while (t && t->number != conn)
        t = t->next;
    if (t)
        return t;
    t = kq_calloc(1, sizeof *t);
    t->number = conn;
    t->next = r->talks;
    r->talks = t;
    return t;
}

void lst_recording_client(struct lst_recording *r, uint32_t conn, const struct kq_msg *msg,
                          int64_t when_ns)
{
    struct talk *t = talk_of(r, conn);
    struct kq_buf key;
    kq_buf_init(&key, KQ_BUF_NOMAX);
    make_key(&key, msg);
    t->latest = (struct asked){add_take(r, need_group(r, &key)), when_ns};
    if (msg->head.kind != KQ_SYNC)
        return;
    t->asked = kq_realloc(t->asked, (t->n_asked + 1) * sizeof *t->asked);
    t->asked[t->n_asked++] = t->latest;
}

/* A response belongs to the oldest question; anything else to the oldest that is open, or the
 * latest, or to the beginning. */
void lst_recording_server(struct lst_recording *r, uint32_t conn, const struct kq_msg *msg,
                          int64_t when_ns)
{
    struct talk *t = talk_of(r, conn);
    struct asked *to = t->first < t->n_asked ? &t->asked[t->first] : &t->latest;
    if (!to->take) {
        struct kq_buf none = {0};
        *to = (struct asked){add_take(r, need_group(r, &none)), when_ns};
    }
    add_sent(to->take, msg, when_ns - to->when_ns);
    if (msg->head.kind == KQ_RESPONSE && t->first < t->n_asked)
        t->first++;
}
