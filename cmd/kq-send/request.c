/*
 * request.c - puts queries in order: -e and -f words by their position, then
 * QUERY; or the arguments of --call, wherever they stood.
 */
#include "request.h"

#include "base/mem.h"
#include "call.h"
#include "script.h"

#include <stdlib.h>
#include <string.h>

/* Messages of one text: statements of a script or what --input says. */
static bool add_text(struct send_msgs *m, const struct send_opts *o, struct kq_str text,
                     struct kq_err *err)
{
    if (!o->ask.script)
        return send_input_parse(m, o->ask.input, text, err);
    struct send_script s = {text};
    struct kq_str statement;
    while (send_script_next(&s, &statement)) {
        if (!send_input_parse(m, o->ask.input, statement, err))
            return false;
    }
    return true;
}

/* q text from a file or stdin ends where its last line does; bytes are left alone. */
static struct kq_str tidy(const struct send_opts *o, const char *text, size_t len)
{
    bool binary = o->ask.input == SEND_INPUT_IPC || o->ask.input == SEND_INPUT_PAYLOAD;
    struct kq_str s = kq_str(text, len);
    return binary ? s : send_chomp(s);
}

/* The same for words of the command line, which the message repeats. */
static bool add_word(struct send_msgs *m, const struct send_opts *o, struct kq_str text,
                     struct kq_err *err)
{
    bool ok = add_text(m, o, text, err);
    if (!ok)
        kq_err_context(err, "'%.*s'", text.len < 60 ? (int)text.len : 60, text.s);
    return ok;
}

static bool add_file(struct send_request *r, const struct send_opts *o, const char *path,
                     struct kq_err *err)
{
    if (strcmp(path, "-") == 0) {
        if (send_request_needs_stdin(r))
            return kq_fail(err, KQ_EUSAGE, "standard input can be read only once");
        send_msgs_push(&r->msgs, (struct send_msg){.form = SEND_MSG_STDIN});
        return true;
    }
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    bool ok = send_read_file(path, &b, err);
    size_t len;
    char *text = send_msgs_own_take(&r->msgs, kq_buf_take(&b, &len));
    if (ok && !add_text(&r->msgs, o, tidy(o, text, len), err)) {
        kq_err_context(err, "%s", path);
        return false;
    }
    return ok;
}

static bool add_words(struct send_request *r, const struct send_opts *o, struct kq_err *err)
{
    for (size_t i = 0; i < o->ask.n_words; i++) {
        const struct send_word *w = &o->ask.words[i];
        if (w->kind == SEND_WORD_ARG)
            return kq_fail(err, KQ_EUSAGE,
                           "--string, --symbol and --bytes are arguments of --call");
        if (w->kind == SEND_WORD_FILE ? !add_file(r, o, w->text, err)
                                      : !add_word(&r->msgs, o, kq_strz(w->text), err))
            return false;
    }
    return true;
}

/* QUERY may be several words, as with echo. */
static bool add_query(struct send_request *r, const struct send_opts *o, char **words, int n,
                      struct kq_err *err)
{
    if (n == 1)
        return add_word(&r->msgs, o, kq_strz(words[0]), err);
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    for (int i = 0; i < n; i++) {
        kq_buf_append(&b, " ", i > 0);
        kq_buf_puts(&b, words[i]);
    }
    size_t len;
    char *text = send_msgs_own_take(&r->msgs, kq_buf_take(&b, &len));
    return add_word(&r->msgs, o, kq_str(text, len), err);
}

static bool add_call(struct send_request *r, const struct send_opts *o, char **words, int n,
                     struct kq_err *err)
{
    struct kq_obj *call = send_call(&o->ask, words, n, err);
    if (call)
        send_msgs_push(&r->msgs, (struct send_msg){.form = SEND_MSG_OBJ, .obj = call});
    return call;
}

bool send_request_init(struct send_request *r, const struct send_opts *o, char **operands,
                       int n_operands, struct kq_err *err)
{
    *r = (struct send_request){0};
    if (o->ask.call)
        return add_call(r, o, operands, n_operands, err);
    if (!add_words(r, o, err))
        return false;
    if (n_operands && o->ask.n_words)
        return kq_fail(err, KQ_EUSAGE, "'%s': a query besides -e or -f", operands[0]);
    if (n_operands)
        return add_query(r, o, operands, n_operands, err);
    if (o->ask.n_words)
        return true;
    if (o->how.ping)
        return add_text(&r->msgs, o, kq_str("", 0), err);
    r->lines = o->ask.lines;
    if (!r->lines && !o->how.subscribe)
        send_msgs_push(&r->msgs, (struct send_msg){.form = SEND_MSG_STDIN});
    return true;
}

void send_request_release(struct send_request *r)
{
    send_msgs_release(&r->msgs);
}

bool send_request_needs_stdin(const struct send_request *r)
{
    for (size_t i = 0; i < r->msgs.n; i++) {
        if (r->msgs.at[i].form == SEND_MSG_STDIN)
            return true;
    }
    return false;
}

bool send_request_stdin_take(struct send_request *r, const struct send_opts *o, char *text,
                             size_t len, struct kq_err *err)
{
    struct send_msgs all = r->msgs;
    r->msgs = (struct send_msgs){.owned = all.owned, .n_owned = all.n_owned};
    send_msgs_own_take(&r->msgs, text);
    bool ok = true;
    for (size_t i = 0; i < all.n; i++) {
        if (all.at[i].form != SEND_MSG_STDIN)
            send_msgs_push(&r->msgs, all.at[i]);
        else if (ok && len) /* no input is no query */
            ok = add_text(&r->msgs, o, tidy(o, text, len), err);
    }
    free(all.at);
    if (!ok)
        kq_err_context(err, "standard input");
    return ok;
}
