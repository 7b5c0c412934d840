/*
 * output.c - one function per family of formats, chosen by a switch.
 */
#include "output.h"

#include "cli/term.h"
#include "result.h"
#include "text/console.h"
#include "text/csv.h"
#include "text/hex.h"
#include "text/jsonval.h"
#include "text/raw.h"
#include "text/repr.h"
#include "wire/compress.h"
#include "wire/decode.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* ---- start and end ------------------------------------------------------ */

void send_output_fit(struct send_output *p)
{
    const struct send_show *show = &p->o->show;
    struct kq_term term;
    kq_term_ask(&term, p->out.fd);
    p->out.by_line = term.tty || p->o->common.line_buffered;
    if (!term.tty)
        return;
    p->style.terminal = true;
    p->style.rows = show->rows ? (int)show->rows : term.rows;
    p->style.columns = show->columns ? (int)show->columns : term.columns;
}

static bool open_output(struct send_output *p, struct kq_err *err)
{
    const char *path = p->o->common.output;
    int fd = STDOUT_FILENO;
    p->name = "standard output";
    if (path && strcmp(path, "-") != 0) {
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        p->name = path;
    }
    if (fd < 0) {
        kq_err_errno(err, KQ_EIO, errno, "cannot open %s", path);
        return false;
    }
    kq_out_init_fd(&p->out, fd);
    return true;
}

static bool compile_match(struct send_output *p, struct kq_err *err)
{
    const char *pattern = p->o->common.match;
    if (!pattern)
        return true;
    int bad = regcomp(&p->match, pattern, REG_EXTENDED | REG_NOSUB);
    char why[100];
    if (bad) {
        regerror(bad, &p->match, why, sizeof why);
        return kq_fail(err, KQ_EUSAGE, "option '--match': '%s': %s", pattern, why);
    }
    p->has_match = true;
    return true;
}

bool send_output_init(struct send_output *p, const struct send_opts *o, struct kq_err *err)
{
    *p = (struct send_output){.o = o, .style = kq_format_style(&o->format)};
    p->out.fd = -1;
    if (!compile_match(p, err) || !open_output(p, err))
        return false;
    send_output_fit(p);
    return true;
}

void send_output_release(struct send_output *p)
{
    kq_out_release(&p->out);
    if (p->has_match)
        regfree(&p->match);
}

/* ---- values -------------------------------------------------------------- */

static char record_end(const struct send_output *p)
{
    return p->o->common.null_data ? 0 : '\n';
}

/* One line of text with a record end. */
static void line(struct send_output *p, const struct kq_obj *x)
{
    kq_repr(&p->out, x, &p->style);
    kq_out_char(&p->out, record_end(p));
}

static bool has_heading(const struct kq_obj *x)
{
    return x->type == KQ_TABLE || (x->type == KQ_DICT && kq_child(x, 0)->type == KQ_TABLE);
}

/* Asks the environment once, and not before there is something to colour. */
static bool in_colour(struct send_output *p)
{
    struct kq_term term = {.tty = p->style.terminal};
    if (p->colour == SEND_COLOUR_UNKNOWN)
        p->colour = kq_term_color(&term, p->o->common.color) ? SEND_COLOUR_YES : SEND_COLOUR_NO;
    return p->colour == SEND_COLOUR_YES;
}

/* A table with its column names in bold. */
static void coloured(struct send_output *p, const struct kq_obj *x)
{
    struct kq_out o;
    struct kq_str head, rest;
    kq_out_init_mem(&o);
    kq_console(&o, x, &p->style);
    kq_str_cut(kq_str(o.buf, o.len), '\n', &head, &rest);
    kq_out_printf(&p->out, "\033[1m%.*s\033[0m\n", KQ_STR_FMT(head));
    kq_out_write(&p->out, rest.s, rest.len);
    kq_out_release(&o);
}

static void text(struct send_output *p, const struct kq_obj *x)
{
    size_t before = p->out.len;
    uint64_t written = p->out.total;
    if (has_heading(x) && in_colour(p))
        coloured(p, x);
    else
        kq_console(&p->out, x, &p->style);
    /* With -0 the last newline becomes the end of the record. */
    bool some = p->out.len != before || p->out.total != written;
    if (p->o->common.null_data && some && p->out.len && p->out.buf[p->out.len - 1] == '\n')
        p->out.buf[p->out.len - 1] = 0;
}

/* The server has rendered it: a string that already ends in a newline. */
static void console(struct send_output *p, const struct kq_obj *x)
{
    if (x->type != KQ_CHAR) {
        text(p, x);
        return;
    }
    kq_out_write(&p->out, kq_data(x), (size_t)x->n);
}

static void csv(struct send_output *p, const struct kq_obj *x, char delimiter)
{
    struct kq_csv form = kq_csv_default;
    form.delim = delimiter;
    form.header = p->o->show.header == 0;
    form.end = record_end(p);
    kq_csv_put(&p->out, x, &form, &p->style);
}

static void json(struct send_output *p, const struct kq_obj *x, bool lines)
{
    kq_json_document(&p->out, x, (enum kq_json_mode)p->o->format.json, lines, &p->style);
}

