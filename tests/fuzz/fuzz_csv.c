/*
 * fuzz_csv.c - records do not depend on the pieces in which their bytes come.
 *
 * The first byte chooses the dialect, the second the size of the pieces; the
 * rest is read whole and in pieces, each in a window of exactly its size.
 */
#include "base/mem.h"
#include "text/csvin.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct kq_csv_dialect dialects[] = {
    {',', '"', KQ_CSVIN_NONE, '\n'},
    {'\t', KQ_CSVIN_NONE, KQ_CSVIN_NONE, '\n'},
    {KQ_CSVIN_NONE, KQ_CSVIN_NONE, KQ_CSVIN_NONE, '\n'},
    {';', '\'', '\\', '\n'},
    {',', '"', KQ_CSVIN_NONE, '\0'},
    {',', '"', '"', '\n'},
};

static void add(struct kq_buf *out, const struct kq_csvin *c)
{
    for (size_t i = 0; i < c->n_fields && i < c->max_fields; i++) {
        kq_buf_append(out, c->field[i].s, c->field[i].len);
        kq_buf_byte(out, '|');
    }
    kq_buf_printf(out, "%zu %llu %d\n", c->n_fields, (unsigned long long)c->line, c->open_quote);
}

/* All records of data[0..size) as text, read `step` bytes at a time. */
static void read_all(struct kq_buf *out, const struct kq_csv_dialect *d, const uint8_t *data,
                     size_t size, size_t step)
{
    struct kq_csvin c;
    struct kq_err err;
    char *rest = NULL;
    size_t kept = 0;
    kq_csvin_init(&c, d, 5, KQ_CSVIN_RECORD_MAX);
    for (size_t at = 0; at < size;) {
        size_t n = size - at < step ? size - at : step;
        char *window = kq_malloc(kept + n);
        if (kept)
            memcpy(window, rest, kept);
        memcpy(window + kept, data + at, n);
        free(rest);
        at += n;
        kq_csvin_window(&c, window, kept + n, at == size);
        while (kq_csvin_next(&c, &err) > 0)
            add(out, &c);
        size_t left = kq_csvin_rest(&c);
        if (left > kept + n)
            abort();
        rest = kq_malloc(left);
        memcpy(rest, window + kept + n - left, left);
        kept = left;
        free(window);
    }
    free(rest);
    kq_csvin_release(&c);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_buf whole, pieces;
    if (size < 2 || size > 10000)
        return 0;
    const struct kq_csv_dialect *d = &dialects[data[0] % (sizeof dialects / sizeof *dialects)];
    kq_buf_init(&whole, KQ_BUF_NOMAX);
    kq_buf_init(&pieces, KQ_BUF_NOMAX);
    read_all(&whole, d, data + 2, size - 2, size);
    read_all(&pieces, d, data + 2, size - 2, data[1] % 100 + 1);
    if (whole.len != pieces.len || (whole.len && memcmp(whole.data, pieces.data, whole.len) != 0))
        abort();
    kq_buf_release(&whole);
    kq_buf_release(&pieces);
    return 0;
}
