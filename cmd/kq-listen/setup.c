/*
 * setup.c - one function for each group of options.
 */
#include "setup.h"

#include "base/cal.h"
#include "base/mem.h"
#include "push.h"
#include "recload.h"
#include "sniff.h"

#include <stdio.h>
#include <stdlib.h>

/* OpenSSL computes the digests; it is loaded when the first hashed entry is met. */
static bool digest(bool sha1, struct kq_str text, char *hex)
{
    return sha1 ? kq_tls_sha1_hex(text.s, text.len, hex, NULL)
                : kq_tls_md5_hex(text.s, text.len, hex, NULL);
}

bool lst_setup_users(struct lst_context *c, struct kq_err *err)
{
    const struct lst_access_opts *a = &c->opts->access;
    const char *path = a->users;
    if (!path && a->restrict_arg && strcmp(a->restrict_arg, "1") != 0)
        path = a->restrict_arg;
    struct lst_users *users = path ? lst_users_load(path, digest, err) : NULL;
    if (path && !users)
        return false;
    lst_users_free(c->users);
    c->users = users;
    return true;
}

/* Without TLS, what is said about certificates was meant otherwise. */
static bool check_unused(const struct lst_opts *o, struct kq_err *err)
{
    const struct kq_tls_opts *files = &o->tls.files;
    const char *what = o->access.verify_client ? "--verify-client"
                       : files->cert_file      ? "--cert"
                       : files->key_file       ? "--key"
                                               : NULL;
    return !what || kq_fail(err, KQ_EUSAGE, "%s needs -E 1 or -E 2", what);
}

bool lst_setup_tls(struct lst_context *c, struct kq_tls_ctx **tls, struct kq_err *err)
{
    const struct lst_opts *o = c->opts;
    struct kq_tls_opts files = o->tls.files;
    const char *verify = o->access.verify_client;
    c->tls_mode = o->tls.tls ? LST_TLS_ONLY : (int)o->access.tls_mode;
    if (c->tls_mode == LST_TLS_OFF)
        return check_unused(o, err);
    if (verify && !kq_tls_verify_parse(verify, true, &files.verify, err)) {
        kq_err_context(err, "--verify-client");
        return false;
    }
    if (!kq_tls_opts_env(&files, true, err))
        return false;
    *tls = kq_tls_server_new(&files, err);
    return *tls;
}

bool lst_setup_faults(struct lst_context *c, struct kq_err *err)
{
    const struct lst_fault_opts *o = &c->opts->fault;
    uint64_t seed = o->seed < 0 ? (uint64_t)kq_cal_now_ns() % 1000000000 : (uint64_t)o->seed;
    char text[64];
    lst_faults_seed(&c->faults, seed);
    for (int i = 0; i < o->faults.n; i++) {
        if (lst_faults_add(&c->faults, kq_strz(o->faults.word[i]), err) < 0)
            return false;
    }
    snprintf(text, sizeof text, "system\"S %llu\"", (unsigned long long)(seed % INT32_MAX));
    if (o->seed >= 0)
        kq_unref(q_eval_text(c->q, text, strlen(text)));
    if (o->seed >= 0 || !lst_faults_are_random(&c->faults))
        return true;
    snprintf(text, sizeof text, "--seed %llu", (unsigned long long)seed);
    lst_journal_note(&c->journal, "seed", text);
    return true;
}

static bool add_rules(struct lst_context *c, struct lst_rules *rules, struct kq_err *err)
{
    const struct lst_answer_opts *o = &c->opts->answer;
    for (int i = 0; i < o->replies.n; i++) {
        if (!lst_rules_add(rules, kq_strz(o->replies.word[i]), "-R", err))
            return false;
    }
    return !o->rules || lst_rules_load(rules, o->rules, err);
}

