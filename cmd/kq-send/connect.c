/*
 * connect.c - one attempt is a call of link; around it the clock of --wait and
 * the count of --retry.
 */
#include "connect.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/out.h"
#include "cli/help.h"
#include "net/neterr.h"
#include "net/timing.h"
#include "net/tls.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MS INT64_C(1000000)
/* Between the attempts of --wait, unless --retry-delay asks for less. */
#define WAIT_DELAY_MAX (1000 * MS)
#define DELAY_MAX      (30000 * MS)

bool send_target_init(struct send_target *t, struct kq_opts *p, struct send_opts *o, char *word,
                      struct kq_err *err)
{
    char *text = kq_config_target(p, word, &t->profile, err);
    if (!text || !kq_addr_parse(kq_strz(text), &t->addr, err))
        return false;
    if (t->addr.kind == KQ_ADDR_FIFO)
        return kq_fail(err, KQ_EUSAGE,
                       "fifo://%s: a fifo handle can only be read; it is a source for kq-pipe",
                       t->addr.path);
    if (text == word && kq_cred_hide(word, &t->addr))
        kq_warn("a password on the command line is visible to other users; see kq-credentials(5)");
    if (t->addr.kind == KQ_ADDR_FILE)
        return true;
    t->addr.tls |= o->tls.tls;
    if (!kq_cred_find(p, &o->conn, &t->addr, t->profile.password, &t->cred, err))
        return false;
    kq_log(KQ_LOG_V, "user '%s', password from %s", t->cred.user, t->cred.from);
    return true;
}

void send_target_forget(struct send_target *t)
{
    const char *inside = t->addr.password;
    if (inside)
        kq_wipe(t->addr.store + (inside - t->addr.store), strlen(inside));
    if (t->profile.password)
        kq_wipe(t->profile.password, strlen(t->profile.password));
    kq_cred_release(&t->cred);
}

void send_target_release(struct send_target *t)
{
    kq_cred_release(&t->cred);
    kq_addr_release(&t->addr);
    kq_profile_release(&t->profile);
}

int send_target_show(const struct send_target *t, const struct kq_prog *prog,
                     const struct kq_opts *p)
{
    struct kq_out out;
    kq_out_init_fd(&out, STDOUT_FILENO);
    char name[KQ_ADDR_TEXT_MAX];
    kq_out_printf(&out, "target = %s\n", kq_addr_text(&t->addr, name, sizeof name));
    if (t->cred.user) {
        bool some = t->cred.password && *t->cred.password;
        kq_out_printf(&out, "login = %s\n", t->cred.user);
        kq_out_printf(&out, "password = %s  (%s)\n", some ? "****" : "", t->cred.from);
    }
    kq_help_settings(p, &out);
    return kq_prog_end(prog, &out, "standard output", KQ_OK);
}

/* ---- one attempt ------------------------------------------------------------- */

static struct kq_tls_ctx *tls_context(const struct send_opts *o, struct kq_err *err)
{
    struct kq_tls_opts files = o->tls.files;
    if (o->tls.insecure) {
        files.verify = KQ_TLS_VERIFY_NO;
        kq_warn("the server's certificate is not verified");
    }
    return kq_tls_opts_env(&files, false, err) ? kq_tls_client_new(&files, err) : NULL;
}

void send_conn_opts(struct kq_conn_opts *c, const struct send_target *t, const struct send_opts *o,
                    const struct kq_tap *tap)
{
    static const int families[] = {[4] = AF_INET, [6] = AF_INET6};
    kq_conn_opts_init(c);
    c->user = t->cred.user;
    c->password = *t->cred.password ? t->cred.password : NULL;
    c->capability = (int)o->conn.capability;
    c->family = o->conn.family ? families[o->conn.family] : AF_UNSPEC;
    c->max_message = o->common.max_size ? o->common.max_size : KQ_TOTAL_MAX;
    c->tls_name = o->tls.tls_name;
    c->connect_timeout_ms = (o->conn.connect_timeout_ns + MS - 1) / MS;
    c->tap = *tap;
}

/* The time for one attempt in ms, 0: no limit. */
static int64_t attempt_ms(int64_t ms, int64_t until)
{
    int left = kq_left_ms(until);
    if (left >= 0 && (!ms || left < ms))
        ms = left > 0 ? left : 1;
    return ms;
}

/* ---- again and again ----------------------------------------------------------- */

/* 0.8 to 1.2 times the delay, so that many clients do not come back at once. */
static int64_t jitter(int64_t delay_ns)
{
    unsigned seed = (unsigned)kq_mono_ns() ^ (unsigned)getpid();
    return delay_ns / 1000 * (800 + (int)(seed * 2654435761U >> 16) % 401);
}

/* Sleep; false when a signal or `until` comes first. */
static bool sleep_ns(int64_t ns, int64_t until, const volatile sig_atomic_t *stop)
{
    int64_t end = kq_mono_ns() + ns;
    while (!*stop && kq_left_ms(end) > 0) {
        if (until < end && kq_left_ms(until) == 0)
            return false;
        poll(NULL, 0, kq_left_ms(until < end ? until : end));
    }
    return !*stop;
}

static bool worth_repeating(const struct kq_err *err)
{
    return err->code == KQ_ECONNECT || err->code == KQ_ETIMEOUT || err->code == KQ_ELOST;
}

/* Where the retries of one connect stand. */
struct retries {
    int64_t left;
    int64_t delay_ns, delay_max;
    int64_t until; /* monotonic; no attempt after it */
};

static struct retries retries_of(const struct send_opts *o, int64_t deadline)
{
    struct retries r = {.left = o->conn.retry,
                        .delay_ns = o->conn.retry_delay_ns,
                        .delay_max = DELAY_MAX,
                        .until = deadline};
    if (o->conn.wait_ns < 0)
        return r;
    r.left = INT64_MAX;
    r.delay_max = WAIT_DELAY_MAX;
    if (r.delay_ns > 50 * MS)
        r.delay_ns = 50 * MS;
    if (o->conn.wait_ns && kq_mono_ns() + o->conn.wait_ns < r.until)
        r.until = kq_mono_ns() + o->conn.wait_ns;
    return r;
}

/* The next attempt is due; false when there shall be none. */
static bool pause_before_next(struct retries *r, const volatile sig_atomic_t *stop)
{
    if (r->left-- <= 0 || !sleep_ns(jitter(r->delay_ns), r->until, stop))
        return false;
    r->delay_ns *= 2;
    if (r->delay_ns > r->delay_max)
        r->delay_ns = r->delay_max;
    return true;
}

bool send_connect(struct send_link *l, const struct send_target *t, const struct send_opts *o,
                  const struct kq_tap *tap, int64_t deadline, volatile sig_atomic_t *stop,
                  struct kq_err *err)
{
    struct kq_conn_opts c;
    send_conn_opts(&c, t, o, tap);
    int64_t timeout_ms = c.connect_timeout_ms;
    if (t->addr.tls && !(c.tls = tls_context(o, err)))
        return false;
    struct retries r = retries_of(o, deadline);
    bool ok;
    for (;;) {
        c.connect_timeout_ms = attempt_ms(timeout_ms, r.until);
        ok = send_link_open(l, &t->addr, &c, stop, err);
        if (ok || !worth_repeating(err) || !pause_before_next(&r, stop))
            break;
        kq_log(KQ_LOG_V, "%s; trying again", err->msg);
    }
    if (!ok && *stop)
        kq_neterr_signal(err, *stop);
    kq_tls_ctx_free(c.tls);
    return ok;
}
