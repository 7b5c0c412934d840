/*
 * bench_q.c - the primitives of the evaluator beside plain C loops.
 *
 * Each row is q text over vectors of ten million longs that exist already; its
 * floor is the loop that a C programmer would write for the same result.
 */
#include "lib.h"
#include "obj/obj.h"
#include "q/q.h"

#include <string.h>

enum { N = 10000000 };

enum { FEW = 100, MANY = 1 << 20 }; /* different values in a, in w */

static struct q *q;
static int64_t *a, *b, *w, *out;

/* Evaluate q text and forget the value. */
static void text(void *arg)
{
    struct kq_obj *r = q_eval_text(q, arg, strlen(arg));
    if (!r) {
        fprintf(stderr, "bench_q: %s: '%s\n", (const char *)arg, q_error(q));
        exit(1);
    }
    kq_unref(r);
}

static void loop_sum(void *arg)
{
    (void)arg;
    int64_t s = 0;
    for (int64_t i = 0; i < N; i++)
        s += a[i];
    bench_keep(&s);
}

static void loop_add(void *arg)
{
    (void)arg;
    int64_t *fresh = malloc(N * sizeof *fresh);
    for (int64_t i = 0; i < N; i++)
        fresh[i] = a[i] + b[i];
    bench_keep(fresh);
    free(fresh);
}

static void loop_equal(void *arg)
{
    (void)arg;
    uint8_t *fresh = malloc(N);
    for (int64_t i = 0; i < N; i++)
        fresh[i] = a[i] == 7;
    bench_keep(fresh);
    free(fresh);
}

static void loop_where(void *arg)
{
    (void)arg;
    int64_t n = 0;
    for (int64_t i = 0; i < N; i++) {
        if (a[i] == 7)
            out[n++] = i;
    }
    bench_keep(&n);
}

static void loop_index(void *arg)
{
    (void)arg;
    int64_t *fresh = malloc(N * sizeof *fresh);
    for (int64_t i = 0; i < N; i++)
        fresh[i] = b[a[i]];
    bench_keep(fresh);
    free(fresh);
}

static void loop_sum_by(void *arg)
{
    (void)arg;
    static int64_t sums[FEW];
    memset(sums, 0, sizeof sums);
    for (int64_t i = 0; i < N; i++)
        sums[a[i]] += b[i];
    bench_keep(sums);
}

static void loop_in(void *arg)
{
    (void)arg;
    static uint8_t member[FEW];
    uint8_t *fresh = malloc(N);
    for (int i = 0; i < FEW; i += 3)
        member[i] = 1;
    for (int64_t i = 0; i < N; i++)
        fresh[i] = member[a[i]];
    bench_keep(fresh);
    free(fresh);
}

/* Keys of twenty bits, eleven at a time. */
static void loop_sort(void *arg)
{
    (void)arg;
    static int64_t start[2048];
    int64_t *from = malloc(N * sizeof *from), *to = malloc(N * sizeof *to);
    memcpy(from, w, N * sizeof *from);
    for (int shift = 0; shift < 22; shift += 11) {
        memset(start, 0, sizeof start);
        for (int64_t i = 0; i < N; i++)
            start[(from[i] >> (20 + shift)) & 2047]++;
        for (int64_t k = 0, sum = 0; k < 2048; k++) {
            int64_t n = start[k];
            start[k] = sum;
            sum += n;
        }
        for (int64_t i = 0; i < N; i++)
            to[start[(from[i] >> (20 + shift)) & 2047]++] = from[i];
        int64_t *t = from;
        from = to;
        to = t;
    }
    bench_keep(from);
    free(from);
    free(to);
}

/* Open addressing, twice as many slots as there may be keys: the first position of each of w, one
 * table for all that hash. */
enum { SLOTS = MANY * 2 };
static int64_t *slot_of(int64_t *slots, int64_t key)
{
    uint64_t at = ((uint64_t)key * 0x9e3779b97f4a7c15u) >> 43;
    while (slots[at] && w[slots[at] - 1] != key)
        at = (at + 1) & (SLOTS - 1);
    return &slots[at];
}

