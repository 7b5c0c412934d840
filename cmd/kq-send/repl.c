/*
 * repl.c - straight-line code around one event loop, which is turned while the
 * user is thinking (by the editor, between two keys) and while the server is.
 *
 * A wait that is given up leaves the connection in order as long as nothing of
 * the answer has come: kdb+ answers in sequence, so that one answer is dropped
 * when it comes.  In the middle of an answer the connection is closed.
 */
#include "repl.h"

#include "base/log.h"
#include "base/mem.h"
#include "edit.h"
#include "entry.h"
#include "history.h"
#include "names.h"
#include "net/neterr.h"
#include "net/timing.h"
#include "push.h"
#include "text/console.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* How long TAB may take. */
#define NAMES_MS 2000
/* Of a prompt: target and ">". */
#define PROMPT_MAX (KQ_ADDR_TEXT_MAX + 2)

enum { ON_INT, ON_TERM, ON_HUP, ON_TSTP, ON_WINCH, N_SIGNALS };
static const int signals[N_SIGNALS] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP, SIGWINCH};

struct repl {
    struct send_session *s;
    const struct send_target *t;
    struct kq_loop *loop;
    struct kq_signal on[N_SIGNALS];
    struct kq_watch input;
    bool watched; /* input is of a kind that can be: no regular file */
    struct send_edit *edit;
    struct send_history history;
    struct send_names names;
    bool names_known;   /* nothing was sent since they were asked for */
    struct kq_buf text; /* the entry so far */
    bool connected;
    int64_t dropping; /* answers to come that nobody waits for any more */
    bool over;        /* a pipe's session ends with its connection */
    int ending;       /* the signal that ends the session, 0: none */
    char prompt[PROMPT_MAX], more[PROMPT_MAX];
};

/* ---- options ------------------------------------------------------------------- */

/* The first option that asks for something else than a prompt, NULL: none. */
static const char *other_wish(const struct send_opts *o)
{
    const struct send_how *h = &o->how;
    const struct {
        bool given;
        const char *name;
    } wishes[] = {
        {o->ask.call, "--call"},
        {o->ask.script, "--script"},
        {o->ask.lines, "--lines"},
        {o->ask.n_words, "-e or -f"},
        {h->async, "--async"},
        {h->deferred, "--deferred"},
        {h->subscribe, "--subscribe"},
        {h->ping, "--ping"},
        {h->latency, "--latency"},
        {h->repeat != 1, "--repeat"},
        {o->show.exit_status, "--exit-status"},
        {o->show.time, "--time"},
        {o->show.write_out, "--write-out"},
        {o->common.stats != KQ_STATS_NONE, "--stats"},
        {o->common.write, "--write"},
        {o->conn.qcon, "--qcon"},
        {o->ask.input == SEND_INPUT_IPC || o->ask.input == SEND_INPUT_PAYLOAD, "--input"},
    };
    for (size_t i = 0; i < sizeof wishes / sizeof *wishes; i++) {
        if (wishes[i].given)
            return wishes[i].name;
    }
    return NULL;
}

bool send_repl_wanted(const struct send_opts *o, const struct send_target *t, int n_operands)
{
    if (o->how.interactive != SEND_PROMPT_NONE)
        return true;
    return n_operands < 2 && !other_wish(o) && t->addr.kind != KQ_ADDR_FILE && isatty(STDIN_FILENO);
}

bool send_repl_check(const struct send_opts *o, const struct send_target *t, int n_operands,
                     struct kq_err *err)
{
    const char *other = other_wish(o);
    if (other)
        return kq_fail(err, KQ_EUSAGE, "--interactive does not go with %s", other);
    if (t->addr.kind == KQ_ADDR_FILE)
        return kq_fail(err, KQ_EUSAGE, "--interactive needs a server, not a file");
    return n_operands < 2 || kq_fail(err, KQ_EUSAGE, "--interactive takes no query");
}

/* ---- signals --------------------------------------------------------------------- */

/* What the screen shows of a value follows the window. */
static void resized(struct repl *r)
{
    send_edit_resize(r->edit);
    send_output_fit(r->s->output);
}

static void on_signal(void *arg, int signo);

/* ^Z: stop as the default action would, with the terminal as it was. */
static void suspend(struct repl *r)
{
    send_edit_suspend(r->edit);
    kq_signal_stop(&r->on[ON_TSTP]);
    raise(SIGTSTP);
    kq_signal_init(&r->on[ON_TSTP], r->loop, SIGTSTP, on_signal, r, NULL);
    send_edit_resume(r->edit);
}

