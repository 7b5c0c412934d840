/*
 * fuzz_data.c - data-only q text from anybody is read or refused, and what was
 * read prints as text that reads back to the same text.
 *
 * Symbols made with $ may hold anything and print as they are, and q prints
 * what an iterator is applied to without parentheses; texts with those are only read.
 */
#include "text/data.h"
#include "text/repr.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The text of what `text` means, appended to `out`; false when it is refused. */
static bool again(const char *text, size_t len, struct kq_out *out)
{
    struct kq_err err = {0};
    struct kq_style style = kq_style_default;
    style.precision = 17;
    struct kq_obj *x = kq_data_parse(text, len, &err);
    if (!x) {
        if (err.code != KQ_EUSAGE && err.code != KQ_EIO)
            abort();
        return false;
    }
    kq_repr(out, x, &style);
    kq_unref(x);
    return true;
}

/* Does one of $ ' / \ stand outside of strings? */
static bool is_ambiguous(const char *s, size_t len)
{
    bool in_string = false;
    for (size_t i = 0; i < len; i++) {
        if (in_string && s[i] == '\\')
            i++;
        else if (s[i] == '"')
            in_string = !in_string;
        else if (!in_string && s[i] && strchr("$'/\\", s[i]))
            return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_out first, second;
    kq_out_init_mem(&first);
    kq_out_init_mem(&second);
    bool ok = size < 4096 && again((const char *)data, size, &first);
    bool far = ok && memmem(first.buf, first.len, "0000.00", 7); /* a date beyond year 9999 */
    if (ok && !far && !is_ambiguous((const char *)data, size)) {
        if (!again(first.buf, first.len, &second))
            abort();
        if (first.len != second.len || memcmp(first.buf, second.buf, first.len) != 0)
            abort();
    }
    kq_out_release(&first);
    kq_out_release(&second);
    if (kq_obj_live() != 0)
        abort();
    return 0;
}
