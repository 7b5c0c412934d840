/*
 * cursor.c - the one cold function of the cursor: turning a failure into text.
 */
#include "wire/cursor.h"

bool kq_cur_ok(const struct kq_cursor *c, uint64_t origin, struct kq_err *err)
{
    if (!c->failed)
        return true;
    return kq_fail(err, KQ_EPROTO, "at byte %llu: %s", (unsigned long long)(origin + c->fail_off),
                   c->fail_what);
}
