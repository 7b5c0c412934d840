/*
 * sym.c - an open-addressing hash table of pointers into large text blocks.
 *
 * Each entry's head (length, hash) precedes its text, so comparing, encoding
 * and rehashing never call strlen.  Text blocks are only ever added.
 */
#include "base/sym.h"

#include "base/mem.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 * 1024, FIRST_SLOTS = 1024 };

static struct {
    const char **slots; /* power of two; NULL = free */
    size_t n_slots;
    size_t count;
    size_t bytes;
    size_t limit;
    char *block; /* free room of the current text block */
    size_t room;
} table = {.limit = (size_t)1 << 30};

static const struct {
    struct kq_symhead head;
    char text[8];
} null_symbol = {{0, 0}, ""};
const char *const kq_sym_null = null_symbol.text;

static uint32_t hash_text(const char *s, size_t len)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ len;
    while (len >= 8) {
        uint64_t w;
        memcpy(&w, s, 8);
        h = (h ^ w) * 0xff51afd7ed558ccdu;
        h ^= h >> 32;
        s += 8;
        len -= 8;
    }
    uint64_t tail = 0;
    if (len)
        memcpy(&tail, s, len);
    h = (h ^ tail) * 0xc4ceb9fe1a85ec53u;
    return (uint32_t)(h ^ (h >> 33));
}

static bool rehash(size_t n_slots)
{
    const char **slots = kq_try_malloc(n_slots * sizeof *slots);
    if (!slots)
        return false;
    memset(slots, 0, n_slots * sizeof *slots);
    for (size_t i = 0; i < table.n_slots; i++) {
        const char *s = table.slots[i];
        if (!s)
            continue;
        size_t at = kq_sym_head(s)->hash & (n_slots - 1);
        while (slots[at])
            at = (at + 1) & (n_slots - 1);
        slots[at] = s;
    }
    free(table.slots);
    table.slots = slots;
    table.n_slots = n_slots;
    return true;
}

/* Room for one entry, 8-byte aligned so that the head can be read in place. */
static char *new_entry(size_t len)
{
    size_t size = (sizeof(struct kq_symhead) + len + 1 + 7) & ~(size_t)7;
    if (size > table.limit - table.bytes || table.bytes > table.limit)
        return NULL;
    if (size > table.room) {
        size_t block = size > BLOCK ? size : BLOCK;
        table.block = kq_try_malloc(block);
        table.room = table.block ? block : 0;
        if (!table.block)
            return NULL;
    }
    char *p = table.block;
    table.block += size;
    table.room -= size;
    table.bytes += size;
    return p;
}

static const char *add(const char *s, size_t len, uint32_t hash, size_t at)
{
    char *p = len > UINT32_MAX ? NULL : new_entry(len);
    if (!p)
        return NULL;
    struct kq_symhead head = {(uint32_t)len, hash};
    memcpy(p, &head, sizeof head);
    p += sizeof head;
    memcpy(p, s, len);
    p[len] = 0;
    table.slots[at] = p;
    table.count++;
    return p;
}

const char *kq_sym(const char *s, size_t len)
{
    if (!len)
        return kq_sym_null;
    if (table.count * 2 >= table.n_slots &&
        !rehash(table.n_slots ? table.n_slots * 2 : FIRST_SLOTS))
        return NULL;
    uint32_t hash = hash_text(s, len);
    size_t at = hash & (table.n_slots - 1);
    for (const char *e; (e = table.slots[at]) != NULL; at = (at + 1) & (table.n_slots - 1)) {
        const struct kq_symhead *h = kq_sym_head(e);
        if (h->hash == hash && h->len == len && memcmp(e, s, len) == 0)
            return e;
    }
    return add(s, len, hash, at);
}

const char *kq_symz(const char *s)
{
    const char *sym = kq_sym(s, strlen(s));
    if (!sym) {
        fprintf(stderr, "kq: symbol table full\n");
        abort();
    }
    return sym;
}

void kq_sym_limit(size_t bytes)
{
    table.limit = bytes;
}

void kq_sym_stats(size_t *count, size_t *bytes)
{
    *count = table.count;
    *bytes = table.bytes;
}
