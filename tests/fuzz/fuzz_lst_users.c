/*
 * fuzz_lst_users.c - a password file, and whether each of its lines lets in
 * whom it names.
 */
#include "auth.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A digest that is quick: the first letter of the text, again and again. */
static bool digest(bool sha1, struct kq_str text, char *hex)
{
    memset(hex, text.len ? "0123456789abcdef"[text.s[0] & 15] : 'd', 40);
    hex[sha1 ? 40 : 32] = 0;
    return true;
}

/* `line` without its end, as user and password, must be admitted; and nobody without a name. */
static void check_line(const struct lst_users *u, struct kq_str line)
{
    struct kq_str user, password;
    if (line.len && line.s[line.len - 1] == '\r')
        line.len--;
    if (!line.len)
        return;
    if (!kq_str_cut(line, ':', &user, &password) || !lst_users_check(u, user, password))
        abort();
    lst_users_check(u, user, line);
    lst_users_check(u, password, user);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_str rest = kq_str((const char *)data, size), line;
    struct kq_err err;
    struct lst_users *u = lst_users_parse(rest, "users", digest, &err);
    while (u && rest.len) {
        kq_str_cut(rest, '\n', &line, &rest);
        check_line(u, line);
    }
    if (u && lst_users_check(u, kq_str("", 0), kq_str("", 0)))
        abort();
    lst_users_free(u);
    return 0;
}
