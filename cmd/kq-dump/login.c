/*
 * login.c - the NUL, the capability in front of it, and text before that.
 */
#include "login.h"

#include "base/utf8.h"

#include <string.h>

/* Could these bytes be credentials that somebody types? */
static bool is_credentials(const uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] < 0x20 || p[i] == 0x7f)
            return false;
    }
    return kq_utf8_valid((const char *)p, n);
}

/* A login without a name, of a console: a NUL, and then one line of text with its own. */
static bool is_console(const uint8_t *p, size_t n)
{
    return n > 2 && !p[0] && !p[n - 1] && !memchr(p + 1, 0, n - 2) && is_credentials(p + 1, n - 2);
}

size_t dump_login_len(const uint8_t *p, size_t n, bool trust, bool *has_cap)
{
    const uint8_t *nul = n ? memchr(p, 0, n) : NULL;
    if (!nul)
        return 0;
    size_t len = (size_t)(nul - p);
    *has_cap = len && p[len - 1] < 0x20;
    if (trust)
        return len + 1;
    if (*has_cap && p[len - 1] > 7)
        return 0;
    if (!len)
        return is_console(p, n);
    /* Without a capability something must follow that is a message or a line, or nothing. */
    if (!*has_cap && !(n == len + 1 || p[len + 1] > 1 || n - len <= 9))
        return 0;
    return is_credentials(p, len - *has_cap) ? len + 1 : 0;
}

bool dump_login_hopeless(const uint8_t *p, size_t n, bool trust)
{
    if (!n || (n == 1 && !p[0]))
        return false;
    if (memchr(p, 0, n) || n >= DUMP_LOGIN_MAX)
        return true;
    if (trust)
        return false;
    /* A capability byte may stand at the end, or half a character. */
    size_t good = kq_utf8_prefix((const char *)p, n);
    bool cap = good == n && p[n - 1] <= 7;
    return n > 4096 || n - good > 3 || !is_credentials(p, good - cap);
}
