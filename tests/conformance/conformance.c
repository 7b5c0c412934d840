/*
 * conformance.c - our codec against frames that other implementations made.
 *
 *      conformance DIR
 *
 * DIR holds objects.tsv (valid frames) and malformed.tsv, in the format that
 * the FORMAT.md beside them describes.  Every valid frame must decode, both as
 * views and owned, encode again to the same body, print as the one-line q text
 * that objects.tsv has for it, compress to the same bytes when it came so and
 * is long enough to be compressed by rule, and be the same value as a plain
 * frame of the same text; every frame that must be refused must be.  One line
 * for each failure; the last line is "N passed, N failed".
 */
#include "base/err.h"
#include "obj/cmp.h"
#include "text/repr.h"
#include "wire/compress.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/reader.h"
#include "wire/walk.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_FRAME = 64 << 20, MAX_COLUMNS = 16 };

static struct {
    unsigned passed, failed;
} score;

static void check(bool ok, const char *id, const char *what, const char *detail)
{
    if (ok) {
        score.passed++;
        return;
    }
    score.failed++;
    printf("FAIL %s: %s%s%s\n", id, what, *detail ? ": " : "", detail);
}

/* ---- the tables ---- */

struct row {
    char *cells[MAX_COLUMNS];
    int n;
};

/* Cut a line at its tabs, in place. */
static struct row cut(char *line)
{
    struct row r = {.n = 0};
    line[strcspn(line, "\n")] = 0;
    for (char *p = line; p && r.n < MAX_COLUMNS; r.n++)
        r.cells[r.n] = strsep(&p, "\t");
    return r;
}

/* Bytes of a hex cell, in memory of exactly their size; *n their number. */
static uint8_t *unhex(const char *hex, size_t *n)
{
    *n = strlen(hex) / 2;
    uint8_t *p = malloc(*n ? *n : 1);
    for (size_t i = 0; i < *n; i++) {
        unsigned v = 0;
        sscanf(hex + 2 * i, "%2x", &v);
        p[i] = (uint8_t)v;
    }
    return p;
}

static bool each_row(const char *dir, const char *name, void (*visit)(const struct row *, void *),
                     void *arg)
{
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "r");
    if (!f) {
        fprintf(stderr, "conformance: cannot open %s\n", path);
        return false;
    }
    char *line = NULL;
    size_t cap = 0;
    bool header = true;
    while (getline(&line, &cap, f) > 0) {
        struct row r = cut(line);
        if (!header)
            visit(&r, arg);
        header = false;
    }
    free(line);
    fclose(f);
    return true;
}

/* ---- frames ---- */

/* The one message in `bytes`; false when there is none or more than it. */
static bool read_frame(const uint8_t *bytes, size_t n, struct kq_msg *msg, struct kq_err *err)
{
    struct kq_reader *r = kq_reader_new(MAX_FRAME);
    kq_reader_feed(r, bytes, n);
    int got = kq_reader_next(r, msg, err);
    if (got == 0)
        kq_err_set(err, KQ_EPROTO, "the frame is incomplete");
    if (got == 1 && kq_reader_pending(r, NULL)) {
        kq_err_set(err, KQ_EPROTO, "bytes follow the frame");
        kq_msg_release(msg);
        got = -1;
    }
    kq_reader_free(r);
    return got == 1;
}

static struct kq_obj *decode(const struct kq_msg *msg, bool views, struct kq_err *err)
{
    struct kq_decode_opts opts = {.views = views, .max_size = MAX_FRAME};
    return kq_decode_msg(msg, &opts, err);
}

/* The plain form of a message, as a frame of its own. */
static struct kq_rcbuf *plain_frame(const struct kq_msg *msg)
{
    if (msg->head.compressed)
        return kq_decompress(kq_msg_bytes(msg), msg->len, MAX_FRAME, NULL);
    struct kq_rcbuf *copy = kq_rcbuf_new(msg->len);
    memcpy(copy->data, kq_msg_bytes(msg), msg->len);
    return copy;
}

/* Does a walk over the plain frame agree that it is one whole object? */
static bool walks(const struct kq_rcbuf *plain, bool big, struct kq_err *err)
{
    size_t len = 0;
    int got = kq_measure(plain->data + KQ_HEADER_LEN, plain->len - KQ_HEADER_LEN, big, &len, err);
    return got == 1 && len == plain->len - KQ_HEADER_LEN;
}

static bool same_bytes(const struct kq_buf *b, const struct kq_rcbuf *frame)
{
    return b->len == frame->len && memcmp(b->data, frame->data, b->len) == 0;
}

static void check_encoding(const char *id, const struct kq_obj *o, const struct kq_msg *msg,
                           const struct kq_rcbuf *plain)
{
    struct kq_encode_opts opts = {.big = msg->head.big, .capability = 6};
    struct kq_err err = {0};
    struct kq_buf b;
    kq_buf_init(&b, MAX_FRAME);
    kq_encode_msg(&b, msg->head.kind, o, &opts, &err);
    check(same_bytes(&b, plain), id, "encodes to other bytes", err.msg);
    kq_buf_release(&b);
}

/* What an encoder that follows the rules compressed, ours compresses the same. */
static void check_compression(const char *id, const struct kq_msg *msg,
                              const struct kq_rcbuf *plain)
{
    uint8_t *small = malloc(plain->len / 2 + 1);
    size_t n = kq_compress(plain->data, plain->len, small);
    check(n == msg->len && memcmp(small, kq_msg_bytes(msg), n) == 0, id,
          "compresses to other bytes", "");
    free(small);
}

/* The one-line q text that the collection has for it. */
static void check_text(const char *id, const struct kq_obj *o, const char *want)
{
    struct kq_out out;
    kq_out_init_mem(&out);
    kq_repr(&out, o, &kq_style_default);
    kq_out_char(&out, '\0');
    check(strcmp(out.buf, want) == 0, id, "prints as", out.buf);
    kq_out_release(&out);
}

