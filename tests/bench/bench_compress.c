/*
 * bench_compress.c - IPC compression of 20 MB that shrink to a third, of data
 * that do not shrink, and a plain copy to compare with.
 */
#include "lib.h"
#include "trades.h"
#include "wire/compress.h"
#include "wire/encode.h"

#include <string.h>

enum { ROWS = 700000, RUNS = 9 };

struct job {
    struct kq_buf plain;
    uint8_t *small;
    size_t small_len;
    uint8_t *copy;
};

static void copy(void *arg)
{
    struct job *j = arg;
    memcpy(j->copy, j->plain.data, j->plain.len);
    bench_keep(j->copy);
}

static void compress(void *arg)
{
    struct job *j = arg;
    j->small_len = kq_compress(j->plain.data, j->plain.len, j->small);
}

static void decompress(void *arg)
{
    struct job *j = arg;
    struct kq_rcbuf *b = kq_decompress(j->small, j->small_len, SIZE_MAX, NULL);
    bench_keep(b->data);
    kq_rcbuf_unref(b);
}

/* MB of plain message a second. */
static double rate(void (*fn)(void *), struct job *j)
{
    return (double)j->plain.len * 1e3 / bench_run(RUNS, fn, j).median_ns;
}

int main(void)
{
    struct job j = {.small_len = 0};
    struct kq_obj *table = trades(ROWS);
    kq_buf_init(&j.plain, KQ_BUF_NOMAX);
    kq_encode_msg(&j.plain, KQ_ASYNC, table, NULL, NULL);
    j.small = malloc(j.plain.len / 2);
    j.copy = malloc(j.plain.len);
    double floor = rate(copy, &j);
    bench_row("compress: memcpy of the same", floor, "MB/s", 0);
    bench_row("compress: trades", rate(compress, &j), "MB/s", floor);
    bench_row("compress: ratio", (double)j.plain.len / (double)j.small_len, "x", 0);
    bench_row("decompress: trades", rate(decompress, &j), "MB/s", floor);
    uint64_t rnd = 1;
    for (size_t i = 8; i < j.plain.len; i++)
        j.plain.data[i] = (uint8_t)trades_random(&rnd);
    bench_row("compress: noise, given up", rate(compress, &j), "MB/s", floor);
    kq_unref(table);
    kq_buf_release(&j.plain);
    free(j.small);
    free(j.copy);
    return 0;
}
