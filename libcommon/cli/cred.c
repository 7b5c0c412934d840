/*
 * cred.c - asks the sources in order of rank and stops at the first that
 * knows a password.
 *
 * A user name that was asked for (-u, target, profile, KQ_USER) restricts what
 * the files may answer; $USER is only the last resort and restricts nothing.
 */
#include "cli/cred.h"

#include "base/mem.h"
#include "base/num.h"
#include "cli/secret.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the files look for --------------------------------------------- */

/* Host and port of an address as the files spell them. */
static const char *host_of(const struct kq_addr *a)
{
    if (a->kind == KQ_ADDR_UNIX || a->kind == KQ_ADDR_PATH)
        return "unix";
    return a->host && a->host[0] ? a->host : "localhost";
}

static const char *port_of(const struct kq_addr *a, char room[8])
{
    if (a->kind == KQ_ADDR_PATH)
        return a->path;
    if (a->service)
        return a->service;
    snprintf(room, 8, "%u", a->port);
    return room;
}

/* ---- credentials file ---------------------------------------------------- */

/* Cut the next field off *line at an unescaped ':'; unescapes in place. */
static char *next_field(char **line)
{
    char *field = *line, *to = field, *from = field;
    while (*from && *from != ':') {
        if (*from == '\\' && (from[1] == ':' || from[1] == '\\'))
            from++;
        *to++ = *from++;
    }
    *line = *from ? from + 1 : NULL;
    *to = 0;
    return field;
}

/* The password is the rest: colons in it need no escape. */
static char *last_field(char *line)
{
    char *to = line;
    for (char *from = line; *from; *to++ = *from++) {
        if (*from == '\\' && (from[1] == ':' || from[1] == '\\'))
            from++;
    }
    *to = 0;
    return line;
}

static bool field_matches(const char *field, const char *want)
{
    return strcmp(field, "*") == 0 || strcmp(field, want) == 0;
}

static bool line_matches(char *line, const char *host, const char *port, const char *user,
                         struct kq_cred *c)
{
    bool here = field_matches(next_field(&line), host);
    here = here && line && field_matches(next_field(&line), port);
    if (!here || !line)
        return false;
    const char *who = next_field(&line);
    if (!line || (user && !field_matches(who, user)))
        return false;
    c->user = strcmp(who, "*") != 0 ? kq_strdup(who) : user ? kq_strdup(user) : NULL;
    c->password = kq_strdup(last_field(line));
    return true;
}

bool kq_cred_match(struct kq_str text, const struct kq_addr *addr, const char *user,
                   struct kq_cred *c, int *line)
{
    char room[8];
    const char *host = host_of(addr), *port = port_of(addr, room);
    struct kq_str one, rest = text;
    for (*line = 1; rest.len; ++*line) {
        kq_str_cut(rest, '\n', &one, &rest);
        if (one.len && one.s[one.len - 1] == '\r')
            one.len--;
        if (!one.len || one.s[0] == '#')
            continue;
        char *copy = kq_memdup0(one.s, one.len);
        bool found = line_matches(copy, host, port, user, c);
        kq_wipe(copy, one.len);
        free(copy);
        if (found)
            return true;
    }
    return false;
}

/* ---- netrc ---------------------------------------------------------------- */

/* The next word, blanks skipped and quotes removed; false at the end. */
static bool next_token(struct kq_str *text, struct kq_str *token)
{
    struct kq_str t = *text;
    while (t.len && strchr(" \t\r\n", t.s[0])) {
        t.s++;
        t.len--;
    }
    if (!t.len)
        return false;
    const char *stops = " \t\r\n";
    if (t.s[0] == '"') {
        stops = "\"";
        t.s++;
        t.len--;
    }
    size_t n = 0;
    while (n < t.len && !strchr(stops, t.s[n]))
        n++;
    *token = kq_str(t.s, n);
    n += n < t.len;
    *text = kq_str(t.s + n, t.len - n);
    return true;
}

/* Skip a comment, or a macro up to the empty line that ends it. */
static void skip_past(struct kq_str *text, const char *end)
{
    const char *at = memmem(text->s, text->len, end, strlen(end));
    size_t n = at ? (size_t)(at - text->s) + strlen(end) : text->len;
    *text = kq_str(text->s + n, text->len - n);
}

