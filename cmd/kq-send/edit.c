/*
 * edit.c - libedit behind a table of its functions that dlopen fills, and a
 * plain reader of lines.
 *
 * libedit asks get_char for every key, so that whatever else the program waits
 * for is seen between two keys.
 */
#include "edit.h"

#include "base/mem.h"
#include "base/out.h"
#include "cli/term.h"

#include <dlfcn.h>
#include <errno.h>
#include <locale.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#if __has_include(<histedit.h>)
#include <histedit.h>
#define HAVE_LIBEDIT 1
#else
typedef struct editline EditLine;
typedef struct history History;
#define HAVE_LIBEDIT 0
#endif

/* A line of input may be a large literal. */
#define LINE_MAX_BYTES ((size_t)1 << 30)

struct send_edit {
    const struct send_edit_ops *ops;
    void *arg;
    const char *prompt;
    bool editing; /* in send_edit_line: there is something on the screen */
    bool gave_up; /* ops->wait did */
    /* libedit, or NULL */
    EditLine *el;
    History *recall;
    /* plain */
    int prompt_fd; /* -1: nobody sees a prompt */
    bool eof;
    struct kq_buf in; /* read but not handed out */
};

/* ---- plain ------------------------------------------------------------------ */

static void put(const struct send_edit *e, const char *text)
{
    size_t len = strlen(text);
    while (len && e->prompt_fd >= 0) {
        ssize_t n = write(e->prompt_fd, text, len);
        if (n < 0 && errno != EINTR)
            return;
        text += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
}

/* Move the first line of e->in, if there is a whole one, to `line`. */
static bool take_line(struct send_edit *e, struct kq_buf *line)
{
    const uint8_t *end = e->in.len ? memchr(e->in.data, '\n', e->in.len) : NULL;
    size_t len = end ? (size_t)(end - e->in.data) : e->in.len;
    if (!end && !(e->eof && len))
        return false;
    size_t keep = len && e->in.data[len - 1] == '\r' ? len - 1 : len;
    kq_buf_append(line, e->in.data, keep);
    kq_buf_consume(&e->in, end ? len + 1 : len);
    return true;
}

/* Read more; false when the wait was given up. */
static bool read_more(struct send_edit *e)
{
    if (!e->ops->wait(e->arg))
        return false;
    uint8_t *room = kq_buf_reserve(&e->in, 65536);
    ssize_t n = room ? read(STDIN_FILENO, room, 65536) : 0;
    if (n > 0)
        kq_buf_advance(&e->in, (size_t)n);
    else
        e->eof = n == 0 || errno != EINTR;
    return true;
}

static enum send_edit_got plain_line(struct send_edit *e, struct kq_buf *line)
{
    put(e, e->prompt);
    while (!take_line(e, line)) {
        if (e->eof)
            return SEND_EDIT_END;
        if (!read_more(e))
            return SEND_EDIT_CANCEL;
    }
    return SEND_EDIT_LINE;
}

/* ---- libedit ---------------------------------------------------------------- */

#if HAVE_LIBEDIT

struct libedit {
#define LIBEDIT_FN(name) __typeof__(name) *name;
#include "edit_fn.def"
#undef LIBEDIT_FN
};

/* Constant once it is loaded; libedit's callbacks are given nothing that it could be kept in. */
static struct libedit lib;

static bool load(void)
{
    static const struct {
        char name[16];
        size_t member;
    } symbols[] = {
#define LIBEDIT_FN(name) {#name, offsetof(struct libedit, name)},
#include "edit_fn.def"
#undef LIBEDIT_FN
    };
    void *so = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    so = so ? so : dlopen("libedit.so.0", RTLD_NOW | RTLD_LOCAL);
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *f = so ? dlsym(so, symbols[i].name) : NULL;
        if (!f)
            return false;
        memcpy((char *)&lib + symbols[i].member, &f, sizeof f);
    }
    return true;
}

static struct send_edit *owner(EditLine *el)
{
    void *e = NULL;
    lib.el_get(el, EL_CLIENTDATA, &e);
    return e;
}

static char *prompt(EditLine *el)
{
    union {
        const char *in;
        char *out; /* which libedit only reads */
    } text = {owner(el)->prompt};
    return text.out;
}

static int columns(void)
{
    struct kq_term t;
    kq_term_ask(&t, STDOUT_FILENO);
    return t.columns ? t.columns : 80;
}

