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

static struct kq_listen *open_at(struct lst_listeners *l, const struct kq_laddr *a,
                                 struct kq_err *err)
{
    return kq_listen_open(l->loop, a, &l->opts, l->on_accept, l->arg, err);
}

static void append(struct lst_listeners *l, struct kq_listen *one)
{
    l->open = kq_realloc(l->open, (size_t)(l->n + 1) * sizeof(struct kq_listen *));
    l->open[l->n++] = one;
}

bool lst_listeners_add(struct lst_listeners *l, struct kq_str address, struct kq_err *err)
{
    struct kq_laddr a;
    if (is_nothing(address)) {
        append(l, NULL);
        return true;
    }
    if (!kq_laddr_parse(address, &a, err))
        return false;
    struct kq_listen *one = open_at(l, &a, err);
    if (!one) {
        kq_laddr_release(&a);
        return false;
    }
    if (l->n)
        kq_laddr_release(&a);
    else
        l->first = a;
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

/* May `a` want the port that the first listener has? */
static bool clashes(const struct lst_listeners *l, const struct kq_laddr *a)
{
    uint16_t port = lst_listeners_port(l);
    return port && (a->lo_service || a->hi_service || (a->lo <= port && port <= a->hi));
}

/* The first listener again, on the port that it had. */
static struct kq_listen *reopen(struct lst_listeners *l, uint16_t port)
{
    if (!l->first.store)
        return NULL;
    l->first.lo = l->first.hi = port;
    l->first.lo_service = l->first.hi_service = NULL;
    return open_at(l, &l->first, NULL);
}

/* Open `a` in place of the first listener, which has to go before. */
static struct kq_listen *exchange(struct lst_listeners *l, const struct kq_laddr *a,
                                  struct kq_err *err)
{
    uint16_t port = lst_listeners_port(l);
    kq_listen_free(l->open[0]);
    l->open[0] = NULL;
    struct kq_listen *one = open_at(l, a, err);
    if (!one)
        l->open[0] = reopen(l, port);
    return one;
}

/* The reference of `one` and what `a` has stored are taken over. */
static void replace_first_take(struct lst_listeners *l, struct kq_listen *one, struct kq_laddr a)
{
    if (!l->n)
        append(l, NULL);
    kq_listen_free(l->open[0]);
    l->open[0] = one;
    kq_laddr_release(&l->first);
    l->first = a;
}

bool lst_listeners_set(struct lst_listeners *l, struct kq_str address, struct kq_err *err)
{
    struct kq_laddr a = {0};
    if (is_nothing(address)) {
        replace_first_take(l, NULL, a);
        return true;
    }
    if (!kq_laddr_parse(address, &a, err))
        return false;
    struct kq_listen *one = open_at(l, &a, err);
    if (!one && clashes(l, &a))
        one = exchange(l, &a, err);
    if (one)
        replace_first_take(l, one, a);
    else
        kq_laddr_release(&a);
    return one;
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
    kq_laddr_release(&l->first);
    l->open = NULL;
    l->n = 0;
}