static void loop_distinct(void *arg)
{
    (void)arg;
    int64_t n = 0, *slots = calloc(SLOTS, sizeof *slots);
    for (int64_t i = 0; i < N; i++) {
        int64_t *slot = slot_of(slots, w[i]);
        if (!*slot) {
            *slot = i + 1;
            out[n++] = w[i];
        }
    }
    bench_keep(&n);
    free(slots);
}

static void loop_group(void *arg)
{
    (void)arg;
    static int64_t count[FEW], start[FEW];
    int64_t *fresh = malloc(N * sizeof *fresh);
    memset(count, 0, sizeof count);
    for (int64_t i = 0; i < N; i++)
        count[a[i]]++;
    for (int k = 1; k < FEW; k++)
        start[k] = start[k - 1] + count[k - 1];
    for (int64_t i = 0; i < N; i++)
        fresh[start[a[i]]++] = i;
    bench_keep(fresh);
    free(fresh);
    memset(start, 0, sizeof start);
}

/* Where each of w stands among the first MANY of them. */
static void loop_find(void *arg)
{
    (void)arg;
    int64_t *slots = calloc(SLOTS, sizeof *slots);
    for (int64_t i = 0; i < MANY; i++) {
        int64_t *slot = slot_of(slots, w[i]);
        if (!*slot)
            *slot = i + 1;
    }
    for (int64_t i = 0; i < N; i++) {
        int64_t *slot = slot_of(slots, w[i]);
        out[i] = *slot ? *slot - 1 : MANY;
    }
    bench_keep(out);
    free(slots);
}

/* The column v of the row with the same key, or the null of longs. */
static void loop_lj(void *arg)
{
    loop_find(arg);
    int64_t *fresh = malloc(N * sizeof *fresh);
    for (int64_t i = 0; i < N; i++)
        fresh[i] = out[i] < MANY ? b[out[i]] : INT64_MIN;
    bench_keep(fresh);
    free(fresh);
}

static void pair(const char *name, void (*loop)(void *), const char *q_text)
{
    char copy[100], label[60];
    snprintf(copy, sizeof copy, "%s", q_text);
    snprintf(label, sizeof label, "%s: C loop", name);
    double floor = bench(label, 5, loop, NULL, 1e6, "ms", 0);
    bench(name, 5, text, copy, 1e6, "ms", floor);
}

int main(void)
{
    char setup[] = "a:(til 10000000)mod 100;b:til 10000000;t:([]a:a;b:b);c:3*til 34;"
                   "w:1048576*(b*40503)mod 1048576;u:([]w:w);k:([w:1048576#w]v:1048576#b)";
    q = q_new(NULL, NULL);
    text(setup);
    a = malloc(N * sizeof *a);
    b = malloc(N * sizeof *b);
    w = malloc(N * sizeof *w);
    out = malloc(N * sizeof *out);
    for (int64_t i = 0; i < N; i++) {
        a[i] = i % 100;
        b[i] = i;
        w[i] = i * 40503 % MANY * MANY;
    }
    pair("sum a", loop_sum, "sum a");
    pair("a+b", loop_add, "a+b");
    pair("a=7", loop_equal, "a=7");
    pair("where a=7", loop_where, "where a=7");
    pair("b a", loop_index, "b a");
    pair("select sum b by a from t", loop_sum_by, "select sum b by a from t");
    pair("a in c", loop_in, "a in c");
    pair("asc w", loop_sort, "asc w");
    pair("distinct w", loop_distinct, "distinct w");
    pair("group a", loop_group, "group a");
    pair("(1048576#w)?w", loop_find, "(1048576#w)?w");
    pair("u lj k", loop_lj, "u lj k");
    char one[] = "1+1", til[] = "til 10";
    bench("1+1 from text", 1001, text, one, 1, "ns", 0);
    bench("til 10 from text", 1001, text, til, 1, "ns", 0);
    q_free(q);
    free(a);
    free(b);
    free(w);
    free(out);
    return 0;
}
