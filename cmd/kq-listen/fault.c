/*
 * fault.c - a table of names and what value each takes; splitmix64 for chance.
 */
#include "fault.h"

#include "base/num.h"

enum takes { NOTHING, DURATION, SIZE, BYTE, LENGTH, PACK, BIG };

static const struct {
    const char *name;
    enum takes takes;
} table[LST_FAULT_COUNT] = {
    [LST_FAULT_RATE] = {"rate", SIZE},
    [LST_FAULT_CHUNK] = {"chunk", SIZE},
    [LST_FAULT_LIMIT] = {"limit", SIZE},
    [LST_FAULT_REFUSE_AUTH] = {"refuse-auth", NOTHING},
    [LST_FAULT_NO_HANDSHAKE] = {"no-handshake", NOTHING},
    [LST_FAULT_SLOW_HANDSHAKE] = {"slow-handshake", DURATION},
    [LST_FAULT_CAP] = {"cap", BYTE},
    [LST_FAULT_RST] = {"rst", NOTHING},
    [LST_FAULT_CLOSE] = {"close", NOTHING},
    [LST_FAULT_HALF_CLOSE] = {"half-close", NOTHING},
    [LST_FAULT_HANG] = {"hang", NOTHING},
    [LST_FAULT_DELAY] = {"delay", DURATION},
    [LST_FAULT_JITTER] = {"jitter", DURATION},
    [LST_FAULT_LENGTH] = {"length", LENGTH},
    [LST_FAULT_TYPE] = {"type", BYTE},
    [LST_FAULT_TRUNCATE] = {"truncate", SIZE},
    [LST_FAULT_CORRUPT] = {"corrupt", SIZE},
    [LST_FAULT_COMPRESS] = {"compress", PACK},
    [LST_FAULT_ENDIAN] = {"endian", BIG},
    [LST_FAULT_RESERVED] = {"reserved", BYTE},
    [LST_FAULT_ASYNC_FIRST] = {"async-first", NOTHING},
    [LST_FAULT_SWAP] = {"swap", NOTHING},
    [LST_FAULT_DUP] = {"dup", NOTHING},
    [LST_FAULT_WRONG_KIND] = {"wrong-kind", NOTHING},
};

const char *lst_fault_name(enum lst_fault_what what)
{
    return table[what].name;
}

static bool is_of_conn(enum lst_fault_what what)
{
    return what <= LST_FAULT_CAP;
}

static bool changes_answer(enum lst_fault_what what)
{
    return what >= LST_FAULT_LENGTH;
}

/* ---- parsing ------------------------------------------------------------------- */

/* 0 to 255, decimal or 0x. */
static bool parse_byte(struct kq_str s, int64_t *v)
{
    uint8_t b;
    if (kq_str_starts(s, "0x") && s.len == 4 && kq_parse_hex(s.s + 2, 2, &b)) {
        *v = b;
        return true;
    }
    return kq_parse_i64(s.s, s.len, v) && *v >= 0 && *v <= 255;
}

static bool parse_bytes(struct kq_str s, int64_t *v)
{
    uint64_t n;
    if (!kq_parse_size(s, &n) || n > INT64_MAX)
        return false;
    *v = (int64_t)n;
    return true;
}

static bool parse_length(struct kq_str s, int64_t *v)
{
    if (kq_str_is(s, "max")) {
        *v = LST_LENGTH_MAX;
        return true;
    }
    return kq_parse_i64(s.s, s.len, v) && *v > -(INT64_C(1) << 40) && *v < INT64_C(1) << 40;
}

static bool parse_pack(struct kq_str s, int64_t *v)
{
    static const char *const words[] = {"always", "bad", "huge"};
    for (*v = 0; *v < 3; ++*v) {
        if (kq_str_is(s, words[*v]))
            return true;
    }
    return false;
}

