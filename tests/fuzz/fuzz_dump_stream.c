/*
 * fuzz_dump_stream.c - both directions of a connection, with holes.
 *
 * The first byte chooses how the stream begins; then comes a byte of flags
 * (1 to the client, 2 a hole), a length in one byte, and for what is no hole
 * that many bytes, again and again.
 */
#include "sink.h"
#include "stream.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct rig {
    struct dump_next next;
    struct dump_sink *sink;
    struct kq_out out;
};

static bool put(struct dump_next *next, struct dump_msg *m)
{
    struct rig *g = (struct rig *)next;
    g->sink->put(g->sink, m);
    g->out.len = 0;
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct dump_opts opts;
    struct rig g = {.next = {put}};
    if (!size)
        return 0;
    dump_opts_init(&opts);
    kq_out_init_mem(&g.out);
    g.sink =
        dump_sink_new(&(struct dump_sink_env){.opts = &opts, .out = &g.out, .cut = true}, NULL);
    struct dump_streams all = {.next = &g.next, .pair = true, .trust = data[0] & 4};
    all.limits = (struct dump_limits){1 << 22, data[0] & 8 ? 16 : SIZE_MAX, &all.memory};
    struct dump_stream *s = dump_stream_new(&all, 1, "c", "s", (enum dump_start)(data[0] % 4 % 3));
    bool go = true;
    for (size_t at = 1; go && at + 2 <= size;) {
        uint8_t flags = data[at];
        size_t n = data[at + 1];
        at += 2;
        if (flags & 2) {
            go = dump_stream_gap(s, flags & 1, n + 1, 0);
            continue;
        }
        if (n > size - at)
            n = size - at;
        if (n)
            go = dump_stream_feed(s, flags & 1, data + at, n, 0);
        at += n;
    }
    dump_stream_end(s, 0);
    dump_stream_free(s);
    if (all.memory.used)
        abort();
    g.sink->free(g.sink);
    kq_out_release(&g.out);
    return 0;
}