static void on_signal(void *arg, int signo)
{
    struct repl *r = arg;
    if (signo == SIGWINCH) {
        resized(r);
    } else if (signo == SIGTSTP) {
        suspend(r);
    } else {
        *r->s->stop = signo;
        if (signo != SIGINT || !send_edit_is_terminal(r->edit))
            r->ending = signo;
    }
}

/* ---- the connection ---------------------------------------------------------------- */

static void forget_connection(struct repl *r)
{
    send_link_close(&r->s->link);
    r->connected = false;
    r->dropping = 0;
    r->names_known = false;
}

static void complain(struct repl *r, const struct kq_err *err)
{
    int status = r->s->status;
    send_fail(r->s, err);
    if (send_edit_is_terminal(r->edit)) /* the user has seen it */
        r->s->status = status;
}

/* The connection ended or broke: say so, and that it is not the end of the session. */
static void lost(struct repl *r, const struct kq_err *err)
{
    complain(r, err);
    forget_connection(r);
    r->over = !send_edit_is_terminal(r->edit);
    if (!r->over)
        kq_note("the next line connects again");
}

static bool open_link(struct repl *r, struct kq_err *err)
{
    static const struct kq_tap nobody;
    struct send_session *s = r->s;
    r->connected = send_connect(&s->link, r->t, s->o, &nobody, s->deadline, s->stop, err);
    return r->connected;
}

static bool connect_again(struct repl *r)
{
    struct kq_err err;
    if (open_link(r, &err))
        return true;
    *r->s->stop = r->ending;
    complain(r, &err);
    return false;
}

static bool has_ended(struct repl *r)
{
    return send_link_fd(&r->s->link) < 0;
}

/* Receive one message; false with `err` when the connection has ended, after ^C and at the
 * deadline. */
static bool receive(struct repl *r, struct kq_msg *msg, struct kq_err *err)
{
    int got = send_recv(r->s, msg, err);
    if (got == 0)
        kq_neterr_eof(err, KQ_STAGE_READY, 0, 0);
    return got > 0;
}

/* Something that is not the answer being awaited. */
static void other(struct repl *r, const struct kq_msg *msg)
{
    send_edit_hide(r->edit);
    if (msg->head.kind != KQ_RESPONSE) {
        send_push(r->s, msg);
        kq_out_flush(&r->s->output->out);
    } else if (r->dropping) {
        r->dropping--;
        kq_note("dropped a late answer of the server");
    }
    send_edit_show(r->edit);
}

/* Deal with what came although nothing was asked. */
static void look_at_link(struct repl *r)
{
    while (r->connected) {
        if (!send_link_ready(&r->s->link) && !has_ended(r))
            return;
        struct kq_err err;
        struct kq_msg msg;
        if (receive(r, &msg, &err)) {
            other(r, &msg);
            kq_msg_release(&msg);
        } else {
            send_edit_hide(r->edit);
            lost(r, &err);
            send_edit_show(r->edit);
        }
    }
}

/* ---- asking -------------------------------------------------------------------------- */

static bool transmit(struct repl *r, const struct send_msg *m, bool rendered, struct kq_err *err)
{
    struct send_framer framer;
    struct kq_buf frame;
    send_framer_init(&framer, r->s);
    framer.console &= rendered;
    kq_buf_init(&frame, KQ_BUF_NOMAX);
    bool ok = send_frame(&framer, m, &frame, err) &&
              send_link_send(&r->s->link, frame.data, frame.len, r->s->deadline, err);
    kq_buf_release(&frame);
    return ok;
}

/* Nobody waits any more for the answer to what was sent. */
static void give_up(struct repl *r)
{
    if (send_link_amid(&r->s->link)) {
        forget_connection(r);
        kq_note("the rest of the answer is not read; the next line connects again");
        return;
    }
    r->dropping++;
    kq_note("the query may still be running on the server; its result will be dropped");
}

/* Sending or receiving failed. */
static void failed(struct repl *r, const struct kq_err *err)
{
    bool interrupted = *r->s->stop;
    *r->s->stop = r->ending;
    if (r->ending)
        return;
    if (has_ended(r)) {
        lost(r, err);
        return;
    }
    if (interrupted)
        fputc('\n', stderr); /* behind the ^C that the terminal shows */
    else
        complain(r, err);
    if (interrupted || err->code == KQ_ETIMEOUT)
        give_up(r);
}

