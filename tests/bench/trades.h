/*
 * trades.h - a table of made-up trades, what the wire benchmarks work on.
 *
 * time (timestamp, rising), sym (8 names), price (quarters), size (hundreds):
 * compresses to about a third, 5 bytes of output a token, like real ones.
 */
#ifndef KQ_BENCH_TRADES_H
#define KQ_BENCH_TRADES_H

#include "obj/dict.h"
#include "obj/list.h"

static inline uint64_t trades_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* Owned; the caller's to drop. */
static inline struct kq_obj *trades(int64_t rows)
{
    static const char *const names[] = {"AAPL", "MSFT", "GOOG", "IBM",
                                        "TSLA", "AMZN", "VOD",  "BARC"};
    struct kq_obj *time = kq_vec_new(KQ_TIMESTAMP, rows), *sym = kq_vec_new(KQ_SYMBOL, rows);
    struct kq_obj *price = kq_vec_new(KQ_FLOAT, rows), *size = kq_vec_new(KQ_LONG, rows);
    struct kq_obj *cols = kq_list_of(4, time, sym, price, size);
    struct kq_obj *heads = kq_vec_new(KQ_SYMBOL, 4);
    uint64_t rnd = 88172645463325252;
    int64_t now = INT64_C(757382400000000000);
    for (int64_t i = 0; i < rows; i++) {
        now += (int64_t)(trades_random(&rnd) % 3) * 1000000;
        kq_longs(time)[i] = now;
        kq_syms(sym)[i] = kq_symz(names[trades_random(&rnd) % 8]);
        kq_floats(price)[i] = 100 + (double)(trades_random(&rnd) % 100) * 0.25;
        kq_longs(size)[i] = (int64_t)(1 + trades_random(&rnd) % 20) * 100;
    }
    static const char *const head[] = {"time", "sym", "price", "size"};
    for (int i = 0; i < 4; i++)
        kq_syms(heads)[i] = kq_symz(head[i]);
    struct kq_obj *table = kq_table(heads, cols);
    kq_unref(heads);
    kq_unref(cols);
    return table;
}

#endif
