/*
 * page.h - the web page: a query box, its result, and what the workspace holds.
 *
 * The page is page.html with slots filled in; it needs no script to work.
 */
#ifndef KQ_LISTEN_PAGE_H
#define KQ_LISTEN_PAGE_H

#include "base/buf.h"
#include "base/str.h"
#include "context.h"

#include <stdint.h>

/* What the page shows; `expression` is empty when nothing was asked. */
struct lst_page {
    struct kq_str expression;
    const struct kq_obj *result; /* NULL: nothing, or `error` */
    const char *error;           /* text of a q error, or NULL */
    int64_t elapsed_ns;
};

/* Append the whole page. */
void lst_page_put(struct lst_context *c, struct kq_buf *out, const struct lst_page *page);

#endif
