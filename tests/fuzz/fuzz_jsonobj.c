/*
 * fuzz_jsonobj.c - JSON from anybody is read or refused, and what was read comes
 * back the same from its typed form.
 */
#include "text/jsonobj.h"
#include "text/jsonval.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_err err = {0};
    struct kq_out o;
    struct kq_obj *x = size < 4096 ? kq_json_parse((const char *)data, size, &err) : NULL;
    kq_out_init_mem(&o);
    if (x) {
        struct kq_json j = kq_json(&o);
        kq_json_value(&j, x, KQ_JSON_TYPED, &kq_style_default);
        struct kq_obj *y = kq_json_parse(o.buf, o.len, &err);
        /* Functions print as q text, which need not be readable. */
        if (!y && !memmem(o.buf, o.len, "{\"t\":1", 6))
            abort();
        kq_unref(y);
        kq_unref(x);
    } else if (size < 4096 && err.code != KQ_EUSAGE) {
        abort();
    }
    kq_out_release(&o);
    if (kq_obj_live() != 0)
        abort();
    return 0;
}
