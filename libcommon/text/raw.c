/*
 * raw.c - csv without quotes, header and commas, and bytes as bytes.
 */
#include "text/raw.h"

#include "text/csv.h"

#include <stdlib.h>

void kq_raw_put(struct kq_out *o, const struct kq_obj *x, char end, const struct kq_style *style)
{
    const struct kq_csv lines = {'\t', false, end, KQ_CSV_NONE};
    struct kq_style q = *style;
    q.times = KQ_TIMES_Q;
    if (x->type == KQ_BYTE)
        kq_out_write(o, kq_data(x), (size_t)x->n);
    else
        kq_csv_put(o, x, &lines, &q);
}
