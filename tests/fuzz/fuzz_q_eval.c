/*
 * fuzz_q_eval.c - text through the evaluator, its value through the formatters.
 * Small limits keep every run short; whatever the text asks for, nothing may
 * crash, hang or stay behind.
 */
#include "q/q.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct q_limits limits = {
    .steps = 20000, .ms = 2000, .bytes = (size_t)16 << 20, .stack = (size_t)1 << 20};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct q *q = q_new(NULL, &limits);
    struct kq_obj *r = q_eval_text(q, (const char *)data, size);
    struct kq_obj *text = r ? q_console(q, r) : NULL;
    kq_unref(text);
    kq_unref(r);
    q_free(q);
    if (kq_obj_live())
        abort();
    return 0;
}