static bool parse_value(enum takes takes, struct kq_str s, int64_t *v)
{
    switch (takes) {
    case NOTHING: return s.len == 0;
    case DURATION: return s.len && kq_parse_duration(s, v);
    case SIZE: return s.len && parse_bytes(s, v);
    case BYTE: return parse_byte(s, v);
    case LENGTH: return parse_length(s, v);
    case PACK: return parse_pack(s, v);
    case BIG: return kq_str_is(s, "big");
    }
    return false;
}

static bool parse_name(struct lst_fault *f, struct kq_str word, struct kq_err *err)
{
    struct kq_str name, value;
    kq_str_cut(word, '=', &name, &value);
    for (int i = 0; i < LST_FAULT_COUNT; i++) {
        if (!kq_str_is(name, table[i].name))
            continue;
        f->what = (enum lst_fault_what)i;
        if (parse_value(table[i].takes, value, &f->value))
            return true;
        if (table[i].takes == NOTHING)
            return kq_fail(err, KQ_EUSAGE, "fault %s takes no value", table[i].name);
        return kq_fail(err, KQ_EUSAGE, "bad value '%.*s' of fault %s", KQ_STR_FMT(value),
                       table[i].name);
    }
    return kq_fail(err, KQ_EUSAGE, "no fault is called '%.*s'", KQ_STR_FMT(name));
}

static bool parse_kind(struct kq_str s, enum lst_fault_kind *kind)
{
    static const char *const words[] = {"async", "sync", "push"};
    for (int i = 0; i < 3; i++) {
        if (kq_str_is(s, words[i])) {
            *kind = (enum lst_fault_kind)i;
            return true;
        }
    }
    return false;
}

static bool parse_count(struct kq_str s, int64_t *v)
{
    return kq_parse_i64(s.s, s.len, v) && *v > 0;
}

static bool parse_chance(struct kq_str s, double *p)
{
    return kq_parse_f64(s.s, s.len, p) && *p >= 0 && *p <= 1;
}

static bool parse_selector(struct lst_fault *f, struct kq_str word, struct kq_err *err)
{
    struct kq_str key, value;
    kq_str_cut(word, '=', &key, &value);
    if (kq_str_is(key, "p")      ? parse_chance(value, &f->p)
        : kq_str_is(key, "conn") ? parse_count(value, &f->conn)
        : kq_str_is(key, "msg")  ? parse_count(value, &f->msg)
        : kq_str_is(key, "kind") ? parse_kind(value, &f->kind)
                                 : false)
        return true;
    return kq_fail(err, KQ_EUSAGE,
                   "bad selector '%.*s': p=0..1, conn=N, msg=N, kind=sync|async|push",
                   KQ_STR_FMT(word));
}

/* Selectors that can never be true are mistakes. */
static bool check(const struct lst_fault *f, struct kq_err *err)
{
    const char *name = table[f->what].name;
    if (is_of_conn(f->what) && (f->msg || f->kind != LST_FAULT_ANY))
        return kq_fail(err, KQ_EUSAGE, "fault %s is of the connection: no msg= or kind=", name);
    if (changes_answer(f->what) && f->kind == LST_FAULT_ASYNC)
        return kq_fail(err, KQ_EUSAGE, "fault %s: an async message has no answer", name);
    if (!changes_answer(f->what) && f->kind == LST_FAULT_PUSH)
        return kq_fail(err, KQ_EUSAGE, "fault %s does not strike messages that are pushed", name);
    return true;
}

int lst_faults_add(struct lst_faults *f, struct kq_str spec, struct kq_err *err)
{
    struct lst_fault one = {.p = 1, .kind = LST_FAULT_ANY};
    struct kq_str word, rest;
    if (f->n == LST_FAULTS_MAX)
        return kq_fail(err, KQ_EUSAGE, "more than %d faults", LST_FAULTS_MAX) - 1;
    kq_str_cut(spec, ',', &word, &rest);
    bool ok = parse_name(&one, word, err);
    while (ok && rest.len) {
        kq_str_cut(rest, ',', &word, &rest);
        ok = parse_selector(&one, word, err);
    }
    if (!ok || !check(&one, err))
        return -1;
    one.by_kind = one.kind != LST_FAULT_ANY;
    if (changes_answer(one.what) && !one.by_kind)
        one.kind = LST_FAULT_SYNC;
    f->fault[f->n] = one;
    return f->n++;
}

