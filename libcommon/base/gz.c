/*
 * gz.c - the only file that knows zlib.
 *
 * zlib counts in 32 bits, so input and room go in slices.  Unpacking starts
 * anew where a member ends and more bytes follow; zeros there are padding, as
 * tapes and some writers leave it.
 */
#include "base/gz.h"

#include "base/mem.h"

#include <stdlib.h>
#include <zlib.h>

/* Where an unpacking stream stands. */
enum state { BETWEEN, INSIDE, FAILED };

struct kq_gz {
    z_stream z;
    bool packing;
    bool any;   /* a member has been completed */
    int window; /* how zlib is told about the framing of what is unpacked */
    enum state state;
    uint64_t left; /* bytes that may still come out */
};

enum { AUTO_DETECT = 32, GZIP_WRAP = 16, SLICE = 1 << 30, ROOM = 16 * 1024 };

const char *kq_gz_library(void)
{
    return zlibVersion();
}

bool kq_gz_is(const void *p, size_t len)
{
    const uint8_t *b = p;
    return len >= 3 && b[0] == 0x1f && b[1] == 0x8b && b[2] == 8;
}

static struct kq_gz *inflate_new(uint64_t max, int window)
{
    struct kq_gz *g = kq_calloc(1, sizeof *g);
    g->left = max;
    g->window = window;
    if (inflateInit2(&g->z, window) != Z_OK)
        abort();
    return g;
}

struct kq_gz *kq_gz_inflate_new(uint64_t max)
{
    return inflate_new(max, MAX_WBITS + AUTO_DETECT);
}

struct kq_gz *kq_gz_inflate_raw_new(uint64_t max)
{
    return inflate_new(max, -MAX_WBITS);
}

