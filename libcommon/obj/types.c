/*
 * types.c - the descriptor table, generated from type.def.
 */
#include "obj/types.h"

#include <string.h>

const struct kq_typeinfo kq_typeinfos[KQ_TYPE_MAX + 2] = {
    [3] = {NULL, 0, 0, 0, KQ_CLASS_NONE},
#define KQ_TYPE(tag, code, name, ch, bytes, class, suffix) \
    [code] = {name, ch, suffix, bytes, KQ_CLASS_##class},
#include "obj/type.def"
#undef KQ_TYPE
    [KQ_TYPE_MAX + 1] = {NULL, 0, 0, 0, KQ_CLASS_NONE},
};

int kq_type_of_char(char c)
{
    for (int t = 0; t <= KQ_TYPE_MAX; t++) {
        if (kq_typeinfos[t].name && kq_typeinfos[t].ch == c)
            return t;
    }
    return -1;
}

int kq_type_of_name(const char *name, unsigned long len)
{
    for (int t = 1; t <= KQ_TYPE_MAX; t++) {
        const char *n = kq_typeinfos[t].name;
        if (n && strlen(n) == len && memcmp(n, name, len) == 0)
            return t;
    }
    return -1;
}
