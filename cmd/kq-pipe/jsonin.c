/*
 * jsonin.c - jansson builds the object of one line; only the members that are
 * asked for are turned into text.
 */
#include "jsonin.h"

#include "base/num.h"

#include <jansson.h>
#include <stdio.h>

/* A list or object inside a line, as text. */
enum { NESTED_MAX = 16 << 20 };

void pipe_json_init(struct pipe_json *j)
{
    j->root = NULL;
    kq_buf_init(&j->texts, NESTED_MAX);
}

void pipe_json_release(struct pipe_json *j)
{
    json_decref(j->root);
    j->root = NULL;
    kq_buf_release(&j->texts);
}

/* Text that is collected in j->texts: noted by offset, since the buffer may move. */
struct span {
    size_t off, len;
};

static int collect(const char *bytes, size_t n, void *arg)
{
    kq_buf_append(arg, bytes, n);
    return 0;
}

static struct span number_text(struct pipe_json *j, const json_t *v)
{
    struct span s = {j->texts.len, 0};
    char *to = (char *)kq_buf_reserve(&j->texts, KQ_NUM_MAX);
    if (!to)
        return s;
    s.len = json_is_integer(v) ? kq_fmt_i64(to, json_integer_value(v))
                               : kq_fmt_f64_short(to, json_real_value(v));
    kq_buf_advance(&j->texts, s.len);
    return s;
}

static struct span nested_text(struct pipe_json *j, const json_t *v)
{
    struct span s = {j->texts.len, 0};
    json_dump_callback(v, collect, &j->texts, JSON_COMPACT | JSON_ENCODE_ANY);
    s.len = j->texts.len - s.off;
    return s;
}

/* Strings and words are slices at once (true); the rest is collected in `s`. */
static bool direct_text(struct pipe_json *j, const json_t *v, struct kq_str *out, struct span *s)
{
    switch (v ? json_typeof(v) : JSON_NULL) {
    case JSON_STRING: *out = kq_str(json_string_value(v), json_string_length(v)); return true;
    case JSON_TRUE: *out = kq_str("1", 1); return true;
    case JSON_FALSE: *out = kq_str("0", 1); return true;
    case JSON_NULL: *out = kq_str("", 0); return true;
    case JSON_INTEGER:
    case JSON_REAL: *s = number_text(j, v); return false;
    default: *s = nested_text(j, v); return false;
    }
}

bool pipe_json_read(struct pipe_json *j, struct kq_str line, const char *const *names, size_t n,
                    struct kq_str *field, char *why, size_t why_size)
{
    json_error_t e;
    json_decref(j->root);
    j->root = json_loadb(line.s, line.len, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &e);
    kq_buf_clear(&j->texts);
    if (!json_is_object((json_t *)j->root)) {
        if (j->root)
            snprintf(why, why_size, "not a JSON object");
        else
            snprintf(why, why_size, "JSON, column %d: %s", e.column, e.text);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        struct span s;
        if (!direct_text(j, json_object_get(j->root, names[i]), &field[i], &s))
            field[i] = (struct kq_str){NULL, s.len}; /* its place is known when all are there */
    }
    if (j->texts.failed) {
        snprintf(why, why_size, "nested values of more than %d bytes", NESTED_MAX);
        return false;
    }
    const char *at = (const char *)j->texts.data;
    for (size_t i = 0; i < n; i++) {
        if (field[i].s)
            continue;
        field[i].s = at;
        at += field[i].len;
    }
    return true;
}
