/*
 * map.h - a table from interned symbols to pointers.
 */
#ifndef KQ_Q_MAP_H
#define KQ_Q_MAP_H

#include <stddef.h>
#include <stdint.h>

/* Keys and values in the order of insertion, to be walked freely. */
struct q_map {
    const char **keys;
    void **values;
    size_t n, cap;
    uint32_t *slots; /* index + 1 into keys; a power of two of them */
    size_t n_slots;
};

/* Where the value of `sym` is kept; NULL: not there. */
void **q_map_find(const struct q_map *m, const char *sym);
/* The same, adding it with the value NULL. */
void **q_map_add(struct q_map *m, const char *sym);
void q_map_release(struct q_map *m);

#endif
