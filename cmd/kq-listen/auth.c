/*
 * auth.c - all passwords are kept in one text; a check walks the lines.
 *
 * An entry of 32 or 40 hex digits may be a digest or a plain password that
 * happens to look like one; both readings are accepted, as the file does not
 * say which was meant.
 */
#include "auth.h"

#include "base/mem.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_FILE = 16 << 20, MD5_HEX = 32, SHA1_HEX = 40 };

struct entry {
    struct kq_str user;
    struct kq_str secret;
};

struct lst_users {
    char *text; /* what the entries point into; wiped at the end */
    size_t len;
    struct entry *entries;
    size_t n;
    lst_digest_fn digest;
};

void lst_users_free(struct lst_users *u)
{
    if (!u)
        return;
    kq_wipe(u->text, u->len);
    free(u->text);
    free(u->entries);
    free(u);
}

static bool parse_lines(struct lst_users *u, const char *name, struct kq_err *err)
{
    struct kq_str rest = kq_str(u->text, u->len);
    for (int number = 1; rest.len; number++) {
        struct kq_str line;
        struct entry e;
        kq_str_cut(rest, '\n', &line, &rest);
        if (line.len && line.s[line.len - 1] == '\r')
            line.len--;
        if (!line.len)
            continue;
        if (!kq_str_cut(line, ':', &e.user, &e.secret) || !e.user.len)
            return kq_fail(err, KQ_EUSAGE, "%s:%d: expected user:password", name, number);
        u->entries = kq_realloc(u->entries, (u->n + 1) * sizeof *u->entries);
        u->entries[u->n++] = e;
    }
    return true;
}

struct lst_users *lst_users_parse(struct kq_str text, const char *name, lst_digest_fn digest,
                                  struct kq_err *err)
{
    struct lst_users *u = kq_calloc(1, sizeof *u);
    u->text = kq_memdup0(text.s, text.len);
    u->len = text.len;
    u->digest = digest;
    if (parse_lines(u, name, err))
        return u;
    lst_users_free(u);
    return NULL;
}

struct lst_users *lst_users_load(const char *path, lst_digest_fn digest, struct kq_err *err)
{
    FILE *f = fopen(path, "re");
    if (!f) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open password file %s", path);
        return NULL;
    }
    char *text = kq_malloc(MAX_FILE);
    size_t len = fread(text, 1, MAX_FILE, f);
    bool bad = ferror(f) || len == MAX_FILE;
    fclose(f);
    struct lst_users *u = NULL;
    if (bad)
        kq_err_set(err, KQ_EIO, "cannot read password file %s", path);
    else
        u = lst_users_parse(kq_str(text, len), path, digest, err);
    kq_wipe(text, len);
    free(text);
    return u;
}

/* Equal in time that depends on the lengths alone. */
static bool same_secret(struct kq_str want, const char *got, size_t len)
{
    unsigned char diff = want.len != len;
    for (size_t i = 0; i < want.len && len; i++)
        diff |= (unsigned char)(want.s[i] ^ got[i % len]);
    return !diff && want.len == len;
}

/* Digest files are written in either case. */
static bool same_hex(struct kq_str want, const char *hex)
{
    unsigned char diff = 0;
    for (size_t i = 0; i < want.len; i++) {
        unsigned char c = (unsigned char)want.s[i];
        diff |= (unsigned char)((c >= 'A' && c <= 'F' ? c | 0x20 : c) ^ (unsigned char)hex[i]);
    }
    return !diff;
}

static bool accepts(const struct lst_users *u, struct kq_str want, struct kq_str password)
{
    char hex[SHA1_HEX + 1];
    bool ok = same_secret(want, password.s, password.len);
    if ((want.len == MD5_HEX || want.len == SHA1_HEX) && u->digest &&
        u->digest(want.len == SHA1_HEX, password, hex))
        ok |= same_hex(want, hex);
    return ok;
}

bool lst_users_check(const struct lst_users *u, struct kq_str user, struct kq_str password)
{
    bool ok = false;
    for (size_t i = 0; i < u->n; i++) {
        if (kq_str_eq(u->entries[i].user, user))
            ok |= accepts(u, u->entries[i].secret, password);
    }
    return ok;
}
