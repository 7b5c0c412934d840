/*
 * msgline.c - members of a dictionary with symbol keys, by name.
 */
#include "msgline.h"

#include "obj/dict.h"
#include "text/tok.h"
#include "wire/header.h"

#include <string.h>

static bool is_object(const struct kq_obj *x)
{
    return kq_is_dict(x) && kq_keys(x)->type == KQ_SYMBOL && kq_values(x)->type == KQ_LIST;
}

struct kq_obj *lst_msgline_member(const struct kq_obj *line, const char *name)
{
    for (int64_t i = 0; i < kq_keys(line)->n; i++) {
        if (strcmp(kq_syms(kq_keys(line))[i], name) == 0)
            return kq_child(kq_values(line), i);
    }
    return NULL;
}

int64_t lst_msgline_number(const struct kq_obj *line, const char *name, int64_t otherwise)
{
    const struct kq_obj *x = lst_msgline_member(line, name);
    if (x && x->type == -KQ_LONG)
        return x->u.j;
    return x && x->type == -KQ_FLOAT ? (int64_t)x->u.f : otherwise;
}

static struct kq_str text_of(const struct kq_obj *x)
{
    return x && x->type == KQ_CHAR ? kq_str((const char *)kq_data(x), (size_t)x->n) : kq_str("", 0);
}

bool lst_msgline_is(const struct kq_obj *line)
{
    return is_object(line) && lst_msgline_member(line, "v") &&
           (lst_msgline_member(line, "kind") || lst_msgline_member(line, "event"));
}

int lst_msgline_kind(const struct kq_obj *line)
{
    if (!is_object(line))
        return -1;
    struct kq_str kind = text_of(lst_msgline_member(line, "kind"));
    for (int k = KQ_ASYNC; k <= KQ_RESPONSE; k++) {
        if (kq_str_is(kind, kq_kind_name((enum kq_kind)k)))
            return k;
    }
    return -1;
}

bool lst_msgline_time(const struct kq_obj *line, int64_t *ns)
{
    union kq_tokval v;
    struct kq_str time = text_of(lst_msgline_member(line, "time"));
    bool ok = time.len && kq_tok(KQ_TIMESTAMP, time.s, time.len, &v);
    if (ok)
        *ns = v.j;
    return ok;
}
