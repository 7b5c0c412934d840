/*
 * fuzz_dump_pcap.c - captured frames through link layers, reassembly, streams
 * and a sink.
 *
 * The first byte chooses link type and format; then comes a length in two
 * bytes and a frame, again and again.
 */
#include "flow.h"
#include "sink.h"

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
    static const int types[] = {1, 113, 276, 0, 101};
    static const int formats[] = {KQ_FORMAT_TEXT, KQ_FORMAT_TREE, KQ_FORMAT_JSONL, KQ_FORMAT_CSV,
                                  KQ_FORMAT_TPLOG};
    struct dump_opts opts;
    struct rig g = {.next = {put}};
    if (!size)
        return 0;
    dump_opts_init(&opts);
    opts.format.format = formats[data[0] / 5 % 5];
    kq_out_init_mem(&g.out);
    g.sink =
        dump_sink_new(&(struct dump_sink_env){.opts = &opts, .out = &g.out, .cut = true}, NULL);
    struct dump_streams all = {.next = &g.next, .pair = true, .trust = data[0] & 128};
    all.memory.max = 1 << 20;
    all.limits = (struct dump_limits){1 << 22, data[0] & 64 ? 64 : SIZE_MAX, &all.memory};
    struct dump_flows *flows = dump_flows_new(&all, NULL);
    bool go = true;
    for (size_t at = 1; go && at + 2 < size;) {
        size_t n = (size_t)data[at] << 8 | data[at + 1];
        at += 2;
        if (n > size - at)
            n = size - at;
        go = dump_flows_frame(flows, types[data[0] % 5], data + at, n, (int64_t)at * 1000);
        at += n;
    }
    dump_flows_end(flows);
    dump_flows_free(flows);
    if (all.memory.used)
        abort();
    g.sink->free(g.sink);
    kq_out_release(&g.out);
    return 0;
}
