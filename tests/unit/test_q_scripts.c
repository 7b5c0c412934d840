/*
 * Runs the console transcripts of tests/q: a line after `q)` is evaluated, the
 * lines below it up to a blank line or the next `q)` are what the console must
 * print.  Everything else is prose.  One interpreter for each file; afterwards
 * no object may be left.
 */
#include "q/q.h"

#include "base/buf.h"
#include "base/mem.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static void collect(void *arg, int fd, const char *text, size_t len)
{
    (void)fd;
    kq_buf_append(arg, text, len);
}

/* Remove the blanks at the ends of lines, as editors do in transcripts. */
static void trim_lines(struct kq_buf *b)
{
    size_t to = 0;
    for (size_t i = 0; i < b->len; i++) {
        while (b->data[i] == '\n' && to && b->data[to - 1] == ' ')
            to--;
        b->data[to++] = b->data[i];
    }
    b->len = to;
}

/* What a console prints for one line of input, without the last line ends. */
static void run_line(struct q *q, struct kq_buf *out, const char *line, size_t len)
{
    kq_buf_clear(out);
    struct kq_obj *r = q_eval_text(q, line, len), *text = r ? q_console(q, r) : NULL;
    if (text)
        kq_buf_append(out, kq_data(text), (size_t)text->n);
    else
        kq_buf_printf(out, "'%s\n", q_error(q));
    trim_lines(out);
    while (out->len && (out->data[out->len - 1] == '\n' || out->data[out->len - 1] == ' '))
        out->len--;
    kq_unref(r);
    kq_unref(text);
}

/* The next line of a file without its end; false at the end of the file. */
static bool read_line(FILE *f, char **line, size_t *cap, size_t *len)
{
    ssize_t n = getline(line, cap, f);
    if (n < 0)
        return false;
    *len = (size_t)n - (n && (*line)[n - 1] == '\n');
    (*line)[*len] = 0;
    return true;
}

struct step {
    char *input;
    int line; /* of the file */
    struct kq_buf expected;
};

static int finish_step(struct q *q, struct step *s, const char *file, struct kq_buf *out)
{
    if (!s->input)
        return 0;
    run_line(q, out, s->input, strlen(s->input));
    while (s->expected.len && s->expected.data[s->expected.len - 1] == '\n')
        s->expected.len--;
    bool same = kq_str_eq(kq_str((char *)out->data, out->len),
                          kq_str((char *)s->expected.data, s->expected.len));
    if (!same)
        print_message("%s:%d: %s\n expected:\n%.*s\n got:\n%.*s\n", file, s->line, s->input,
                      (int)s->expected.len, (char *)s->expected.data, (int)out->len,
                      (char *)out->data);
    free(s->input);
    s->input = NULL;
    kq_buf_clear(&s->expected);
    return !same;
}

/* Lines may end in blanks that editors remove: compare without them. */
static size_t trimmed(const char *line, size_t len)
{
    while (len && line[len - 1] == ' ')
        len--;
    return len;
}

static int run_file(struct q *q, FILE *f, const char *name, struct kq_buf *out)
{
    char *line = NULL;
    size_t cap = 0, len;
    int failures = 0;
    struct step s = {NULL, 0, {0}};
    kq_buf_init(&s.expected, KQ_BUF_NOMAX);
    for (int n = 1; read_line(f, &line, &cap, &len); n++) {
        if (len >= 2 && memcmp(line, "q)", 2) == 0) {
            failures += finish_step(q, &s, name, out);
            s.input = kq_strdup(line + 2);
            s.line = n;
        } else if (!len) {
            failures += finish_step(q, &s, name, out);
        } else if (s.input) {
            kq_buf_append(&s.expected, line, trimmed(line, len));
            kq_buf_byte(&s.expected, '\n');
        }
    }
    failures += finish_step(q, &s, name, out);
    kq_buf_release(&s.expected);
    free(line);
    return failures;
}

static void transcript(void **state)
{
    const char *path = *state;
    int64_t before = kq_obj_live();
    struct kq_buf out;
    kq_buf_init(&out, KQ_BUF_NOMAX);
    struct q_host host = {.arg = &out, .print = collect};
    struct q_limits limits = {.bytes = (size_t)1 << 30, .steps = 100000000};
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    struct q *q = q_new(&host, &limits);
    int failures = run_file(q, f, path, &out);
    q_free(q);
    fclose(f);
    kq_buf_release(&out);
    assert_int_equal(failures, 0);
    assert_int_equal(kq_obj_live(), before);
}

static int is_transcript(const struct dirent *d)
{
    return kq_str_ends(kq_strz(d->d_name), ".q");
}

int main(void)
{
    struct dirent **files;
    int n = scandir("tests/q", &files, is_transcript, alphasort);
    if (n < 0) {
        perror("tests/q");
        return 1;
    }
    struct CMUnitTest *tests = kq_calloc((size_t)n, sizeof *tests);
    for (int i = 0; i < n; i++) {
        char path[300];
        snprintf(path, sizeof path, "tests/q/%s", files[i]->d_name);
        char *name = kq_strdup(path);
        tests[i] = (struct CMUnitTest){name, transcript, NULL, NULL, name};
        free(files[i]);
    }
    free(files);
    int failed = _cmocka_run_group_tests("q", tests, (size_t)n, NULL, NULL);
    for (int i = 0; i < n; i++)
        free(tests[i].initial_state);
    free(tests);
    return failed;
}
