/*
 * files.c - a table of the verbs; openat2 keeps every path below the folder.
 */
#include "files.h"

#include "base/mem.h"
#include "base/out.h"
#include "context.h"
#include "obj/list.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

int lst_files_open(const char *path, struct kq_err *err)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        kq_err_errno(err, KQ_EUSAGE, errno, "cannot open the folder %s", path);
    return fd;
}

int lst_files_at(int dir, const char *path, int flags)
{
    int more = flags & O_PATH ? O_CLOEXEC : O_CLOEXEC | O_NONBLOCK; /* no waiting for fifos */
    struct open_how how = {.flags = (uint64_t)(flags | more),
                           .mode = flags & O_CREAT ? 0666 : 0,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
    return (int)syscall(SYS_openat2, dir, path, &how, sizeof how);
}

/* What a verb works on. */
struct request {
    struct q *q;
    const char *path;
    int dir;
    size_t max; /* bytes that may be read */
    struct kq_obj *value, *args;
};

static struct kq_obj *fail(const struct request *r)
{
    /* A path that leads out of the folder. */
    if (errno == EXDEV || errno == ELOOP)
        return q_fail(r->q, "access");
    return q_failf(r->q, "%s. OS reports: %s", r->path, strerror(errno));
}

/* ---- reading --------------------------------------------------------------------- */

/* Open a regular file; -1 with errno. */
static int open_regular(const struct request *r, off_t *size)
{
    struct stat st;
    int fd = lst_files_at(r->dir, r->path, O_RDONLY);
    if (fd < 0)
        return -1;
    if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
        *size = st.st_size;
        return fd;
    }
    close(fd);
    errno = EISDIR;
    return -1;
}

/* Offset and length of (file;offset;length), within the file. */
static bool choose_part(const struct request *r, off_t size, off_t *offset, size_t *len)
{
    int64_t part[2] = {0, size};
    for (int i = 1; r->args && i < r->args->n && i < 3; i++) {
        const struct kq_obj *x = kq_child(r->args, i);
        if (x->type != -KQ_LONG && x->type != -KQ_INT)
            return false;
        part[i - 1] = kq_int_at(x, 0);
        if (part[i - 1] < 0)
            return false;
    }
    *offset = part[0] < size ? part[0] : size;
    *len = (size_t)(part[1] < size - *offset ? part[1] : size - *offset);
    return true;
}

/* The bytes of a file, or of its part, as a vector of `type`; NULL after q_fail. */
static struct kq_obj *read_bytes(const struct request *r, int type)
{
    off_t size, offset;
    size_t len, got = 0;
    int fd = open_regular(r, &size);
    if (fd < 0)
        return fail(r);
    bool ok = choose_part(r, size, &offset, &len);
    struct kq_obj *x = ok && len <= r->max ? kq_vec_new(type, (int64_t)len) : NULL;
    ssize_t n = 1;
    while (x && got < len && n > 0) {
        n = pread(fd, x->u.v.data + got, len - got, offset + (off_t)got);
        got += n > 0 ? (size_t)n : 0;
    }
    close(fd);
    if (!x)
        return q_fail(r->q, ok ? "wsfull" : "type");
    x->n = (int64_t)got;
    return x;
}

static struct kq_obj *read1(const struct request *r)
{
    return read_bytes(r, KQ_BYTE);
}

/* Lines without their ends, LF or CR LF. */
static struct kq_obj *read0(const struct request *r)
{
    struct kq_obj *text = read_bytes(r, KQ_CHAR), *lines = kq_vec_new(KQ_LIST, 0);
    struct kq_str rest =
        text ? kq_str((const char *)kq_data(text), (size_t)text->n) : kq_str("", 0);
    while (rest.len) {
        struct kq_str line;
        kq_str_cut(rest, '\n', &line, &rest);
        if (line.len && line.s[line.len - 1] == '\r')
            line.len--;
        struct kq_obj *item = kq_string(line.s, line.len);
        kq_push(&lines, item);
        kq_unref(item);
    }
    if (!text) {
        kq_unref(lines);
        return NULL;
    }
    kq_unref(text);
    return lines;
}