/* One machine entry while it is being read. */
struct machine {
    bool here; /* it is about our host */
    struct kq_str login, password, port;
};

static bool machine_fits(const struct machine *m, const char *port, const char *user)
{
    if (!m->here || !m->password.s)
        return false;
    if (m->port.s && !kq_str_is(m->port, port))
        return false;
    return !user || !m->login.s || kq_str_is(m->login, user);
}

/* The field of `m` that keyword `word` fills, or NULL. */
static struct kq_str *machine_field(struct machine *m, struct kq_str word)
{
    if (kq_str_is(word, "login"))
        return &m->login;
    if (kq_str_is(word, "password"))
        return &m->password;
    return kq_str_is(word, "port") ? &m->port : NULL;
}

static void netrc_answer(const struct machine *m, const char *user, struct kq_cred *c)
{
    if (m->login.s)
        c->user = kq_memdup0(m->login.s, m->login.len);
    else
        c->user = user ? kq_strdup(user) : NULL;
    c->password = kq_memdup0(m->password.s, m->password.len);
}

bool kq_cred_netrc(struct kq_str text, const struct kq_addr *addr, const char *user,
                   struct kq_cred *c)
{
    char room[8];
    const char *port = port_of(addr, room);
    struct machine m = {0};
    struct kq_str word, value;
    while (next_token(&text, &word)) {
        struct kq_str *field = machine_field(&m, word);
        bool machine = kq_str_is(word, "machine"), any = kq_str_is(word, "default");
        if ((machine || any) && machine_fits(&m, port, user))
            break;
        if (any)
            m = (struct machine){.here = true};
        else if (machine && next_token(&text, &value))
            m = (struct machine){.here = kq_str_is(value, host_of(addr))};
        else if (field)
            next_token(&text, field);
        else if (kq_str_is(word, "macdef"))
            skip_past(&text, "\n\n");
        else if (word.len && word.s[0] == '#')
            skip_past(&text, "\n");
    }
    if (!machine_fits(&m, port, user))
        return false;
    netrc_answer(&m, user, c);
    return true;
}

/* ---- the order ------------------------------------------------------------ */

/* A search in progress. */
struct search {
    const struct kq_opt_conn *conn;
    const struct kq_addr *addr;
    const char *user; /* NULL: nobody in particular */
    struct kq_cred *c;
};

enum answer { NO, YES, FAILED };

static enum answer answer(struct search *s, char *password, const char *from)
{
    s->c->password = password;
    memcpy(s->c->from, from, strlen(from) + 1); /* one of our short words */
    return password ? YES : FAILED;
}

static enum answer from_options(struct search *s, struct kq_err *err)
{
    const struct kq_opt_conn *o = s->conn;
    if (o->password_fd >= 0)
        return answer(s, kq_secret_line_fd((int)o->password_fd, err), "--password-fd");
    if (o->password_file)
        return answer(s, kq_secret_line(o->password_file, err), "password file");
    if (!o->ask_password)
        return NO;
    char where[KQ_ADDR_TEXT_MAX], prompt[KQ_ADDR_TEXT_MAX + 100];
    const char *who = s->user ? s->user : getenv("USER");
    kq_addr_text(s->addr, where, sizeof where);
    snprintf(prompt, sizeof prompt, "Password of %.60s at %s: ", who ? who : "you", where);
    return answer(s, kq_secret_ask(prompt, err), "terminal");
}

/* One file of host:port:user:password lines; `must` exist; `strict`: must be private. */
static enum answer from_file(struct search *s, const char *path, bool must, bool strict,
                             struct kq_err *err)
{
    struct kq_secret file;
    int got = kq_secret_read(path, &file, err), line;
    if (got == 0 && must)
        kq_err_set(err, KQ_EIO, "no credentials file %s", path);
    if (got <= 0)
        return got < 0 || must ? FAILED : NO;
    enum answer a = NO;
    if (strict && file.why[0]) {
        kq_err_set(err, KQ_EIO, "credentials file refused: %s", file.why);
        a = FAILED;
    } else if (kq_cred_match(kq_str(file.text, file.len), s->addr, s->user, s->c, &line)) {
        snprintf(s->c->from, sizeof s->c->from, "%.60s line %d", path, line);
        a = YES;
    }
    kq_secret_release(&file);
    return a;
}

