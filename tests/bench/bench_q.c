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

static struct q *q;
static int64_t *a, *b, *out;

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
    static int64_t sums[100];
    memset(sums, 0, sizeof sums);
    for (int64_t i = 0; i < N; i++)
        sums[a[i]] += b[i];
    bench_keep(sums);
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
    char setup[] = "a:(til 10000000)mod 100;b:til 10000000;t:([]a:a;b:b)";
    q = q_new(NULL, NULL);
    text(setup);
    a = malloc(N * sizeof *a);
    b = malloc(N * sizeof *b);
    out = malloc(N * sizeof *out);
    for (int64_t i = 0; i < N; i++) {
        a[i] = i % 100;
        b[i] = i;
    }
    pair("sum a", loop_sum, "sum a");
    pair("a+b", loop_add, "a+b");
    pair("a=7", loop_equal, "a=7");
    pair("where a=7", loop_where, "where a=7");
    pair("b a", loop_index, "b a");
    pair("select sum b by a from t", loop_sum_by, "select sum b by a from t");
    char one[] = "1+1", til[] = "til 10";
    bench("1+1 from text", 1001, text, one, 1, "ns", 0);
    bench("til 10 from text", 1001, text, til, 1, "ns", 0);
    q_free(q);
    free(a);
    free(b);
    free(out);
    return 0;
}