/* ---- bytes --------------------------------------------------------------- */

/* Body of the message, decompressed; `*hold` is what it lies in. */
static bool plain_body(const struct send_output *p, const struct kq_msg *msg,
                       struct kq_rcbuf **hold, struct kq_str *body, struct kq_err *err)
{
    const uint8_t *bytes = kq_msg_bytes(msg);
    size_t len = msg->len, max = p->o->common.max_size ? p->o->common.max_size : SIZE_MAX;
    *hold = NULL;
    if (msg->head.compressed) {
        *hold = kq_decompress(bytes, len, max, err);
        if (!*hold)
            return false;
        bytes = (*hold)->data;
        len = (*hold)->len;
    }
    *body = kq_str((const char *)bytes + KQ_HEADER_LEN, len - KQ_HEADER_LEN);
    return true;
}

static bool payload(struct send_output *p, const struct kq_msg *msg, struct kq_err *err)
{
    struct kq_rcbuf *hold;
    struct kq_str body;
    if (!plain_body(p, msg, &hold, &body, err))
        return false;
    kq_out_write(&p->out, body.s, body.len);
    kq_rcbuf_unref(hold);
    return true;
}

/* ---- messages ------------------------------------------------------------ */

bool send_is_error(const struct kq_msg *msg)
{
    const uint8_t *bytes = kq_msg_bytes(msg);
    uint8_t start[KQ_HEADER_LEN + 1];
    if (!msg->head.compressed)
        return bytes[KQ_HEADER_LEN] == (uint8_t)KQ_ERROR;
    return kq_decompress_prefix(bytes, msg->len, start, sizeof start) == sizeof start &&
           start[KQ_HEADER_LEN] == (uint8_t)KQ_ERROR;
}

struct kq_obj *send_decode(const struct send_output *p, const struct kq_msg *msg,
                           struct kq_err *err)
{
    struct kq_decode_opts how = {.views = true, .max_size = p->o->common.max_size};
    return kq_decode_msg(msg, &how, err);
}

static bool is_bytes(int format)
{
    return format == KQ_FORMAT_IPC || format == KQ_FORMAT_PAYLOAD || format == KQ_FORMAT_HEX ||
           format == KQ_FORMAT_NONE;
}

bool send_output_value(struct send_output *p, const struct kq_msg *msg, const struct kq_obj *x,
                       struct kq_err *err)
{
    switch ((enum kq_format)p->o->format.format) {
    case KQ_FORMAT_TEXT: text(p, x); break;
    case KQ_FORMAT_Q: line(p, x); break;
    case KQ_FORMAT_JSON: json(p, x, false); break;
    case KQ_FORMAT_JSONL: json(p, x, true); break;
    case KQ_FORMAT_CSV: csv(p, x, ','); break;
    case KQ_FORMAT_TSV: csv(p, x, '\t'); break;
    case KQ_FORMAT_RAW: kq_raw_put(&p->out, x, record_end(p), &p->style); break;
    case KQ_FORMAT_CONSOLE: console(p, x); break;
    case KQ_FORMAT_IPC: kq_out_write(&p->out, kq_msg_bytes(msg), msg->len); break;
    case KQ_FORMAT_HEX: kq_hex_dump(&p->out, kq_msg_bytes(msg), msg->len, 0, ""); break;
    case KQ_FORMAT_PAYLOAD:
        if (!payload(p, msg, err))
            return false;
        break;
    case KQ_FORMAT_NONE:
    case KQ_FORMAT_TREE:
    case KQ_FORMAT_TPLOG: break;
    }
    if (p->o->common.hex)
        kq_hex_dump(&p->out, kq_msg_bytes(msg), msg->len, 0, "  ");
    kq_out_endline(&p->out);
    return true;
}

static bool ask(struct send_output *p, const struct kq_obj *x, struct kq_err *err)
{
    const struct send_show *show = &p->o->show;
    if (show->type_check && !send_result_check(x, show->type_check, err))
        return false;
    if (show->exit_status)
        p->status = send_result_is_true(x) ? KQ_OK : KQ_ENO;
    return true;
}

bool send_output_result(struct send_output *p, const struct kq_msg *msg, struct kq_err *err)
{
    const struct send_show *show = &p->o->show;
    p->zipped = msg->head.compressed ? msg->len : 0;
    if (is_bytes(p->o->format.format) && !show->type_check && !show->exit_status)
        return send_output_value(p, msg, NULL, err);
    struct kq_obj *x = send_decode(p, msg, err);
    bool ok = x && ask(p, x, err) && send_output_value(p, msg, x, err);
    kq_unref(x);
    return ok;
}

bool send_output_matches(const struct send_output *p, const struct kq_obj *x)
{
    if (!p->has_match)
        return true;
    struct kq_out o;
    kq_out_init_mem(&o);
    kq_repr(&o, x, &kq_style_default);
    kq_out_char(&o, 0);
    bool yes = regexec(&p->match, o.buf, 0, NULL, 0) == 0;
    kq_out_release(&o);
    return yes;
}