/* "$DIR/sub" into `path`; false without the variable or when it is too long. */
static bool below(char *path, size_t size, const char *variable, const char *sub)
{
    const char *dir = getenv(variable);
    if (!dir || !*dir)
        return false;
    size_t n = strlen(dir), m = strlen(sub);
    if (n + 1 + m >= size)
        return false;
    memcpy(path, dir, n);
    path[n] = '/';
    memcpy(path + n + 1, sub, m + 1);
    return true;
}

static enum answer from_files(struct search *s, struct kq_err *err)
{
    char path[4096];
    enum answer a = NO;
    if (s->conn->credentials)
        a = from_file(s, s->conn->credentials, true, true, err);
    else if (below(path, sizeof path, "XDG_CONFIG_HOME", "kq/credentials") ||
             below(path, sizeof path, "HOME", ".config/kq/credentials"))
        a = from_file(s, path, false, true, err);
    /* systemd keeps that folder to the service, whoever owns the file. */
    if (a == NO && below(path, sizeof path, "CREDENTIALS_DIRECTORY", "kq"))
        a = from_file(s, path, false, false, err);
    return a;
}

static enum answer from_netrc(struct search *s, struct kq_err *err)
{
    char path[4096];
    struct kq_secret file;
    if (!below(path, sizeof path, "HOME", ".netrc") || kq_secret_read(path, &file, NULL) <= 0)
        return NO;
    enum answer a = NO;
    if (kq_cred_netrc(kq_str(file.text, file.len), s->addr, s->user, s->c)) {
        snprintf(s->c->from, sizeof s->c->from, "~/.netrc");
        a = YES;
    }
    if (a == YES && file.why[0]) {
        kq_err_set(err, KQ_EIO, "refused: %s", file.why);
        a = FAILED;
    }
    kq_secret_release(&file);
    return a;
}

static enum answer from_last_resort(struct search *s)
{
    const char *env = getenv("KQ_PASSWORD");
    if (env && *env)
        return answer(s, kq_strdup(env), "KQ_PASSWORD");
    return answer(s, kq_strdup(""), "nowhere");
}

static enum answer search(struct search *s, const char *profile_password, struct kq_err *err)
{
    enum answer a = from_options(s, err);
    if (a == NO && s->addr->password)
        a = answer(s, kq_strdup(s->addr->password), "target");
    if (a == NO && profile_password)
        a = answer(s, kq_strdup(profile_password), "profile");
    if (a == NO)
        a = from_files(s, err);
    if (a == NO)
        a = from_netrc(s, err);
    return a == NO ? from_last_resort(s) : a;
}

bool kq_cred_find(const struct kq_opts *p, const struct kq_opt_conn *o, const struct kq_addr *addr,
                  const char *profile_password, struct kq_cred *c, struct kq_err *err)
{
    *c = (struct kq_cred){0};
    struct search s = {.conn = o, .addr = addr, .user = o->user, .c = c};
    if (addr->user && addr->user[0] && (!o->user || kq_opts_origin(p, "user") != KQ_FROM_ARGV))
        s.user = addr->user;
    if (search(&s, profile_password, err) != YES) {
        kq_cred_release(c);
        return false;
    }
    if (!c->user) {
        const char *who = s.user ? s.user : getenv("USER");
        c->user = kq_strdup(who ? who : "");
    }
    return true;
}

static void wipe_string(char **s)
{
    if (*s)
        kq_wipe(*s, strlen(*s));
    free(*s);
    *s = NULL;
}

void kq_cred_release(struct kq_cred *c)
{
    wipe_string(&c->user);
    wipe_string(&c->password);
}

bool kq_cred_hide(char *target, const struct kq_addr *addr)
{
    size_t all = strlen(target), n = addr->password ? strlen(addr->password) : 0;
    if (!n || n > all)
        return false;
    kq_wipe(target + all - n, n);
    return true;
}
