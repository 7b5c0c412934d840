/*
 * types.c - the descriptor table, generated from type.def.
 */
#include "obj/types.h"

#include <string.h>

static const struct kq_typeinfo infos[KQ_TYPE_MAX + 1] = {
    [3] = {NULL, 0, 0, 0, KQ_CLASS_NONE},
#define KQ_TYPE(tag, code, name, ch, bytes, class, suffix) \
    [code] = {name, ch, suffix, bytes, KQ_CLASS_##class},
#include "obj/type.def"
#undef KQ_TYPE
};

static const struct kq_typeinfo none = {NULL, 0, 0, 0, KQ_CLASS_NONE};

const struct kq_typeinfo *kq_typeinfo(int type)
{
    int t = type < 0 ? -type : type;
    return t <= KQ_TYPE_MAX ? &infos[t] : &none;
}

int kq_type_of_char(char c)
{
    for (int t = 0; t <= KQ_TYPE_MAX; t++) {
        if (infos[t].name && infos[t].ch == c)
            return t;
    }
    return -1;
}

int kq_type_of_name(const char *name, unsigned long len)
{
    for (int t = 1; t <= KQ_TYPE_MAX; t++) {
        const char *n = infos[t].name;
        if (n && strlen(n) == len && memcmp(n, name, len) == 0)
            return t;
    }
    return -1;
}
