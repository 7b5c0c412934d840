/*
 * expect.c - counts matches; keeps the first strangers for the report.
 */
#include "expect.h"

#include "base/mem.h"
#include "base/num.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 10, SAMPLE_LEN = 100 };

/* Cut " xN" off the end. */
static struct kq_str take_times(struct kq_str text, int64_t *times)
{
    for (size_t i = text.len; i-- > 1;) {
        if (text.s[i] != 'x' || text.s[i - 1] != ' ')
            continue;
        if (kq_parse_i64(text.s + i + 1, text.len - i - 1, times) && *times > 0)
            return kq_str_trim(kq_str(text.s, i));
        break;
    }
    *times = 0;
    return text;
}

bool lst_expect_add(struct lst_expect *e, struct kq_str text, struct kq_err *err)
{
    struct lst_expected one = {.seen = 0};
    char why[128];
    struct kq_str re = take_times(text, &one.times);
    one.text = kq_memdup0(re.s, re.len);
    int code = regcomp(&one.re, one.text, REG_EXTENDED | REG_NOSUB);
    if (code) {
        regerror(code, &one.re, why, sizeof why);
        kq_err_set(err, KQ_EUSAGE, "bad regular expression '%s': %s", one.text, why);
        free(one.text);
        return false;
    }
    e->item = kq_realloc(e->item, (e->n + 1) * sizeof *e->item);
    e->item[e->n++] = one;
    return true;
}

void lst_expect_release(struct lst_expect *e)
{
    for (size_t i = 0; i < e->n; i++) {
        regfree(&e->item[i].re);
        free(e->item[i].text);
    }
    for (size_t i = 0; i < e->n_samples; i++)
        free(e->samples[i]);
    free(e->samples);
    free(e->item);
    *e = (struct lst_expect){0};
}

static bool is_met(const struct lst_expected *x)
{
    return x->times ? x->seen == x->times : x->seen > 0;
}

/* Could one more still be wanted? */
static bool is_open(const struct lst_expected *x)
{
    return !x->times || x->seen < x->times;
}

static bool matches(const struct lst_expected *x, const char *text)
{
    return regexec(&x->re, text, 0, NULL, 0) == 0;
}

/* The expectation that a message counts for, or NULL. */
static struct lst_expected *find(struct lst_expect *e, const char *text)
{
    struct lst_expected *full = NULL;
    for (size_t i = 0; i < e->n; i++) {
        struct lst_expected *x = &e->item[i];
        if (matches(x, text)) {
            if (is_open(x))
                return x;
            full = full ? full : x; /* once too often */
        }
        if (e->in_order && !is_met(x))
            return NULL;
    }
    return full;
}

void lst_expect_see(struct lst_expect *e, const char *text)
{
    struct lst_expected *x = e->n ? find(e, text) : NULL;
    if (x)
        x->seen++;
    if (x || !e->n)
        return;
    e->unexpected++;
    if (e->n_samples == SAMPLES)
        return;
    e->samples = kq_realloc(e->samples, (e->n_samples + 1) * sizeof *e->samples);
    e->samples[e->n_samples++] = kq_memdup0(text, strnlen(text, SAMPLE_LEN));
}

static void report(const struct lst_expected *x, struct kq_out *out)
{
    kq_out_printf(out, "expected: %s", x->text);
    if (x->times)
        kq_out_printf(out, ": %lld times, came %lld\n", (long long)x->times, (long long)x->seen);
    else
        kq_out_puts(out, ": never came\n");
}

bool lst_expect_met(const struct lst_expect *e, struct kq_out *out)
{
    bool all = true;
    for (size_t i = 0; i < e->n; i++) {
        if (is_met(&e->item[i]))
            continue;
        report(&e->item[i], out);
        all = false;
    }
    if (all)
        return true;
    for (size_t i = 0; i < e->n_samples; i++)
        kq_out_printf(out, "came instead: %s\n", e->samples[i]);
    if (e->unexpected > (int64_t)e->n_samples)
        kq_out_printf(out, "and %lld more\n", (long long)(e->unexpected - (int64_t)e->n_samples));
    return false;
}
