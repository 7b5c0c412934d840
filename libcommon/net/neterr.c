/*
 * neterr.c - one function per kind of failure; each picks the exit code that
 * goes with its words.
 */
#include "net/neterr.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *stage_name(enum kq_stage stage)
{
    switch (stage) {
    case KQ_STAGE_RESOLVE: return "resolving the host name";
    case KQ_STAGE_CONNECT: return "connect";
    case KQ_STAGE_TLS: return "TLS handshake";
    case KQ_STAGE_HELLO: return "handshake";
    case KQ_STAGE_READY: break;
    }
    return "connection";
}

const char *kq_duration_text(int64_t ms, char *out, size_t size)
{
    if (ms % 1000)
        snprintf(out, size, "%lldms", (long long)ms);
    else if (ms && ms % 60000 == 0)
        snprintf(out, size, "%lldm", (long long)(ms / 60000));
    else
        snprintf(out, size, "%llds", (long long)(ms / 1000));
    return out;
}

/* strerror with a small first letter, as our fragments have. */
static const char *error_text(int errnum, char *out, size_t size)
{
    snprintf(out, size, "%s", strerror(errnum));
    if (islower((unsigned char)out[1]))
        out[0] = (char)tolower((unsigned char)out[0]);
    return out;
}

/* How much an error tells: a refusal says more than a missing route. */
static int rank(int errnum)
{
    switch (errnum) {
    case 0: return 0;
    case EAFNOSUPPORT:
    case EADDRNOTAVAIL: return 1;
    case ENETUNREACH:
    case EHOSTUNREACH: return 2;
    case ENOENT: return 3;
    case ECONNREFUSED: return 4;
    default: return 5;
    }
}

int kq_neterr_worse(int a, int b)
{
    return rank(b) >= rank(a) ? b : a;
}

void kq_neterr_connect(struct kq_err *err, const struct kq_addr *a, int errnum)
{
    char text[80];
    error_text(errnum, text, sizeof text);
    int code = errnum == ETIMEDOUT ? KQ_ETIMEOUT : KQ_ECONNECT;
    bool absent = errnum == ECONNREFUSED || errnum == ENOENT;
    if (a->kind == KQ_ADDR_UNIX && absent && a->port)
        kq_err_set(err, code, "no server listens on the Unix socket of port %u", a->port);
    else
        kq_err_set(err, code, "%s", text);
}

void kq_neterr_timeout(struct kq_err *err, enum kq_stage stage, int64_t timeout_ms)
{
    char time[32];
    kq_err_set(err, KQ_ETIMEOUT, "%s timed out after %s%s", stage_name(stage),
               kq_duration_text(timeout_ms, time, sizeof time),
               stage == KQ_STAGE_HELLO ? " (server accepted TCP but did not answer; it may be busy)"
                                       : "");
}

void kq_neterr_no_answer(struct kq_err *err, int64_t timeout_ms)
{
    char time[32];
    if (timeout_ms > 0)
        kq_err_set(err, KQ_ETIMEOUT, "no answer within %s",
                   kq_duration_text(timeout_ms, time, sizeof time));
    else
        kq_err_set(err, KQ_ETIMEOUT, "timed out waiting for the answer");
}

void kq_neterr_eof(struct kq_err *err, enum kq_stage stage, size_t partial, uint64_t total)
{
    if (stage == KQ_STAGE_HELLO)
        kq_err_set(err, KQ_EAUTH, "access denied (server closed instead of accepting the login)");
    else if (stage < KQ_STAGE_HELLO)
        kq_err_set(err, KQ_ECONNECT, "server closed the connection during the %s",
                   stage_name(stage));
    else if (partial && total)
        kq_err_set(err, KQ_ELOST, "connection closed inside a message (%zu of %llu bytes came)",
                   partial, (unsigned long long)total);
    else if (partial)
        kq_err_set(err, KQ_ELOST, "connection closed inside a message header");
    else
        kq_err_set(err, KQ_ELOST, "connection closed by the server");
}

void kq_neterr_io(struct kq_err *err, enum kq_stage stage, bool writing, int errnum)
{
    char text[80];
    error_text(errnum, text, sizeof text);
    if (stage == KQ_STAGE_READY)
        kq_err_set(err, KQ_ELOST, "connection lost while %s: %s", writing ? "sending" : "receiving",
                   text);
    else
        kq_err_set(err, KQ_ECONNECT, "%s during the %s", text, stage_name(stage));
}

void kq_neterr_signal(struct kq_err *err, int signo)
{
    kq_err_set(err, 128 + signo, "interrupted by signal %d (%s)", signo, strsignal(signo));
}