static struct kq_obj *hcount(const struct request *r)
{
    off_t size;
    int fd = open_regular(r, &size);
    if (fd < 0)
        return fail(r);
    close(fd);
    return kq_long(size);
}

/* ---- changing ---------------------------------------------------------------------- */

/* `:path, as q returns it. */
static struct kq_obj *symbol_of(const struct request *r)
{
    char *name = kq_malloc(strlen(r->path) + 2);
    name[0] = ':';
    strcpy(name + 1, r->path);
    struct kq_obj *symbol = kq_atom_symz(name);
    free(name);
    return symbol;
}

static struct kq_obj *write_bytes(const struct request *r, const char *p, size_t len)
{
    int fd = lst_files_at(r->dir, r->path, O_WRONLY | O_CREAT | O_TRUNC);
    ssize_t n = 1;
    if (fd < 0)
        return fail(r);
    while (len && (n = write(fd, p, len)) > 0) {
        p += n;
        len -= (size_t)n;
    }
    int failed = n < 0 ? errno : 0;
    if (close(fd) && !failed)
        failed = errno;
    errno = failed;
    return failed ? fail(r) : symbol_of(r);
}

static struct kq_obj *write1(const struct request *r)
{
    if (r->value->type != KQ_BYTE && r->value->type != KQ_CHAR)
        return q_fail(r->q, "type");
    return write_bytes(r, (const char *)kq_data(r->value), (size_t)r->value->n);
}

static struct kq_obj *write0(const struct request *r)
{
    struct kq_out text;
    if (r->value->type != KQ_LIST)
        return q_fail(r->q, "type");
    kq_out_init_mem(&text);
    bool ok = true;
    for (int64_t i = 0; ok && i < r->value->n; i++) {
        const struct kq_obj *line = kq_child(r->value, i);
        ok = line->type == KQ_CHAR;
        if (ok)
            kq_out_write(&text, kq_data(line), (size_t)line->n);
        kq_out_write(&text, "\n", 1);
    }
    struct kq_obj *x = ok ? write_bytes(r, text.buf, text.len) : q_fail(r->q, "type");
    kq_out_release(&text);
    return x;
}

static struct kq_obj *hdel(const struct request *r)
{
    const char *slash = strrchr(r->path, '/');
    char *folder = slash ? kq_memdup0(r->path, (size_t)(slash - r->path)) : kq_strdup(".");
    int parent = lst_files_at(r->dir, folder, O_PATH | O_DIRECTORY);
    bool ok = parent >= 0 && unlinkat(parent, slash ? slash + 1 : r->path, 0) == 0;
    struct kq_obj *x = ok ? symbol_of(r) : fail(r);
    if (parent >= 0)
        close(parent);
    free(folder);
    return x;
}

/* ---- verbs --------------------------------------------------------------------------- */

struct kq_obj *lst_files_verb(void *arg, struct q *q, const char *verb, struct kq_str path,
                              struct kq_obj *value, struct kq_obj *args)
{
    static const struct {
        const char *verb;
        struct kq_obj *(*run)(const struct request *r);
        bool changes;
    } verbs[] = {{"read0", read0, false}, {"read1", read1, false}, {"hcount", hcount, false},
                 {"0:", write0, true},    {"1:", write1, true},    {"hdel", hdel, true}};
    const struct lst_context *c = arg;
    size_t i = 0, n = sizeof verbs / sizeof *verbs;
    while (i < n && strcmp(verbs[i].verb, verb) != 0)
        i++;
    if (i == n)
        return q_fail(q, "nyi");
    if (verbs[i].changes && q_peer(q)->read_only)
        return q_fail(q, "noupdate");
    if (memchr(path.s, 0, path.len))
        return q_fail(q, "type");
    char *name = kq_memdup0(path.s, path.len);
    int64_t mb = c->opts->access.memory_mb;
    struct request r = {.q = q,
                        .path = name,
                        .dir = c->files_fd,
                        .max = mb ? (size_t)mb << 20 : SIZE_MAX / 2,
                        .value = value,
                        .args = args};
    struct kq_obj *x = verbs[i].run(&r);
    free(name);
    return x;
}
