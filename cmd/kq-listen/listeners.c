/*
 * listeners.c - an array of listeners whose first entry can be exchanged.
 */
#include "listeners.h"

#include "base/mem.h"

#include <stdlib.h>

static bool is_nothing(struct kq_str address)
{
    return kq_str_is(address, "0") || kq_str_is(address, "0i");
}

/* NULL without `err` being a failure when the address says 0. */
static struct kq_listen *open_one(struct lst_listeners *l, struct kq_str address,
                                  struct kq_err *err)
{
    struct kq_laddr a;
    if (!kq_laddr_parse(address, &a, err))
        return NULL;
    struct kq_listen *one = kq_listen_open(l->loop, &a, &l->opts, l->on_accept, l->arg, err);
    kq_laddr_release(&a);
    return one;
}

static void append(struct lst_listeners *l, struct kq_listen *one)
{
    l->open = kq_realloc(l->open, (size_t)(l->n + 1) * sizeof(struct kq_listen *));
    l->open[l->n++] = one;
}

bool lst_listeners_add(struct lst_listeners *l, struct kq_str address, struct kq_err *err)
{
    struct kq_listen *one = is_nothing(address) ? NULL : open_one(l, address, err);
    if (!one && !is_nothing(address))
        return false;
    append(l, one);
    return true;
}

bool lst_listeners_inherit(struct lst_listeners *l, struct kq_err *err)
{
    int n = kq_listen_fds();
    for (int i = 0; i < n; i++) {
        struct kq_listen *one = kq_listen_adopt(l->loop, 3 + i, l->on_accept, l->arg, err);
        if (!one)
            return false;
        append(l, one);
    }
    return true;
}

bool lst_listeners_set(struct lst_listeners *l, struct kq_str address, struct kq_err *err)
{
    struct kq_listen *one = is_nothing(address) ? NULL : open_one(l, address, err);
    if (!one && !is_nothing(address))
        return false;
    if (!l->n)
        append(l, NULL);
    kq_listen_free(l->open[0]);
    l->open[0] = one;
    return true;
}

uint16_t lst_listeners_port(const struct lst_listeners *l)
{
    return l->n && l->open[0] ? kq_listen_port(l->open[0]) : 0;
}

void lst_listeners_release(struct lst_listeners *l)
{
    for (int i = 0; i < l->n; i++)
        kq_listen_free(l->open[i]);
    free(l->open);
    l->open = NULL;
    l->n = 0;
}
