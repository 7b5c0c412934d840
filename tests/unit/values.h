/*
 * values.h - objects in one expression, for tests of whatever prints them.
 *
 * Everything returned is owned by the caller; functions that take objects
 * consume them, so that a whole table is one expression.
 */
#ifndef KQ_TEST_VALUES_H
#define KQ_TEST_VALUES_H

#include "obj/dict.h"
#include "obj/list.h"

#include <stdarg.h>

/* n values of class INT or BYTE, each an int64_t. */
__attribute__((unused)) static struct kq_obj *vec(int type, int n, ...)
{
    struct kq_obj *o = kq_vec_new(type, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        struct kq_obj *a = kq_atom_int(type, va_arg(ap, int64_t));
        kq_set_at(o, i, a);
        kq_unref(a);
    }
    va_end(ap);
    return o;
}

/* Longs, given as ints. */
__attribute__((unused)) static struct kq_obj *longs(int n, ...)
{
    struct kq_obj *o = kq_vec_new(KQ_LONG, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        kq_longs(o)[i] = va_arg(ap, int);
    va_end(ap);
    return o;
}

/* n values of class FLOAT. */
__attribute__((unused)) static struct kq_obj *reals(int type, int n, ...)
{
    struct kq_obj *o = kq_vec_new(type, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++) {
        struct kq_obj *a = kq_atom_float(type, va_arg(ap, double));
        kq_set_at(o, i, a);
        kq_unref(a);
    }
    va_end(ap);
    return o;
}

/* Symbols between blanks: "a b", "" for none, "-" for the null symbol. */
__attribute__((unused)) static struct kq_obj *syms(const char *text)
{
    struct kq_obj *o = kq_vec_new(KQ_SYMBOL, 0);
    while (*text) {
        size_t len = strcspn(text, " ");
        bool null = len == 1 && *text == '-';
        struct kq_obj *a = kq_atom_sym(kq_sym(text, null ? 0 : len));
        kq_push(&o, a);
        kq_unref(a);
        text += len + (text[len] == ' ');
    }
    return o;
}

/* A general list of n items, which are consumed. */
__attribute__((unused)) static struct kq_obj *list(int n, ...)
{
    struct kq_obj *o = kq_vec_new(KQ_LIST, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        kq_items(o)[i] = va_arg(ap, struct kq_obj *);
    va_end(ap);
    return o;
}

/* Children of a projection or composition. */
__attribute__((unused)) static struct kq_obj *parts(int type, int n, ...)
{
    struct kq_obj *o = kq_container_new(type, n);
    va_list ap;
    va_start(ap, n);
    for (int i = 0; i < n; i++)
        kq_items(o)[i] = va_arg(ap, struct kq_obj *);
    va_end(ap);
    return o;
}

__attribute__((unused)) static struct kq_obj *pair(int type, struct kq_obj *a, struct kq_obj *b)
{
    return parts(type, 2, a, b);
}
__attribute__((unused)) static struct kq_obj *dict(struct kq_obj *k, struct kq_obj *v)
{
    return pair(KQ_DICT, k, v);
}
__attribute__((unused)) static struct kq_obj *table(const char *names, struct kq_obj *columns)
{
    return pair(KQ_TABLE, syms(names), columns);
}
__attribute__((unused)) static struct kq_obj *str(const char *s)
{
    return kq_stringz(s);
}
__attribute__((unused)) static struct kq_obj *sym(const char *s)
{
    return kq_atom_symz(s);
}
__attribute__((unused)) static struct kq_obj *lambda(const char *source)
{
    struct kq_obj *c = sym(""), *s = str(source), *f = kq_lambda(c, s);
    kq_unref(c);
    kq_unref(s);
    return f;
}
__attribute__((unused)) static struct kq_obj *derived(int type, struct kq_obj *f)
{
    struct kq_obj *d = kq_derived(type, f);
    kq_unref(f);
    return d;
}
__attribute__((unused)) static struct kq_obj *with_attr(int attr, struct kq_obj *x)
{
    x->attr = (uint8_t)attr;
    return x;
}

#endif
