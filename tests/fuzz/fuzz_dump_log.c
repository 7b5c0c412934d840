/*
 * fuzz_dump_log.c - records of a log in pieces, with and without repair: what
 * comes out must not depend on the pieces unless it is damaged.
 */
#include "objects.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct seen {
    uint64_t n, bytes, next_off;
    bool overlap;
};

static bool got(void *user, const uint8_t *p, size_t len, uint64_t off)
{
    struct seen *s = user;
    volatile uint8_t sum = 0;
    for (size_t i = 0; i < len; i++)
        sum ^= p[i];
    s->overlap |= off < s->next_off;
    s->next_off = off + len;
    s->n++;
    s->bytes += len;
    return true;
}

static struct seen run(const uint8_t *data, size_t size, size_t piece, bool repair)
{
    struct dump_objects o;
    struct seen seen = {0};
    struct dump_objects_out out = {.got = got, .user = &seen};
    bool go = true;
    dump_objects_init(&o, &out, 0, 0, repair);
    for (size_t at = 0; go && at < size; at += piece)
        go = dump_objects_feed(&o, data + at, size - at < piece ? size - at : piece);
    if (go)
        dump_objects_end(&o);
    dump_objects_release(&o);
    if (seen.overlap || seen.next_off > size)
        abort();
    return seen;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen whole = run(data, size, size + 1, false);
    struct seen pieces = run(data, size, 1 + size / 3, false);
    if (whole.n != pieces.n || whole.bytes != pieces.bytes)
        abort();
    run(data, size, size + 1, true);
    run(data, size, 7, true);
    return 0;
}
