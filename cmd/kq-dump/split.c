/*
 * split.c - a table of outputs, of which only so many are open at a time.
 */
#include "split.h"

#include "base/mem.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_MAX_FILES = 64, FILES_MAX = 10000, NAME_LEN = 100 };

struct part {
    char name[NAME_LEN + 1];
    struct kq_out out; /* open while out.fd >= 0 */
    struct dump_sink *sink;
    bool made; /* the file exists: append to it */
    uint64_t used;
};

struct split_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    struct part **part; /* sorted by name, owned */
    size_t n, n_open;
    uint64_t clock;
    struct kq_err err;
};

/* ---- names ---- */

static const char *suffix(int format)
{
    switch (format) {
    case KQ_FORMAT_JSON: return ".json";
    case KQ_FORMAT_JSONL: return ".jsonl";
    case KQ_FORMAT_CSV: return ".csv";
    case KQ_FORMAT_TSV: return ".tsv";
    case KQ_FORMAT_Q: return ".q";
    case KQ_FORMAT_IPC: return ".ipc";
    case KQ_FORMAT_PAYLOAD: return ".payload";
    case KQ_FORMAT_TPLOG: return ".log";
    default: return ".txt";
    }
}

/* What a peer calls a table is no file name: letters, digits and _ are kept. */
static void file_name(char name[NAME_LEN + 1], struct kq_str key, const char *end)
{
    size_t n = 0, most = NAME_LEN - strlen(end);
    for (size_t i = 0; i < key.len && n < most; i++) {
        unsigned char c = (unsigned char)key.s[i];
        bool dot = c == '.' && n;
        name[n++] = isalnum(c) || c == '_' || c == '-' || dot ? (char)c : '_';
    }
    strcpy(name + n, end);
}

static void name_of(const struct split_sink *s, struct dump_msg *m, char name[NAME_LEN + 1])
{
    char number[20];
    struct kq_str key = {NULL, 0};
    switch (s->env.opts->show.split) {
    case DUMP_SPLIT_TABLE: key = dump_msg_table(m); break;
    case DUMP_SPLIT_FN: key = dump_msg_fn(m); break;
    default:
        snprintf(number, sizeof number, "%u", m->conn ? m->conn->id : 0);
        key = kq_strz(number);
    }
    file_name(name, key.len ? key : kq_strz("none"), suffix(s->env.opts->format.format));
}

/* ---- files ---- */

static void fail(struct split_sink *s, const struct part *p, int errnum)
{
    if (!s->err.code)
        kq_err_errno(&s->err, KQ_EIO, errnum, "cannot write %s/%s", s->env.opts->common.output,
                     p->name);
}

static void close_part(struct split_sink *s, struct part *p)
{
    int fd = p->out.fd;
    if (fd < 0)
        return;
    if (!kq_out_flush(&p->out))
        fail(s, p, p->out.errnum);
    kq_out_release(&p->out);
    if (close(fd) != 0)
        fail(s, p, errno);
    s->n_open--;
}

static void close_oldest(struct split_sink *s)
{
    struct part *oldest = NULL;
    for (size_t i = 0; i < s->n; i++) {
        struct part *p = s->part[i];
        if (p->out.fd >= 0 && (!oldest || p->used < oldest->used))
            oldest = p;
    }
    if (oldest)
        close_part(s, oldest);
}

static bool open_part(struct split_sink *s, struct part *p)
{
    char path[4096];
    if (p->out.fd >= 0)
        return true;
    if (s->n_open == OPEN_MAX_FILES)
        close_oldest(s);
    snprintf(path, sizeof path, "%s/%s", s->env.opts->common.output, p->name);
    int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (p->made ? O_APPEND : O_TRUNC), 0666);
    if (fd < 0) {
        fail(s, p, errno);
        return false;
    }
    kq_out_init_fd(&p->out, fd);
    p->made = true;
    s->n_open++;
    return true;
}

static struct part *add_part(struct split_sink *s, size_t at, const char *name)
{
    if (s->n == FILES_MAX)
        return NULL;
    struct part *p = kq_calloc(1, sizeof *p);
    strcpy(p->name, name);
    p->out.fd = -1;
    struct dump_sink_env env = s->env;
    env.out = &p->out;
    p->sink = dump_sink_new(&env, &s->err);
    s->part = kq_realloc(s->part, (s->n + 1) * sizeof(struct part *));
    memmove(s->part + at + 1, s->part + at, (s->n - at) * sizeof(struct part *));
    s->part[at] = p;
    s->n++;
    return p;
}

static struct part *find_part(struct split_sink *s, const char *name)
{
    size_t lo = 0, hi = s->n;
    while (lo < hi) {
        size_t mid = (lo + hi) / 2;
        int order = strcmp(s->part[mid]->name, name);
        if (!order)
            return s->part[mid];
        if (order < 0)
            lo = mid + 1;
        else
            hi = mid;
    }
    return add_part(s, lo, name);
}

/* ---- the sink ---- */

static void put_split(struct dump_sink *base, struct dump_msg *m)
{
    struct split_sink *s = (struct split_sink *)base;
    char name[NAME_LEN + 1];
    if (m->kind == DUMP_NOTE && !m->conn)
        return;
    name_of(s, m, name);
    struct part *p = find_part(s, name);
    if (!p || !p->sink || !open_part(s, p))
        return;
    p->used = ++s->clock;
    p->sink->put(p->sink, m);
}

static void end_split(struct dump_sink *base)
{
    struct split_sink *s = (struct split_sink *)base;
    for (size_t i = 0; i < s->n; i++) {
        struct part *p = s->part[i];
        if (p->sink && p->sink->end && open_part(s, p))
            p->sink->end(p->sink);
        close_part(s, p);
    }
}

static void free_split(struct dump_sink *base)
{
    struct split_sink *s = (struct split_sink *)base;
    for (size_t i = 0; i < s->n; i++) {
        struct part *p = s->part[i];
        close_part(s, p);
        if (p->sink)
            p->sink->free(p->sink);
        free(p);
    }
    free(s->part);
    free(s);
}

struct dump_sink *dump_split_new(const struct dump_sink_env *env, struct kq_err *err)
{
    const char *dir = env->opts->common.output;
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) {
        kq_err_errno(err, KQ_EIO, errno, "cannot make %s", dir);
        return NULL;
    }
    struct split_sink *s = kq_calloc(1, sizeof *s);
    s->base = (struct dump_sink){put_split, end_split, free_split};
    s->env = *env;
    s->env.color = false;
    s->env.columns = 0;
    return &s->base;
}

const struct kq_err *dump_split_error(const struct dump_sink *base)
{
    return &((const struct split_sink *)base)->err;
}