/* How many lines below the one with the prompt the cursor is. */
static int cursor_row(const struct send_edit *e)
{
    const LineInfo *li = lib.el_line(e->el);
    const char *at = li->buffer;
    mbstate_t state = {0};
    int width = columns(), row = 0, column = (int)strlen(e->prompt);
    while (at < li->cursor) {
        wchar_t c;
        size_t n = mbrtowc(&c, at, (size_t)(li->cursor - at), &state);
        if (n == 0 || n > 16)
            break;
        at += n;
        int w = wcwidth(c);
        column += w >= 0 ? w : 2; /* ^X */
        if (c == L'\n') {
            row += 1 + (column - 2) / width;
            column = 0;
        }
    }
    return row + column / width;
}

static void el_hide(struct send_edit *e)
{
    int rows = cursor_row(e);
    putchar('\r');
    if (rows)
        printf("\033[%dA", rows);
    fputs("\033[J", stdout);
    fflush(stdout);
}

static void el_show(struct send_edit *e)
{
    lib.el_set(e->el, EL_REFRESH);
}

/* The matches in columns below the line. */
static void list(struct send_edit *e, const struct send_matches *m)
{
    size_t width = 0, max = (size_t)columns();
    for (size_t i = 0; i < m->n; i++)
        width = m->at[i].len + 2 > width ? m->at[i].len + 2 : width;
    size_t across = max / width ? max / width : 1;
    size_t down = (m->n + across - 1) / across;
    fputs("\n\033[J", stdout);
    if (down > 50) {
        printf("%zu names\n", m->n);
        down = 0;
    }
    for (size_t row = 0; row < down; row++) {
        for (size_t i = row; i < m->n; i += down) {
            bool last = i + down >= m->n;
            printf("%-*.*s%s", last ? 0 : (int)width, KQ_STR_FMT(m->at[i]), last ? "\n" : "");
        }
    }
    el_show(e);
}

static void insert(struct send_edit *e, const char *text)
{
    el_hide(e);
    lib.el_insertstr(e->el, text);
    el_show(e);
}

static void complete_word(struct send_edit *e, struct kq_str word)
{
    struct send_matches m = e->ops->complete(e->arg, word);
    if (m.n && m.common > word.len) {
        char *rest = kq_memdup0(m.at[0].s + word.len, m.common - word.len);
        insert(e, rest);
        free(rest);
    } else if (m.n > 1) {
        list(e, &m);
    } else {
        putchar('\a');
        fflush(stdout);
    }
    free(m.at);
}

/* TAB.  Without a word in front of it it is indentation, perhaps pasted. */
static void complete(struct send_edit *e)
{
    const LineInfo *li = lib.el_line(e->el);
    struct kq_str word = send_names_word(kq_str(li->buffer, (size_t)(li->cursor - li->buffer)));
    /* What el_line returned changes with the next call of it. */
    char *copy = kq_memdup0(word.s, word.len);
    if (word.len)
        complete_word(e, kq_str(copy, word.len));
    else
        insert(e, "\t");
    free(copy);
}

/*
 * The next character: 1, 0 at the end of input, -1 to give the line up.  TAB is dealt with here
 * and not by a function that libedit is told of, since it never frees the names of those.
 */
