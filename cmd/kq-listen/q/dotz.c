/*
 * dotz.c - a table of names and the functions that compute them.
 */
#include "q/dotz.h"

#include "q/view.h"

#include "q/interp.h"

#include "base/cal.h"

#include <time.h>
#include <unistd.h>

int64_t q_now(struct q *q)
{
    return q->host.now ? q->host.now(q->host.arg) : kq_cal_now_ns();
}

/* ---- clocks ---------------------------------------------------------------------- */

/* The offset of local time from UTC in ns, for the capitals. */
static int64_t local_offset(int64_t now)
{
    time_t t = (time_t)(kq_cal_to_unix_ns(now) / KQ_NS_PER_SEC);
    struct tm tm;
    return localtime_r(&t, &tm) ? tm.tm_gmtoff * KQ_NS_PER_SEC : 0;
}

/* Floor of ns / unit, and what is left. */
static int64_t day_of(int64_t ns)
{
    return ns / KQ_NS_PER_DAY - (ns % KQ_NS_PER_DAY < 0);
}

static struct kq_obj *clock_value(char which, int64_t now)
{
    int64_t day = day_of(now), rest = now - day * KQ_NS_PER_DAY;
    switch (which) {
    case 'p': return kq_atom_int(KQ_TIMESTAMP, now);
    case 'n': return kq_atom_int(KQ_TIMESPAN, rest);
    case 'd': return kq_atom_int(KQ_DATE, day);
    case 't': return kq_atom_int(KQ_TIME, rest / 1000000);
    default: return kq_atom_float(KQ_DATETIME, (double)now / (double)KQ_NS_PER_DAY);
    }
}

static struct kq_obj *clock_name(struct q *q, char c)
{
    int64_t now = q_now(q);
    if (c >= 'A' && c <= 'Z')
        return clock_value((char)(c | 0x20), now + local_offset(now));
    return clock_value(c, now);
}

/* ---- the others -------------------------------------------------------------------- */

static struct kq_obj *z_w(struct q *q)
{
    return kq_atom_int(KQ_INT, q->peer.handle);
}

static struct kq_obj *z_u(struct q *q)
{
    const char *user = kq_sym(q->peer.user, strlen(q->peer.user));
    return user ? kq_atom_sym(user) : q_fail(q, "wsfull");
}

static struct kq_obj *z_a(struct q *q)
{
    return kq_atom_int(KQ_INT, (int32_t)q->peer.address);
}

static struct kq_obj *z_handles(struct q *q)
{
    if (q->host.handles)
        return q->host.handles(q->host.arg, q);
    struct kq_obj *k = kq_vec_new(KQ_INT, 0), *v = kq_vec_new(KQ_LONG, 0);
    struct kq_obj *d = kq_dict(k, v);
    kq_unref(k);
    return q_drop(v, d);
}

static struct kq_obj *z_h(struct q *q)
{
    (void)q;
    char name[256] = "";
    gethostname(name, sizeof name - 1);
    return kq_atom_symz(name);
}

static struct kq_obj *z_i(struct q *q)
{
    (void)q;
    return kq_atom_int(KQ_INT, getpid());
}

static struct kq_obj *z_k(struct q *q)
{
    (void)q;
    return kq_atom_int(KQ_DATE, kq_cal_days(2024, 1, 1));
}

static struct kq_obj *z_version(struct q *q)
{
    (void)q;
    return kq_float(4.1);
}

static struct kq_obj *z_o(struct q *q)
{
    (void)q;
    return kq_atom_symz("l64");
}

static struct kq_obj *z_x(struct q *q)
{
    (void)q;
    return kq_vec_new(KQ_LIST, 0);
}

static struct kq_obj *z_f(struct q *q)
{
    (void)q;
    return kq_atom_sym(kq_sym_null);
}

static struct kq_obj *z_c(struct q *q)
{
    (void)q;
    return kq_atom_int(KQ_INT, sysconf(_SC_NPROCESSORS_ONLN));
}

static struct kq_obj *z_no(struct q *q)
{
    (void)q;
    return kq_bool(false);
}

/* Open handles, ascending. */
static struct kq_obj *z_open(struct q *q)
{
    struct kq_obj *d = z_handles(q);
    return d ? q_drop(d, q_call(q, "asc", 1, kq_keys(d))) : NULL;
}

/* What is known of the current handle's TLS. */
static struct kq_obj *z_e(struct q *q)
{
    if (q->host.tls)
        return q->host.tls(q->host.arg, q);
    struct kq_obj *k = kq_vec_new(KQ_SYMBOL, 0), *v = kq_vec_new(KQ_LIST, 0);
    struct kq_obj *d = kq_dict(k, v);
    kq_unref(k);
    return q_drop(v, d);
}

static const struct {
    const char *name;
    struct kq_obj *(*value)(struct q *q);
} names[] = {
    {"w", z_w}, {"u", z_u},    {"a", z_a},  {"W", z_handles},
    {"h", z_h}, {"i", z_i},    {"k", z_k},  {"b", q_view_dependents},
    {"e", z_e}, {"H", z_open}, {"q", z_no}, {"K", z_version},
    {"o", z_o}, {"x", z_x},    {"X", z_x},  {"f", z_f},
    {"c", z_c},
};

static bool is_clock(const char *name)
{
    return name[0] && !name[1] && strchr("pndtzPNDTZ", name[0]);
}

struct kq_obj *q_dotz(struct q *q, const char *name)
{
    if (is_clock(name))
        return clock_name(q, name[0]);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, name) == 0)
            return names[i].value(q);
    }
    return NULL;
}

bool q_dotz_settable(const char *name)
{
    if (is_clock(name))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(names[i].name, name) == 0)
            return false;
    }
    return true;
}
