/*
 * prim.c - tables generated from prim.def, searched linearly: they are short
 * and nobody looks a primitive up in a hot loop.
 */
#include "obj/prim.h"

#include "obj/types.h"

#include <string.h>

struct prim {
    short type;
    short code;
    const char *text;
};

static const struct prim prims[] = {
#define KQ_PRIM(type, code, text) {type, code, text},
#include "obj/prim.def"
#undef KQ_PRIM
};

static const struct prim words[] = {
#define KQ_PRIM(type, code, text)
#define KQ_PRIM_WORD(type, code, text) {type, code, text},
#include "obj/prim.def"
#undef KQ_PRIM
};

#define COUNT(a) (sizeof(a) / sizeof *(a))

const char *kq_prim_text(int type, int code)
{
    if (type == KQ_UNARY && code == KQ_CODE_ELIDED)
        return "";
    for (size_t i = 0; i < COUNT(prims); i++) {
        if (prims[i].type == type && prims[i].code == code)
            return prims[i].text;
    }
    return NULL;
}

int kq_prim_last(int type)
{
    int last = -1;
    for (size_t i = 0; i < COUNT(prims); i++) {
        if (prims[i].type == type && prims[i].code > last)
            last = prims[i].code;
    }
    return last;
}

static int find_in(const struct prim *table, size_t n, const char *s, size_t len, int *code)
{
    for (size_t i = 0; i < n; i++) {
        if (strlen(table[i].text) == len && memcmp(table[i].text, s, len) == 0) {
            *code = table[i].code;
            return table[i].type;
        }
    }
    return 0;
}

int kq_prim_find(const char *s, size_t len, int *code)
{
    int type = find_in(prims, COUNT(prims), s, len, code);
    return type ? type : find_in(words, COUNT(words), s, len, code);
}

const char *kq_iterator_text(int derived_type)
{
    return kq_prim_text(KQ_ITERATOR, derived_type - KQ_EACH);
}