/* Wait for the answer to what was sent. */
static bool await(struct repl *r, struct kq_msg *answer, struct kq_err *err)
{
    while (receive(r, answer, err)) {
        if (answer->head.kind == KQ_RESPONSE && !r->dropping)
            return true;
        other(r, answer);
        kq_msg_release(answer);
    }
    return false;
}

/* ---- names ----------------------------------------------------------------------------- */

static void ask_names(struct repl *r)
{
    struct kq_err err = {0};
    struct kq_msg msg;
    struct send_msg query = {.form = SEND_MSG_TEXT, .bytes = kq_strz(send_names_query)};
    r->s->deadline = kq_deadline_ms(NAMES_MS);
    r->names_known = true;
    if (transmit(r, &query, false, &err) && await(r, &msg, &err)) {
        struct kq_obj *x = send_decode(r->s->output, &msg, &err);
        if (x)
            send_names_set(&r->names, x);
        kq_unref(x);
        kq_msg_release(&msg);
    } else if (!has_ended(r)) { /* else the wait for the next key will notice */
        *r->s->stop = r->ending;
        r->dropping++;
    }
}

static struct send_matches complete(void *arg, struct kq_str word)
{
    struct repl *r = arg;
    if (r->connected && !r->names_known && !r->dropping)
        ask_names(r);
    return send_names_match(&r->names, word);
}

/* ---- answers ---------------------------------------------------------------------------- */

/* As q does: 'type. */
static void show_error(struct repl *r, struct kq_obj *x)
{
    size_t len = kq_sym_textlen(x);
    char *text = kq_memdup0(kq_sym_text(x), len);
    kq_console_tame(text, len);
    if (r->s->prog->json)
        send_q_error(r->s, text, len);
    else
        fprintf(stderr, "'%s\n", text);
    free(text);
    if (!send_edit_is_terminal(r->edit) && r->s->status == KQ_OK)
        r->s->status = KQ_EQ;
}

static void show(struct repl *r, const struct kq_msg *msg, bool silent)
{
    struct kq_err err = {0};
    struct send_output *p = r->s->output;
    struct kq_obj *x = send_decode(p, msg, &err);
    if (x && x->type == KQ_ERROR)
        show_error(r, x);
    else if (x && !silent && !kq_is_generic_null(x))
        send_output_value(p, msg, x, &err);
    kq_unref(x);
    if (err.code)
        complain(r, &err);
    kq_out_flush(&p->out);
}

/* ---- entries ------------------------------------------------------------------------------ */

static void run_message(struct repl *r, const struct send_msg *m, bool silent)
{
    struct kq_err err = {0};
    struct kq_msg answer;
    r->names_known = false;
    if (transmit(r, m, true, &err) && await(r, &answer, &err)) {
        show(r, &answer, silent);
        kq_msg_release(&answer);
    } else {
        failed(r, &err);
    }
}

static void run_entry(struct repl *r, struct kq_str text)
{
    struct kq_err err;
    struct send_msgs msgs = {0};
    const struct send_opts *o = r->s->o;
    r->s->deadline = kq_deadline_ms(r->s->timeout_ms);
    if (!send_input_parse(&msgs, o->ask.input, text, &err))
        complain(r, &err);
    else if (r->connected || connect_again(r))
        run_message(r, &msgs.at[0], o->ask.input == SEND_INPUT_TEXT && send_entry_is_silent(text));
    send_msgs_release(&msgs);
}

static void remember(struct repl *r)
{
    if (!send_edit_is_terminal(r->edit))
        return;
    char *entry = kq_memdup0(r->text.data, r->text.len);
    send_edit_remember(r->edit, entry);
    send_history_add(&r->history, kq_str(entry, r->text.len));
    free(entry);
}

/* Append a line to the entry.  Within brackets it is indented, as a script
 * must be: q takes a line at the margin for another statement. */
static void append(struct repl *r, enum send_entry state, const struct kq_buf *line)
{
    if (r->text.len)
        kq_buf_byte(&r->text, '\n');
    if (state == SEND_ENTRY_OPEN && line->len && line->data[0] != ' ' && line->data[0] != '\t')
        kq_buf_byte(&r->text, ' ');
    kq_buf_append(&r->text, line->data, line->len);
}

