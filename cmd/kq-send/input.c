/*
 * input.c - each input format is a function that appends messages.
 */
#include "input.h"

#include "base/mem.h"
#include "base/num.h"
#include "text/data.h"
#include "text/jsonobj.h"
#include "wire/header.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Forget messages and blocks but keep the room. */
static void clear(struct send_msgs *m)
{
    for (size_t i = 0; i < m->n; i++)
        kq_unref(m->at[i].obj);
    for (size_t i = 0; i < m->n_owned; i++)
        free(m->owned[i]);
    m->n = m->n_owned = 0;
}

void send_msgs_release(struct send_msgs *m)
{
    clear(m);
    free(m->at);
    free(m->owned);
    *m = (struct send_msgs){0};
}

void send_msgs_push(struct send_msgs *m, struct send_msg one)
{
    /* Room for 1, 2, 4, 8 ... */
    if ((m->n & (m->n - 1)) == 0)
        m->at = kq_realloc(m->at, (m->n ? m->n * 2 : 1) * sizeof one);
    m->at[m->n++] = one;
}

void *send_msgs_own_take(struct send_msgs *m, void *block)
{
    m->owned = kq_realloc(m->owned, (m->n_owned + 1) * sizeof block);
    m->owned[m->n_owned++] = block;
    return block;
}

struct kq_str send_chomp(struct kq_str s)
{
    while (s.len && (s.s[s.len - 1] == '\n' || s.s[s.len - 1] == '\r'))
        s.len--;
    return s;
}

/* ---- formats -------------------------------------------------------------- */

static bool add_bytes(struct send_msgs *m, int form, struct kq_str bytes)
{
    send_msgs_push(m, (struct send_msg){.form = form, .bytes = bytes});
    return true;
}

static bool add_object(struct send_msgs *m, struct kq_obj *o)
{
    if (o)
        send_msgs_push(m, (struct send_msg){.form = SEND_MSG_OBJ, .obj = o});
    return o;
}

static bool parse_frames(struct send_msgs *m, struct kq_str s, struct kq_err *err)
{
    for (size_t at = 0; at < s.len;) {
        struct kq_header h;
        if (s.len - at < KQ_HEADER_LEN)
            return kq_fail(err, KQ_EUSAGE, "frame at byte %zu is cut short", at);
        if (!kq_header_parse((const uint8_t *)s.s + at, &h, err)) {
            kq_err_context(err, "frame at byte %zu", at);
            err->code = KQ_EUSAGE;
            return false;
        }
        if (h.total > s.len - at)
            return kq_fail(err, KQ_EUSAGE, "frame at byte %zu announces %llu bytes, %zu are there",
                           at, (unsigned long long)h.total, s.len - at);
        add_bytes(m, SEND_MSG_FRAME, kq_str(s.s + at, (size_t)h.total));
        at += (size_t)h.total;
    }
    return true;
}

/* Hex digits with blanks and a 0x in front; a frame if they are exactly one. */
static bool parse_hex(struct send_msgs *m, struct kq_str s, struct kq_err *err)
{
    s = kq_str_trim(s);
    if (s.len >= 2 && s.s[0] == '0' && s.s[1] == 'x')
        s = kq_str(s.s + 2, s.len - 2);
    uint8_t *bytes = send_msgs_own_take(m, kq_malloc(s.len / 2 + 1));
    size_t n = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (strchr(" \t\r\n", s.s[i]))
            continue;
        if (i + 1 == s.len || !kq_parse_hex(s.s + i, 2, bytes + n))
            return kq_fail(err, KQ_EUSAGE, "bad hex digits at byte %zu", i);
        n++;
        i++;
    }
    struct kq_header h;
    bool frame = n >= KQ_HEADER_LEN && kq_header_parse(bytes, &h, NULL) && h.total == n;
    return add_bytes(m, frame ? SEND_MSG_FRAME : SEND_MSG_BODY, kq_str((char *)bytes, n));
}

bool send_input_parse(struct send_msgs *m, int input, struct kq_str bytes, struct kq_err *err)
{
    switch ((enum send_input)input) {
    case SEND_INPUT_TEXT: return add_bytes(m, SEND_MSG_TEXT, bytes);
    case SEND_INPUT_Q: return add_object(m, kq_data_parse(bytes.s, bytes.len, err));
    case SEND_INPUT_JSON: return add_object(m, kq_json_parse(bytes.s, bytes.len, err));
    case SEND_INPUT_IPC: return parse_frames(m, bytes, err);
    case SEND_INPUT_PAYLOAD: return add_bytes(m, SEND_MSG_BODY, bytes);
    case SEND_INPUT_HEX: return parse_hex(m, bytes, err);
    }
    return kq_fail(err, KQ_EUSAGE, "unknown input format");
}

/* ---- files ------------------------------------------------------------------ */

static bool read_all(int fd, struct kq_buf *out)
{
    for (;;) {
        uint8_t *room = kq_buf_reserve(out, 64 * 1024);
        ssize_t n = room ? read(fd, room, 64 * 1024) : -1;
        if (n > 0)
            kq_buf_advance(out, (size_t)n);
        else if (n == 0)
            return true;
        else if (!room || errno != EINTR)
            return false;
    }
}

bool send_read_file(const char *path, struct kq_buf *out, struct kq_err *err)
{
    bool in = strcmp(path, "-") == 0;
    int fd = in ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && read_all(fd, out);
    if (!ok)
        kq_err_errno(err, KQ_EIO, errno, "cannot read %s", in ? "standard input" : path);
    if (fd >= 0 && !in)
        close(fd);
    return ok;
}
