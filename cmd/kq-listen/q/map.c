/*
 * map.c - open addressing over an array that keeps the order of insertion.
 *
 * Symbols are interned, so hashing is reading a number before the text and
 * comparing is comparing pointers.
 */
#include "q/map.h"

#include "base/mem.h"
#include "base/sym.h"

#include <stdlib.h>

static size_t map_slot(const struct q_map *m, const char *sym)
{
    size_t at = kq_sym_head(sym)->hash & (m->n_slots - 1);
    while (m->slots[at] && m->keys[m->slots[at] - 1] != sym)
        at = (at + 1) & (m->n_slots - 1);
    return at;
}

void **q_map_find(const struct q_map *m, const char *sym)
{
    if (!m->n_slots)
        return NULL;
    uint32_t i = m->slots[map_slot(m, sym)];
    return i ? &m->values[i - 1] : NULL;
}

static void map_rehash(struct q_map *m)
{
    m->n_slots = m->n_slots ? m->n_slots * 2 : 64;
    free(m->slots);
    m->slots = kq_calloc(m->n_slots, sizeof *m->slots);
    for (size_t i = 0; i < m->n; i++)
        m->slots[map_slot(m, m->keys[i])] = (uint32_t)i + 1;
}

void **q_map_add(struct q_map *m, const char *sym)
{
    void **found = q_map_find(m, sym);
    if (found)
        return found;
    if (m->n == m->cap) {
        m->cap = m->cap ? m->cap * 2 : 32;
        m->keys = kq_realloc(m->keys, m->cap * sizeof *m->keys);
        m->values = kq_realloc(m->values, m->cap * sizeof *m->values);
    }
    m->keys[m->n] = sym;
    m->values[m->n++] = NULL;
    if (m->n * 2 > m->n_slots)
        map_rehash(m);
    else
        m->slots[map_slot(m, sym)] = (uint32_t)m->n;
    return &m->values[m->n - 1];
}

void q_map_release(struct q_map *m)
{
    free(m->keys);
    free(m->values);
    free(m->slots);
    *m = (struct q_map){0};
}