int lst_faults_add_for_rule(struct lst_faults *f, struct kq_str spec, struct kq_err *err)
{
    int i = lst_faults_add(f, spec, err);
    if (i < 0)
        return -1;
    struct lst_fault *one = &f->fault[i];
    one->of_rule = true;
    if (!is_of_conn(one->what) && one->kind != LST_FAULT_PUSH && !one->conn && !one->msg)
        return i;
    f->n--;
    return kq_fail(err, KQ_EUSAGE, "fault %s: a rule selects the message, with p= at most",
                   table[one->what].name) -
           1;
}

void lst_faults_drop_rules(struct lst_faults *f)
{
    while (f->n && f->fault[f->n - 1].of_rule)
        f->n--;
}

/* ---- chance ----------------------------------------------------------------------- */

void lst_faults_seed(struct lst_faults *f, uint64_t seed)
{
    f->random = seed;
}

static uint64_t random_word(struct lst_faults *f)
{
    uint64_t z = f->random += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static bool happens(struct lst_faults *f, double p)
{
    return p >= 1 || (double)(random_word(f) >> 11) * 0x1p-53 < p;
}

uint64_t lst_faults_of_rule(struct lst_faults *f, int i)
{
    return i >= 0 && happens(f, f->fault[i].p) ? UINT64_C(1) << i : 0;
}

bool lst_faults_are_random(const struct lst_faults *f)
{
    for (int i = 0; i < f->n; i++) {
        if (f->fault[i].p < 1 || f->fault[i].what == LST_FAULT_JITTER)
            return true;
    }
    return false;
}

/* ---- selecting ----------------------------------------------------------------------- */

static bool selects_conn(const struct lst_fault *one, int64_t conn)
{
    return !one->of_rule && (!one->conn || one->conn == conn);
}

uint64_t lst_faults_of_conn(struct lst_faults *f, int64_t conn)
{
    uint64_t set = 0;
    for (int i = 0; i < f->n; i++) {
        const struct lst_fault *one = &f->fault[i];
        if (is_of_conn(one->what) && selects_conn(one, conn) && happens(f, one->p))
            set |= UINT64_C(1) << i;
    }
    return set;
}

static bool selects_msg(const struct lst_fault *one, int64_t conn, enum lst_fault_kind kind,
                        int64_t nth_any, int64_t nth_kind)
{
    if (is_of_conn(one->what) || !selects_conn(one, conn))
        return false;
    if (one->kind == LST_FAULT_ANY ? kind == LST_FAULT_PUSH : one->kind != kind)
        return false;
    return !one->msg || one->msg == (one->by_kind ? nth_kind : nth_any);
}

uint64_t lst_faults_of_msg(struct lst_faults *f, int64_t conn, enum lst_fault_kind kind,
                           int64_t nth_any, int64_t nth_kind)
{
    uint64_t set = 0;
    for (int i = 0; i < f->n; i++) {
        const struct lst_fault *one = &f->fault[i];
        if (selects_msg(one, conn, kind, nth_any, nth_kind) && happens(f, one->p))
            set |= UINT64_C(1) << i;
    }
    return set;
}

const struct lst_fault *lst_faults_get(const struct lst_faults *f, uint64_t set,
                                       enum lst_fault_what what)
{
    for (; set; set &= set - 1) {
        const struct lst_fault *one = &f->fault[__builtin_ctzll(set)];
        if (one->what == what)
            return one;
    }
    return NULL;
}

int64_t lst_faults_delay_ns(struct lst_faults *f, uint64_t set)
{
    const struct lst_fault *delay = lst_faults_get(f, set, LST_FAULT_DELAY);
    const struct lst_fault *jitter = lst_faults_get(f, set, LST_FAULT_JITTER);
    int64_t ns = delay ? delay->value : 0;
    if (jitter && jitter->value > 0)
        ns += (int64_t)(random_word(f) % (uint64_t)jitter->value);
    return ns;
}