struct kq_gz *kq_gz_deflate_new(enum kq_gz_format format, int level)
{
    struct kq_gz *g = kq_calloc(1, sizeof *g);
    g->packing = true;
    int wbits = MAX_WBITS + (format == KQ_GZ_GZIP ? GZIP_WRAP : 0);
    if (deflateInit2(&g->z, level, Z_DEFLATED, wbits, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        abort();
    return g;
}

void kq_gz_free(struct kq_gz *g)
{
    if (!g)
        return;
    if (g->packing)
        deflateEnd(&g->z);
    else
        inflateEnd(&g->z);
    free(g);
}

static bool fail(struct kq_gz *g, struct kq_err *err, const char *why)
{
    g->state = FAILED;
    return kq_fail(err, KQ_EPROTO, "%s stream: %s", g->packing ? "compressing" : "compressed", why);
}

/* Point zlib at the next slice of input and room. */
static void set_slice(struct kq_gz *g, struct kq_str in, void *out, size_t room)
{
    /* zlib's input pointer is not const, but it does not write there. */
    union {
        const char *in;
        Bytef *zlib;
    } p = {.in = in.s};
    g->z.next_in = p.zlib;
    g->z.avail_in = (uInt)(in.len < SLICE ? in.len : SLICE);
    g->z.next_out = out;
    g->z.avail_out = (uInt)(room < SLICE ? room : SLICE);
}

/* Take what zlib used out of *in; returns what it made. */
static size_t take_slice(struct kq_gz *g, struct kq_str *in, const void *out)
{
    size_t used = (size_t)((const char *)g->z.next_in - in->s);
    in->s += used;
    in->len -= used;
    return (size_t)(g->z.next_out - (const Bytef *)out);
}

/* Between members: skip padding; true when a member starts. */
static bool next_member(struct kq_gz *g, struct kq_str *in)
{
    while (g->any && g->window > 0 && in->len && *in->s == 0) {
        in->s++;
        in->len--;
    }
    if (!in->len)
        return false;
    if (g->any)
        inflateReset2(&g->z, g->window);
    g->state = INSIDE;
    return true;
}

static bool inflate_step(struct kq_gz *g, struct kq_str *in, void *out, size_t room, size_t *made,
                         struct kq_err *err)
{
    if (g->state == BETWEEN && !next_member(g, in))
        return true;
    /* One byte more than allowed tells a stream that is too long. */
    size_t cap = room > g->left && g->left < SIZE_MAX ? (size_t)g->left + 1 : room;
    set_slice(g, *in, out, cap);
    int rc = inflate(&g->z, Z_NO_FLUSH);
    *made = take_slice(g, in, out);
    if (*made > g->left)
        return fail(g, err, "unpacks to more than the limit");
    g->left -= *made;
    if (rc == Z_STREAM_END) {
        g->state = BETWEEN;
        g->any = true;
        return true;
    }
    if (rc == Z_OK || rc == Z_BUF_ERROR)
        return true;
    return fail(g, err, g->z.msg ? g->z.msg : "damaged");
}

bool kq_gz_step(struct kq_gz *g, struct kq_str *in, void *out, size_t room, size_t *made,
                struct kq_err *err)
{
    *made = 0;
    if (g->state == FAILED)
        return fail(g, err, "damaged");
    if (!g->packing)
        return inflate_step(g, in, out, room, made, err);
    set_slice(g, *in, out, room);
    deflate(&g->z, Z_NO_FLUSH);
    *made = take_slice(g, in, out);
    return true;
}

/* Room in `out`, plenty where that is allowed; 0 when it is full. */
static size_t make_room(struct kq_buf *out)
{
    size_t left = out->max - out->len;
    (void)kq_buf_reserve(out, left < ROOM ? left : ROOM);
    return out->failed ? 0 : out->cap - out->len;
}

bool kq_gz_feed(struct kq_gz *g, const void *p, size_t len, struct kq_buf *out, struct kq_err *err)
{
    struct kq_str in = {p, len};
    size_t room, made;
    do {
        /* In a full buffer one spare byte tells whether more would come. */
        uint8_t spare;
        room = make_room(out);
        uint8_t *dst = room ? out->data + out->len : &spare;
        if (!kq_gz_step(g, &in, dst, room ? room : 1, &made, err))
            return false;
        if (made && !room) {
            out->failed = true;
            return fail(g, err, "does not fit the buffer");
        }
        kq_buf_advance(out, made);
    } while (in.len || (made && made == room));
    return true;
}

static bool finish_packing(struct kq_gz *g, struct kq_buf *out, struct kq_err *err)
{
    int rc;
    do {
        uint8_t *dst = kq_buf_reserve(out, 256);
        if (!dst)
            return fail(g, err, "does not fit the buffer");
        set_slice(g, kq_str("", 0), dst, out->cap - out->len);
        rc = deflate(&g->z, Z_FINISH);
        kq_buf_advance(out, (size_t)(g->z.next_out - dst));
    } while (rc == Z_OK || rc == Z_BUF_ERROR);
    g->state = FAILED;
    return true;
}

bool kq_gz_finish(struct kq_gz *g, struct kq_buf *out, struct kq_err *err)
{
    if (g->state == FAILED)
        return fail(g, err, "damaged");
    if (g->packing)
        return finish_packing(g, out, err);
    if (g->state == INSIDE || !g->any)
        return fail(g, err, "cut off");
    return true;
}

bool kq_gz_inflate(const void *p, size_t len, uint64_t max, struct kq_buf *out, struct kq_err *err)
{
    struct kq_gz *g = kq_gz_inflate_new(max);
    bool ok = kq_gz_feed(g, p, len, out, err) && kq_gz_finish(g, out, err);
    kq_gz_free(g);
    return ok;
}

bool kq_gz_deflate(enum kq_gz_format format, const void *p, size_t len, struct kq_buf *out,
                   struct kq_err *err)
{
    struct kq_gz *g = kq_gz_deflate_new(format, -1);
    bool ok = kq_gz_feed(g, p, len, out, err) && kq_gz_finish(g, out, err);
    kq_gz_free(g);
    return ok;
}

/* What ends each message on the way to the compressor's output and is left out on the wire. */
static const uint8_t message_end[] = {0, 0, 0xff, 0xff};

void kq_gz_pack_message(const void *p, size_t len, struct kq_buf *out)
{
    struct kq_gz g = {.packing = true};
    struct kq_str in = kq_str(len ? p : "", len);
    if (deflateInit2(&g.z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        abort();
    do {
        uint8_t *dst = kq_buf_reserve(out, ROOM);
        if (!dst)
            break;
        set_slice(&g, in, dst, ROOM);
        deflate(&g.z, in.len > SLICE ? Z_NO_FLUSH : Z_SYNC_FLUSH);
        kq_buf_advance(out, take_slice(&g, &in, dst));
    } while (in.len || !g.z.avail_out);
    deflateEnd(&g.z);
    if (!out->failed)
        out->len -= sizeof message_end;
}

/* Unpack a piece of a message; false when it is damaged or too long. */
static bool unpack_piece(struct kq_gz *g, const void *p, size_t len, struct kq_buf *out)
{
    struct kq_str in = {p, len};
    int rc = Z_OK;
    do {
        uint8_t *dst = kq_buf_reserve(out, ROOM);
        if (!dst)
            return false;
        set_slice(g, in, dst, ROOM);
        rc = inflate(&g->z, Z_SYNC_FLUSH);
        size_t made = take_slice(g, &in, dst);
        kq_buf_advance(out, made);
        if (made > g->left)
            return false;
        g->left -= made;
    } while ((in.len || !g->z.avail_out) && rc == Z_OK);
    return (rc == Z_OK || rc == Z_BUF_ERROR) && !in.len;
}

bool kq_gz_unpack_message(const void *p, size_t len, uint64_t max, struct kq_buf *out,
                          struct kq_err *err)
{
    struct kq_gz g = {.left = max};
    if (inflateInit2(&g.z, -MAX_WBITS) != Z_OK)
        abort();
    bool ok = (!len || unpack_piece(&g, p, len, out)) &&
              unpack_piece(&g, message_end, sizeof message_end, out);
    inflateEnd(&g.z);
    return ok || kq_fail(err, KQ_EPROTO, "compressed message: damaged or too long");
}
