/*
 * style.c - the default.
 */
#include "text/style.h"

#include <stddef.h>

const struct kq_style kq_style_default = {
    .rows = 0,
    .columns = 0,
    .terminal = false,
    .precision = 7,
    .null_text = NULL,
    .int64_string = false,
    .times = KQ_TIMES_ISO,
    .max_items = 0,
    .depth = 0,
};