/* Read lines into r->text until they make an entry; false: the session ends. */
static bool read_entry(struct repl *r)
{
    struct kq_buf line;
    enum send_edit_got got;
    enum send_entry state = SEND_ENTRY_EMPTY;
    kq_buf_init(&line, KQ_BUF_NOMAX);
    kq_buf_clear(&r->text);
    while (state != SEND_ENTRY_WHOLE) {
        if (state == SEND_ENTRY_EMPTY)
            kq_buf_clear(&r->text);
        kq_buf_clear(&line);
        got = send_edit_line(r->edit, r->text.len ? r->more : r->prompt, &line);
        if (got == SEND_EDIT_END || r->ending || r->over)
            break;
        if (got == SEND_EDIT_CANCEL) {
            state = SEND_ENTRY_EMPTY;
            continue;
        }
        append(r, state, &line);
        state = send_entry_state(kq_str((char *)r->text.data, r->text.len));
    }
    kq_buf_release(&line);
    /* What a pipe leaves unfinished is the server's to complain about. */
    bool rest = r->text.len && !r->ending && !r->over && !send_edit_is_terminal(r->edit);
    return state == SEND_ENTRY_WHOLE || (rest && state != SEND_ENTRY_EMPTY);
}

static bool is_leave(struct kq_str text)
{
    return kq_str_is(kq_str_trim(text), "\\\\");
}

static void loop(struct repl *r)
{
    while (!r->ending && !r->over && !r->s->output->out.errnum && read_entry(r)) {
        struct kq_str text = kq_str((char *)r->text.data, r->text.len);
        if (is_leave(text))
            break;
        remember(r);
        run_entry(r, text);
    }
}

/* ---- start and end -------------------------------------------------------------------------- */

static void on_input(void *arg, bool readable, bool writable)
{
    (void)arg; /* it has ended the turn, which is all it is for */
    (void)readable;
    (void)writable;
}

static bool input_is_there(void)
{
    struct pollfd p = {.fd = STDIN_FILENO, .events = POLLIN};
    return poll(&p, 1, 0) > 0;
}

/* The editor is about to read. */
static bool await_input(void *arg)
{
    struct repl *r = arg;
    bool there = false;
    look_at_link(r);
    while (!*r->s->stop && !r->over && !(there = input_is_there())) {
        kq_watch_set(&r->input, r->watched, false);
        kq_loop_turn(r->loop);
        look_at_link(r);
    }
    /* While an answer is awaited, input would only wake us up. */
    kq_watch_set(&r->input, false, false);
    *r->s->stop = r->ending;
    return there;
}

static void make_prompts(struct repl *r)
{
    char name[KQ_ADDR_TEXT_MAX];
    snprintf(r->prompt, sizeof r->prompt, "%s>", send_target_name(r->s, name));
    size_t len = strlen(r->prompt);
    snprintf(r->more, sizeof r->more, "%*s", (int)len, ">");
}

static void recall(void *arg, const char *entry)
{
    send_edit_remember(arg, entry);
}

static bool start(struct repl *r, struct kq_err *err)
{
    static const struct send_edit_ops ops = {.wait = await_input, .complete = complete};
    struct stat st;
    r->loop = kq_loop_new(err);
    if (!r->loop)
        return false;
    for (int i = 0; i < N_SIGNALS; i++)
        kq_signal_init(&r->on[i], r->loop, signals[i], on_signal, r, NULL);
    kq_watch_init(&r->input, r->loop, STDIN_FILENO, on_input, r);
    r->watched = fstat(STDIN_FILENO, &st) == 0 && !S_ISREG(st.st_mode);
    kq_buf_init(&r->text, KQ_BUF_NOMAX);
    make_prompts(r);
    r->edit = send_edit_new(&ops, r, r->s->o->how.interactive == SEND_PROMPT_PLAIN);
    r->s->link.loop = r->loop;
    send_history_init(&r->history);
    if (send_edit_is_terminal(r->edit))
        send_history_load(&r->history, recall, r->edit);
    return true;
}

static void finish(struct repl *r)
{
    forget_connection(r);
    send_edit_free(r->edit);
    send_names_release(&r->names);
    kq_buf_release(&r->text);
    for (int i = 0; i < N_SIGNALS; i++)
        kq_signal_stop(&r->on[i]);
    kq_loop_free(r->loop);
    r->s->link.loop = NULL;
}

void send_repl(struct send_session *s, const struct send_target *t)
{
    struct repl r = {.s = s, .t = t};
    struct kq_err err;
    if (!start(&r, &err)) {
        send_fail(s, &err);
        return;
    }
    /* Without a server at the start this is not a session but an error. */
    if (open_link(&r, &err))
        loop(&r);
    else
        send_fail(s, &err);
    if (r.ending)
        s->status = 128 + r.ending;
    finish(&r);
}
