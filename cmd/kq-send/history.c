/*
 * history.c - read whole, written by appending, and rewritten beside itself
 * when it has become too long.
 */
#include "history.h"

#include "base/buf.h"
#include "base/log.h"
#include "net/addr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

/* More is not read: somebody else's file, then. */
#define FILE_MAX_BYTES ((size_t)16 << 20)

/* What stands for a newline inside an entry. */
enum { NEWLINE = 1 };

void send_history_init(struct send_history *h)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    int n = -1;
    /* A relative path is to be ignored, says the base directory specification. */
    if (state && *state == '/')
        n = snprintf(h->path, sizeof h->path, "%s/kq/history", state);
    else if (home && *home == '/')
        n = snprintf(h->path, sizeof h->path, "%s/.local/state/kq/history", home);
    if (n < 0 || (size_t)n >= sizeof h->path)
        h->path[0] = 0;
}

/* ---- secrets ------------------------------------------------------------------ */

static bool contains(struct kq_str s, const char *word)
{
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= s.len; i++) {
        if (strncasecmp(s.s + i, word, n) == 0)
            return true;
    }
    return false;
}

/* Does `s` start with a handle as hopen takes it, in its quotes, with a password? */
static bool is_login_handle(struct kq_str s)
{
    struct kq_addr a;
    size_t len = 1;
    if (s.len < 2 || (s.s[0] != '`' && s.s[0] != '"') || s.s[1] != ':')
        return false;
    while (len < s.len && !strchr(" \t\n\"`)];", s.s[len]))
        len++;
    if (!kq_addr_parse(kq_str(s.s + 1, len - 1), &a, NULL))
        return false;
    bool yes = a.password && *a.password;
    kq_addr_release(&a);
    return yes;
}

bool send_history_is_secret(struct kq_str entry)
{
    static const char words[][11] = {"passw",      "passphrase", "secret",
                                     "credential", "api_key",    "apikey"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (contains(entry, words[i]))
            return true;
    }
    for (size_t i = 0; i < entry.len; i++) {
        if (is_login_handle(kq_str(entry.s + i, entry.len - i)))
            return true;
    }
    return false;
}

/* ---- the file ------------------------------------------------------------------- */

static bool read_all(const char *path, struct kq_buf *b)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t n = 1;
    while (n > 0) {
        uint8_t *room = kq_buf_reserve(b, 65536);
        n = room ? read(fd, room, 65536) : -1;
        if (n > 0)
            kq_buf_advance(b, (size_t)n);
    }
    close(fd);
    return n == 0;
}

static bool write_all(int fd, const void *data, size_t len)
{
    const char *at = data;
    while (len) {
        ssize_t n = write(fd, at, len);
        if (n < 0 && errno != EINTR)
            return false;
        at += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

/* The folders that `path` lies in. */
static void make_folders(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = 0;
        mkdir(folder, 0700);
        *slash = '/';
    }
}

static int create(const char *path, int flags)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
    if (fd >= 0)
        fchmod(fd, 0600); /* it may have been there */
    return fd;
}

/* Replace the file by its last entries, all or nothing. */
static void rewrite(const char *path, struct kq_str text)
{
    char fresh[PATH_MAX];
    int n = snprintf(fresh, sizeof fresh, "%s.%ld", path, (long)getpid());
    if (n < 0 || (size_t)n >= sizeof fresh)
        return;
    int fd = create(fresh, O_EXCL);
    if (fd < 0)
        return;
    bool ok = write_all(fd, text.s, text.len);
    if (close(fd) != 0 || !ok || rename(fresh, path) != 0)
        unlink(fresh);
}

static size_t count_lines(struct kq_str text)
{
    size_t n = 0;
    for (size_t i = 0; i < text.len; i++)
        n += text.s[i] == '\n';
    return n;
}

/* How many bytes the oldest lines have that are too many. */
static size_t surplus(struct kq_str text, size_t lines)
{
    struct kq_str line, rest = text;
    for (; lines > SEND_HISTORY_KEPT; lines--)
        kq_str_cut(rest, '\n', &line, &rest);
    return text.len - rest.len;
}

/* A last line without newline is half an entry: a write was cut short. */
static void each_entry(char *at, const char *end, void (*each)(void *arg, const char *entry),
                       void *arg)
{
    for (char *stop; (stop = memchr(at, '\n', (size_t)(end - at))); at = stop + 1) {
        *stop = 0;
        for (char *c = at; c < stop; c++)
            *c = *c == NEWLINE ? '\n' : *c;
        each(arg, at);
    }
}

void send_history_load(const struct send_history *h, void (*each)(void *arg, const char *entry),
                       void *arg)
{
    struct kq_buf b;
    kq_buf_init(&b, FILE_MAX_BYTES);
    if (h->path[0] && read_all(h->path, &b) && b.len) {
        char *text = (char *)b.data;
        size_t lines = count_lines(kq_str(text, b.len)), from = surplus(kq_str(text, b.len), lines);
        if (lines >= 2 * (size_t)SEND_HISTORY_KEPT)
            rewrite(h->path, kq_str(text + from, b.len - from));
        each_entry(text + from, text + b.len, each, arg);
    }
    kq_buf_release(&b);
}

void send_history_add(const struct send_history *h, struct kq_str entry)
{
    if (!h->path[0] || !entry.len || entry.s[0] == ' ' || send_history_is_secret(entry))
        return;
    make_folders(h->path);
    int fd = create(h->path, O_APPEND);
    if (fd < 0) {
        kq_log(KQ_LOG_V, "no history: %s: %s", h->path, strerror(errno));
        return;
    }
    struct kq_buf line;
    kq_buf_init(&line, KQ_BUF_NOMAX);
    for (size_t i = 0; i < entry.len; i++)
        kq_buf_byte(&line, entry.s[i] == '\n' ? NEWLINE : (uint8_t)entry.s[i]);
    kq_buf_byte(&line, '\n');
    write_all(fd, line.data, line.len);
    kq_buf_release(&line);
    close(fd);
}