static int get_char(EditLine *el, wchar_t *c)
{
    struct send_edit *e = owner(el);
    mbstate_t state = {0};
    for (;;) {
        char byte;
        if (!e->ops->wait(e->arg)) {
            e->gave_up = true;
            return -1;
        }
        ssize_t n = read(STDIN_FILENO, &byte, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return 0;
        size_t used = mbrtowc(c, &byte, 1, &state);
        if (used == (size_t)-2)
            continue; /* more bytes belong to it */
        if (used == (size_t)-1)
            *c = L'?'; /* not a character of this locale */
        if (*c != L'\t')
            return 1;
        complete(e);
    }
}

/* libedit counts in characters: the terminal's, else UTF-8. */
static void choose_locale(void)
{
    setlocale(LC_CTYPE, "");
    if (MB_CUR_MAX == 1)
        setlocale(LC_CTYPE, "C.UTF-8");
}

static void el_open(struct send_edit *e)
{
    HistEvent ev;
    if (!load())
        return;
    choose_locale();
    e->el = lib.el_init("kq-send", stdin, stdout, stderr);
    if (!e->el)
        return;
    e->recall = lib.history_init();
    lib.history(e->recall, &ev, H_SETSIZE, 1000);
    lib.history(e->recall, &ev, H_SETUNIQUE, 1);
    lib.el_set(e->el, EL_CLIENTDATA, (void *)e);
    lib.el_set(e->el, EL_PROMPT, prompt);
    lib.el_set(e->el, EL_HIST, lib.history, e->recall);
    lib.el_set(e->el, EL_EDITOR, "emacs");
    lib.el_set(e->el, EL_GETCFN, get_char);
    lib.el_set(e->el, EL_BIND, "^R", "em-inc-search-prev", NULL);
    lib.el_source(e->el, NULL);
}

static void el_close(struct send_edit *e)
{
    if (!e->el)
        return;
    lib.el_end(e->el);
    lib.history_end(e->recall);
}

static void el_prepare(struct send_edit *e, bool on)
{
    lib.el_set(e->el, EL_PREP_TERM, (int)on);
}

/* libedit shows the prompt before it sets the terminal up; a ^Z or ^D that answers the prompt at
 * once would still be the terminal's to deal with, and take what was typed with it. */
static enum send_edit_got el_get_line(struct send_edit *e, struct kq_buf *line)
{
    int n = 0;
    e->gave_up = false;
    el_prepare(e, true);
    const char *text = lib.el_gets(e->el, &n);
    if (!text || n <= 0)
        return e->gave_up ? SEND_EDIT_CANCEL : SEND_EDIT_END;
    kq_buf_append(line, text, (size_t)n - (text[n - 1] == '\n'));
    return SEND_EDIT_LINE;
}

static void el_remember(struct send_edit *e, const char *entry)
{
    HistEvent ev;
    lib.history(e->recall, &ev, H_ENTER, entry);
}

static void el_resized(struct send_edit *e)
{
    lib.el_resize(e->el);
}

#else /* libedit's header is not there, and e->el is never set */

static void el_open(struct send_edit *e)
{
    (void)e;
}
#define el_close(e)           ((void)0)
#define el_get_line(e, line)  SEND_EDIT_END
#define el_remember(e, entry) ((void)(entry))
#define el_hide(e)            ((void)0)
#define el_show(e)            ((void)0)
#define el_resized(e)         ((void)0)
#define el_prepare(e, on)     ((void)0)

#endif

/* ---- either ----------------------------------------------------------------- */

static bool can_edit(void)
{
    const char *term = getenv("TERM");
    return isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) && term && *term &&
           strcmp(term, "dumb") != 0;
}

struct send_edit *send_edit_new(const struct send_edit_ops *ops, void *arg, bool plain)
{
    struct send_edit *e = kq_calloc(1, sizeof *e);
    *e = (struct send_edit){.ops = ops, .arg = arg, .prompt_fd = -1};
    kq_buf_init(&e->in, LINE_MAX_BYTES);
    if (isatty(STDIN_FILENO))
        e->prompt_fd = isatty(STDOUT_FILENO) ? STDOUT_FILENO : STDERR_FILENO;
    if (!plain && can_edit())
        el_open(e);
    return e;
}

void send_edit_free(struct send_edit *e)
{
    if (!e)
        return;
    el_close(e);
    kq_buf_release(&e->in);
    free(e);
}

bool send_edit_is_terminal(const struct send_edit *e)
{
    return e->prompt_fd >= 0;
}

enum send_edit_got send_edit_line(struct send_edit *e, const char *text, struct kq_buf *line)
{
    e->prompt = text;
    e->editing = true;
    enum send_edit_got got = e->el ? el_get_line(e, line) : plain_line(e, line);
    e->editing = false;
    if (got == SEND_EDIT_CANCEL && e->el)
        put(e, "^C"); /* plain, the terminal has echoed it */
    if (got != SEND_EDIT_LINE)
        put(e, "\n");
    return got;
}

void send_edit_remember(struct send_edit *e, const char *entry)
{
    if (e->el)
        el_remember(e, entry);
}

void send_edit_hide(struct send_edit *e)
{
    if (e->editing && e->el)
        el_hide(e);
    else if (e->editing)
        put(e, "\n");
}

void send_edit_show(struct send_edit *e)
{
    if (e->editing && e->el)
        el_show(e);
    else if (e->editing)
        put(e, e->prompt);
}

void send_edit_resize(struct send_edit *e)
{
    if (e->el)
        el_resized(e);
}

void send_edit_suspend(struct send_edit *e)
{
    if (e->editing && e->el)
        el_prepare(e, false);
}

void send_edit_resume(struct send_edit *e)
{
    if (!e->editing)
        return;
    if (e->el)
        el_prepare(e, true);
    send_edit_show(e);
}