bool lst_setup_rules(struct lst_context *c, struct kq_err *err)
{
    struct lst_faults before = c->faults;
    struct lst_rules rules = {.faults = &c->faults};
    lst_faults_drop_rules(&c->faults);
    if (add_rules(c, &rules, err)) {
        lst_rules_release(&c->rules);
        c->rules = rules;
        return true;
    }
    lst_rules_release(&rules);
    c->faults = before;
    return false;
}

static bool setup_proxy(struct lst_context *c, struct lst_proxy *proxy, struct kq_err *err)
{
    const char *target = c->opts->answer.proxy;
    if (!kq_addr_parse(kq_strz(target), &proxy->target, err))
        return false;
    if (proxy->target.kind == KQ_ADDR_FILE || proxy->target.kind == KQ_ADDR_FIFO)
        return kq_fail(err, KQ_EUSAGE, "--proxy %s: not a server", target);
    c->proxy = proxy;
    c->otherwise.action = LST_FORWARD;
    return lst_need_client_tls(c, &proxy->target, err);
}

static bool setup_replay(struct lst_context *c, struct lst_replay *replay, struct kq_err *err)
{
    const struct lst_answer_opts *o = &c->opts->answer;
    *replay = (struct lst_replay){.timing = o->replay_timing};
    replay->recording = lst_recording_load(o->replay, err);
    c->replay = replay;
    c->otherwise.action = LST_PLAY;
    c->unmatched =
        (struct lst_reply){.action = LST_ERROR, .error = kq_strdup("not in the recording")};
    return replay->recording;
}

static void setup_exec(struct lst_context *c, struct lst_exec *exec)
{
    const struct lst_answer_opts *o = &c->opts->answer;
    *exec = (struct lst_exec){
        .command = o->exec,
        .limit = o->exec_limit,
        .format = (enum lst_reply_format)o->reply_format,
        .timeout_ms = c->opts->access.query_timeout_ns / 1000000,
    };
    c->exec = exec;
    c->otherwise.action = LST_EXEC;
}

/* --default, unless it is for what the recording does not know. */
static bool setup_default(struct lst_context *c, struct kq_err *err)
{
    const struct lst_answer_opts *o = &c->opts->answer;
    struct lst_reply *to = o->replay ? &c->unmatched : &c->otherwise;
    if (!o->otherwise)
        return true;
    if (o->exec || o->proxy)
        return kq_fail(err, KQ_EUSAGE, "--default with --%s", o->exec ? "exec" : "proxy");
    lst_reply_release(to);
    if (lst_reply_parse(to, kq_strz(o->otherwise), err))
        return true;
    kq_err_context(err, "--default");
    return false;
}

bool lst_setup_answers(struct lst_context *c, struct lst_exec *exec, struct lst_proxy *proxy,
                       struct lst_replay *replay, struct kq_err *err)
{
    const struct lst_answer_opts *o = &c->opts->answer;
    if (!!o->exec + !!o->proxy + !!o->replay > 1)
        return kq_fail(err, KQ_EUSAGE, "only one of --exec, --proxy and --replay");
    if ((o->replay_timing || o->strict) && !o->replay)
        return kq_fail(err, KQ_EUSAGE, "--replay-timing and --strict need --replay");
    c->otherwise.action = LST_EVAL;
    if (o->exec)
        setup_exec(c, exec);
    if (o->proxy && !setup_proxy(c, proxy, err))
        return false;
    if (o->replay && !setup_replay(c, replay, err))
        return false;
    return setup_default(c, err);
}

bool lst_setup_expect(struct lst_context *c, struct kq_err *err)
{
    const struct lst_record_opts *o = &c->opts->record;
    c->expect.in_order = o->in_order;
    for (int i = 0; i < o->expect.n; i++) {
        if (!lst_expect_add(&c->expect, kq_strz(o->expect.word[i]), err))
            return false;
    }
    if (o->tplog && !lst_tplog_open(&c->tplog, o->tplog, err))
        return false;
    if (o->push)
        c->pusher = lst_pusher_new(c, o->push, err);
    return !o->push || c->pusher;
}
