/*
 * v_io.c - words that reach outside: handles, files, the environment, the clock
 * of the place, the end of the program.
 *
 * Nothing is done here: the host decides, and without a callback, or for a
 * restricted client, the answer is 'access.
 */
#include "q/arith.h"
#include "q/core.h"
#include "q/dotz.h"
#include "q/verb.h"

#include "base/cal.h"

#include <time.h>

static bool allowed(const struct q *q, bool there)
{
    return there && !q->peer.restricted;
}

/* ---- handles ---------------------------------------------------------------------------- */

static struct kq_obj *v_hopen(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (!allowed(q, q->host.open))
        return q_fail(q, "access");
    return q->host.open(q->host.arg, q, a[0]);
}

/* `:host:port of a symbol or string without its colon. */
static struct kq_obj *v_hsym(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type == KQ_SYMBOL) {
        struct kq_obj *f = kq_derived(KQ_EACH, q_verb_object(q, "hsym", 4));
        return q_drop(f, q_apply1(q, f, a[0]));
    }
    if (a[0]->type != -KQ_SYMBOL)
        return q_fail(q, "type");
    const char *s = kq_sym_text(a[0]);
    if (*s == ':')
        return kq_ref(a[0]);
    size_t len = strlen(s);
    struct kq_obj *text = q_vec(q, KQ_CHAR, (int64_t)len + 1);
    if (!text)
        return NULL;
    text->u.v.data[0] = ':';
    memcpy(text->u.v.data + 1, s, len);
    const char *sym = kq_sym((const char *)kq_data(text), len + 1);
    return q_drop(text, sym ? kq_atom_sym(sym) : q_fail(q, "wsfull"));
}

/* ---- files --------------------------------------------------------------------------------- */

/* The path of a file symbol or string, or of the first item of (file;offset;length). */
static bool file_path(const struct kq_obj *x, struct kq_str *path)
{
    if (x->type == KQ_LIST && x->n)
        x = kq_child(x, 0);
    if (x->type == -KQ_SYMBOL)
        *path = kq_strz(kq_sym_text(x));
    else if (!q_text(x, path))
        return false;
    if (path->len && path->s[0] == ':') {
        path->s++;
        path->len--;
    }
    return path->len > 0;
}

static struct kq_obj *file(struct q *q, const char *verb, struct kq_obj *x, struct kq_obj *value)
{
    struct kq_str path;
    if (!allowed(q, q->host.file))
        return q_fail(q, "access");
    if (!file_path(x, &path))
        return q_fail(q, "type");
    return q->host.file(q->host.arg, q, verb, path, value, x->type == KQ_LIST ? x : NULL);
}

#define FILE_VERB(name, word)                                         \
    static struct kq_obj *name(struct q *q, struct kq_obj **a, int n) \
    {                                                                 \
        (void)n;                                                      \
        return file(q, word, a[0], NULL);                             \
    }
FILE_VERB(v_read0, "read0")
FILE_VERB(v_read1, "read1")
FILE_VERB(v_hcount, "hcount")
FILE_VERB(v_hdel, "hdel")
FILE_VERB(v_load, "load")
FILE_VERB(v_rload, "rload")
FILE_VERB(v_save, "save")
FILE_VERB(v_rsave, "rsave")

/* ---- environment ------------------------------------------------------------------------------ */

static struct kq_obj *v_getenv(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    if (a[0]->type != -KQ_SYMBOL)
        return q_fail(q, "type");
    if (q->peer.restricted)
        return q_fail(q, "access");
    const char *v = q->host.getenv ? q->host.getenv(q->host.arg, kq_sym_text(a[0])) : NULL;
    return kq_stringz(v ? v : "");
}

/* The program's own environment is not q's to change. */
static struct kq_obj *v_setenv(struct q *q, struct kq_obj **a, int n)
{
    (void)a;
    (void)n;
    return q_fail(q, "access");
}

/* exit ends the evaluation, and the program when the host agrees. */
static struct kq_obj *v_exit(struct q *q, struct kq_obj **a, int n)
{
    int64_t status;
    (void)n;
    if (!q_integer(a[0], &status))
        return q_fail(q, "type");
    if (!q->host.exit || q->peer.restricted)
        return q_fail(q, "access");
    q->host.exit(q->host.arg, (int)(status & 255));
    q->interrupted = 1;
    q->fuel = 0;
    return kq_generic_null();
}

/* ---- time zone ------------------------------------------------------------------------------------- */

/* Local time minus UTC at a moment given in UTC, ns. */
static int64_t zone_offset(int64_t utc)
{
    time_t t = (time_t)(kq_cal_to_unix_ns(utc) / KQ_NS_PER_SEC);
    struct tm tm;
    return localtime_r(&t, &tm) ? tm.tm_gmtoff * KQ_NS_PER_SEC : 0;
}

static struct kq_obj *shifted(struct q *q, struct kq_obj *x, int sign)
{
    struct kq_obj *offset = kq_atom_int(KQ_TIMESPAN, zone_offset(q_now(q))), *t = kq_ref(x);
    struct kq_obj *r = sign > 0 ? q_add(q, t, offset) : q_subtract(q, t, offset);
    kq_unref(t);
    return q_drop(offset, r);
}

static struct kq_obj *v_ltime(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return shifted(q, a[0], 1);
}

static struct kq_obj *v_gtime(struct q *q, struct kq_obj **a, int n)
{
    (void)n;
    return shifted(q, a[0], -1);
}

const struct q_verb q_verbs_io[] = {
    {"hopen", 1, 1, v_hopen}, {"hsym", 1, 1, v_hsym},     {"0::", 1, 1, v_read0},
    {"1::", 1, 1, v_read1},   {"hcount", 1, 1, v_hcount}, {"hdel", 1, 1, v_hdel},
    {"load", 1, 1, v_load},   {"rload", 1, 1, v_rload},   {"save", 1, 1, v_save},
    {"rsave", 1, 1, v_rsave}, {"getenv", 1, 1, v_getenv}, {"setenv", 2, 2, v_setenv},
    {"exit", 1, 1, v_exit},   {"ltime", 1, 1, v_ltime},   {"gtime", 1, 1, v_gtime},
    {NULL, 0, 0, NULL},
};