static void check_object(const char *id, const struct kq_msg *msg, const char *text)
{
    struct kq_err err = {0};
    struct kq_obj *owned = decode(msg, false, &err), *view = decode(msg, true, &err);
    struct kq_rcbuf *plain = plain_frame(msg);
    check(owned && view && plain, id, "does not decode", err.msg);
    if (owned && view && plain) {
        check(kq_identical(owned, view), id, "differs as a view", "");
        check(walks(plain, msg->head.big, &err), id, "does not walk", err.msg);
        check_encoding(id, owned, msg, plain);
        check_encoding(id, view, msg, plain);
        if (*text) {
            check_text(id, owned, text);
            check_text(id, view, text);
        }
        if (msg->head.compressed && plain->len > KQ_COMPRESS_ABOVE)
            check_compression(id, msg, plain);
    }
    kq_unref(owned);
    kq_unref(view);
    kq_rcbuf_unref(plain);
}

/* ---- twins: the same value big-endian or compressed, and plain ---- */

struct twin {
    char id[16];
    char *text; /* q_expression */
    struct kq_obj *value;
    bool plain; /* the frame was little-endian and not compressed */
};

struct twins {
    struct twin *all;
    size_t n;
};

static void keep_twin(struct twins *t, const char *id, const char *text, const struct kq_msg *msg)
{
    struct kq_obj *o = *text ? decode(msg, false, NULL) : NULL;
    if (!o)
        return;
    t->all = realloc(t->all, (t->n + 1) * sizeof *t->all);
    struct twin *w = &t->all[t->n++];
    *w = (struct twin){.text = strdup(text),
                       .value = o,
                       .plain = !msg->head.big && !msg->head.compressed};
    snprintf(w->id, sizeof w->id, "%s", id);
}

/*
 * Of the plain frames with the text of `w`: 1 one has its value, 0 none, -1
 * there are none.  Encoders differ in the sign of a NaN, which matches; Java
 * rounds datetimes to milliseconds, so those are left to their text.
 */
static int find_twin(const struct twins *t, const struct twin *w)
{
    int found = -1;
    if (w->value->type == KQ_DATETIME || w->value->type == -KQ_DATETIME)
        return found;
    for (size_t i = 0; i < t->n && found < 1; i++) {
        const struct twin *p = &t->all[i];
        if (p->plain && p->value->type == w->value->type && strcmp(p->text, w->text) == 0)
            found = kq_match(p->value, w->value);
    }
    return found;
}

static void check_twins(struct twins *t)
{
    for (size_t i = 0; i < t->n; i++) {
        const struct twin *w = &t->all[i];
        int found = w->plain ? -1 : find_twin(t, w);
        if (found >= 0)
            check(found, w->id, "is another value than its plain twin", w->text);
    }
    for (size_t i = 0; i < t->n; i++) {
        free(t->all[i].text);
        kq_unref(t->all[i].value);
    }
    free(t->all);
}

/* id, q_expression, frame_hex, ..., q_conf: C is a formatter's word only. */
static void visit_object(const struct row *r, void *arg)
{
    size_t n;
    uint8_t *bytes = unhex(r->cells[2], &n);
    struct kq_msg msg;
    struct kq_err err = {0};
    bool ok = read_frame(bytes, n, &msg, &err);
    check(ok, r->cells[0], "is not read", err.msg);
    if (ok) {
        check_object(r->cells[0], &msg, *r->cells[6] == 'C' ? "" : r->cells[1]);
        keep_twin(arg, r->cells[0], r->cells[1], &msg);
        kq_msg_release(&msg);
    }
    free(bytes);
}

/* ---- malformed frames ---- */

/* id, category, frame_hex, okx, d9, strict_decoder, description */
static void visit_malformed(const struct row *r, void *arg)
{
    const bool *verbose = arg;
    size_t n;
    uint8_t *bytes = unhex(r->cells[2], &n);
    struct kq_msg msg;
    struct kq_err err = {0};
    struct kq_obj *o = NULL;
    if (read_frame(bytes, n, &msg, &err)) {
        o = decode(&msg, true, &err);
        struct kq_obj *owned = decode(&msg, false, NULL);
        check(!o == !owned, r->cells[0], "views and owned disagree", err.msg);
        kq_unref(owned);
        kq_msg_release(&msg);
    }
    const char *want = r->cells[5];
    if (strcmp(want, "accept") == 0)
        check(o != NULL, r->cells[0], "is refused", err.msg);
    else if (strcmp(want, "must_reject") == 0 || strcmp(want, "should_reject") == 0)
        check(o == NULL && err.msg[0], r->cells[0], "is accepted", r->cells[6]);
    else
        check(o || err.msg[0], r->cells[0], "is refused without a reason", "");
    if (*verbose)
        printf("%s %s: %s\n", r->cells[0], want, o ? "accepted" : err.msg);
    kq_unref(o);
    free(bytes);
}

int main(int argc, char **argv)
{
    bool verbose = argc > 2 && strcmp(argv[1], "-v") == 0;
    if (argc != 2 + verbose) {
        fprintf(stderr, "usage: conformance [-v] DIR\n");
        return 2;
    }
    const char *dir = argv[1 + verbose];
    struct twins twins = {NULL, 0};
    bool ok = each_row(dir, "objects.tsv", visit_object, &twins) &&
              each_row(dir, "malformed.tsv", visit_malformed, &verbose);
    check_twins(&twins);
    check(kq_obj_live() == 0, "all", "objects are left over", "");
    printf("%u passed, %u failed\n", score.passed, score.failed);
    return !ok || score.failed;
}
