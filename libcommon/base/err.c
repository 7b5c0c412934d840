/*
 * err.c - formats into the fixed room of struct kq_err.
 *
 * A message that does not fit ends in "..." so that a reader knows; control
 * characters become '?' because a peer's bytes may be part of the text and
 * must not reach a terminal or break the one-line promise.
 */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void tidy(char *msg, size_t wanted)
{
    if (wanted >= KQ_ERR_MAX)
        memcpy(msg + KQ_ERR_MAX - 4, "...", 4);
    for (char *p = msg; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
}

__attribute__((format(printf, 3, 0))) static void set_va(struct kq_err *err, int code,
                                                         const char *fmt, va_list ap)
{
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    err->code = code;
    tidy(err->msg, n < 0 ? 0 : (size_t)n);
}

void kq_err_set(struct kq_err *err, int code, const char *fmt, ...)
{
    if (!err)
        return;
    va_list ap;
    va_start(ap, fmt);
    set_va(err, code, fmt, ap);
    va_end(ap);
}

void kq_err_context(struct kq_err *err, const char *fmt, ...)
{
    if (!err)
        return;
    char old[KQ_ERR_MAX];
    memcpy(old, err->msg, sizeof old);
    va_list ap;
    va_start(ap, fmt);
    int n = vsnprintf(err->msg, sizeof err->msg, fmt, ap);
    va_end(ap);
    size_t used = n < 0 ? 0 : (size_t)n;
    if (used < sizeof err->msg)
        used += (size_t)snprintf(err->msg + used, sizeof err->msg - used, ": %s", old);
    tidy(err->msg, used);
}

void kq_err_errno(struct kq_err *err, int code, int errnum, const char *fmt, ...)
{
    if (!err)
        return;
    va_list ap;
    va_start(ap, fmt);
    set_va(err, code, fmt, ap);
    va_end(ap);
    size_t used = strlen(err->msg);
    int n = snprintf(err->msg + used, sizeof err->msg - used, ": %s", strerror(errnum));
    tidy(err->msg, used + (n < 0 ? 0 : (size_t)n));
}
