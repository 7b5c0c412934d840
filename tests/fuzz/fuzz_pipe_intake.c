/*
 * fuzz_pipe_intake.c - any input in any format makes valid messages, and the
 * fast lane makes the same ones as the careful way.
 *
 * The first byte chooses the format, the second the types and how they are
 * spelled, the third what becomes of bad rows.
 */
#include "base/mem.h"
#include "intake.h"
#include "wire/decode.h"
#include "wire/header.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
    struct pipe_opts o;
    struct pipe_schema schema;
    struct pipe_builder builder;
    struct pipe_rejects rejects;
    struct pipe_intake intake;
};

static void choose(struct pipe_opts *o, const uint8_t *how)
{
    static const char *const types[] = {"PSFJ", "*S*", "BGXH", "IEFC", "SPMD", "ZNUV", "T J", "?"};
    pipe_opts_init(o);
    o->in.input = how[0] % (PIPE_PCAP + 1);
    o->in.epoch = how[1] & 8 ? 2 : 0;
    o->in.time_zone = how[1] & 16 ? "-01:30" : NULL;
    o->in.na = how[1] & 32 ? "NA" : NULL;
    o->in.escape = how[1] & 64 ? "\\" : NULL;
    o->in.types = types[how[1] % 8];
    o->in.on_error = how[2] & 1 ? PIPE_NULL : PIPE_SKIP_ROW;
    o->in.header = how[2] & 2;
    o->in.widths = "3,5,1,7";
    o->in.max_record = 1 << 16;
    o->out.table = "t";
    o->out.batch = 1 + how[2] / 4;
    o->common.max_size = 1 << 16;
    if (o->in.input == PIPE_JSONL) {
        o->in.types = NULL;
        o->in.columns = "a:p,b:s,c:f,d:C";
    }
}

/* A whole message must be one that our decoder takes. */
static void check(const struct pipe_batch *b, struct kq_buf *all)
{
    struct kq_header h;
    struct kq_err err;
    for (size_t at = 0; at < b->frames->len; at += (size_t)h.total) {
        if (!kq_header_parse(b->frames->data + at, &h, &err))
            abort();
        struct kq_obj *x = kq_decode_bytes(b->frames->data + at + KQ_HEADER_LEN,
                                           (size_t)h.total - KQ_HEADER_LEN, false, NULL, &err);
        if (!x)
            abort();
        kq_unref(x);
    }
    kq_buf_append(all, b->frames->data, b->frames->len);
}

static void cut(struct rig *r, struct kq_buf *all, bool forwarded)
{
    struct pipe_batch b;
    struct kq_err err;
    if (!r->builder.rows)
        return;
    if (!pipe_builder_cut(&r->builder, &b, 1, &err))
        abort();
    if (forwarded)
        kq_buf_append(all, b.frames->data, b.frames->len);
    else
        check(&b, all);
    pipe_batch_release(&b);
}

static void feed(struct rig *r, const uint8_t *data, size_t size, struct kq_buf *all)
{
    struct kq_err err = {0};
    char *window = kq_calloc(1, size + PIPE_SLACK + 1);
    size_t at = 0;
    memcpy(window, data, size);
    for (ssize_t n = 1; n > 0; at += n > 0 ? (size_t)n : 0) {
        n = pipe_intake_take(&r->intake, window + at, size - at, true, &err);
        if (n < 0 && !err.code)
            abort();
        cut(r, all, pipe_is_forward(r->o.in.input));
    }
    free(window);
}

/* All messages made of the input. */
static void run(const uint8_t *how, const uint8_t *data, size_t size, bool lane, struct kq_buf *all)
{
    struct rig r = {0};
    struct kq_err err = {0};
    choose(&r.o, how);
    pipe_rejects_init(&r.rejects, &r.o.in);
    if (pipe_schema_init(&r.schema, &r.o, &err) &&
        pipe_builder_init(&r.builder, &r.o, &r.schema, &err) &&
        pipe_intake_init(&r.intake, &r.o, &r.schema, &r.builder, &r.rejects, &err) &&
        pipe_intake_ready(&r.intake, &err)) {
        pipe_intake_file(&r.intake, "fuzz");
        r.intake.no_lane = !lane;
        feed(&r, data, size, all);
    }
    pipe_intake_release(&r.intake);
    pipe_builder_release(&r.builder);
    pipe_schema_release(&r.schema);
    pipe_opts_release(&r.o);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_buf fast, slow;
    if (size < 3 || size > 10000)
        return 0;
    kq_buf_init(&fast, KQ_BUF_NOMAX);
    kq_buf_init(&slow, KQ_BUF_NOMAX);
    run(data, data + 3, size - 3, true, &fast);
    run(data, data + 3, size - 3, false, &slow);
    if (fast.len != slow.len || (fast.len && memcmp(fast.data, slow.data, fast.len) != 0))
        abort();
    kq_buf_release(&fast);
    kq_buf_release(&slow);
    return 0;
}
