/*
 * journal.c - the lines of --log, in text or JSON.
 *
 * Values are shown in q's one-line form, cut in the text log.  Every line is
 * flushed: a test that waits for one must not wait for the next.
 */
#include "journal.h"

#include "base/cal.h"
#include "base/num.h"
#include "cli/opt_common.h"
#include "text/hex.h"
#include "text/jsonval.h"
#include "text/repr.h"

enum { TEXT_ITEMS = 40, TEXT_DEPTH = 6 };

/* ---- time --------------------------------------------------------------------- */

static size_t seconds(char *dst, int64_t ns)
{
    return (size_t)snprintf(dst, 40, "%lld.%09lld", (long long)(ns / 1000000000),
                            (long long)(ns % 1000000000));
}

static size_t time_text(struct lst_journal *j, char *dst)
{
    int64_t now = kq_cal_now_ns(), first = j->first_ns, last = j->last_ns;
    if (!first)
        first = last = j->first_ns = now;
    j->last_ns = now;
    switch (j->time_format) {
    case KQ_TIME_EPOCH: return seconds(dst, kq_cal_to_unix_ns(now));
    case KQ_TIME_REL: return seconds(dst, now - first);
    case KQ_TIME_DELTA: return seconds(dst, now - last);
    case KQ_TIME_Q: return kq_fmt_timestamp(dst, now);
    default: {
        size_t n = kq_fmt_iso_timestamp(dst, now);
        dst[n] = 'Z';
        return n + 1;
    }
    }
}

static void json_time(struct lst_journal *j, struct kq_json *json)
{
    char text[64];
    size_t n = time_text(j, text);
    kq_json_key_str(json, "time", text, n);
}

static const char *color_of(const char *what)
{
    if (strcmp(what, "error") == 0 || strcmp(what, "refused") == 0)
        return "\033[31m";
    if (strcmp(what, "response") == 0)
        return "\033[32m";
    if (strcmp(what, "sync") == 0 || strcmp(what, "async") == 0)
        return "\033[36m";
    return "\033[2m";
}

static void text_head(struct lst_journal *j, const char *what, const struct lst_session *s)
{
    char text[64];
    size_t n = time_text(j, text);
    const char *on = j->color ? color_of(what) : "", *off = j->color ? "\033[0m" : "";
    kq_out_write(j->out, text, n);
    kq_out_printf(j->out, "  %s%-9s%s", on, what, off);
    if (s)
        kq_out_printf(j->out, " %3d %s", s->handle, s->peer);
}

static void end_line(struct lst_journal *j)
{
    kq_out_char(j->out, '\n');
    kq_out_flush(j->out);
}

/* ---- events --------------------------------------------------------------------- */

static void event_json(struct lst_journal *j, const char *event, const struct lst_session *s,
                       const char *detail)
{
    struct kq_json json = kq_json(j->out);
    kq_json_obj_begin(&json);
    kq_json_key_i64(&json, "v", 1);
    kq_json_key_str(&json, "event", event, strlen(event));
    json_time(j, &json);
    if (s) {
        kq_json_key_i64(&json, "conn", s->handle);
        kq_json_key_str(&json, "src", s->peer, strlen(s->peer));
        kq_json_key_str(&json, "user", s->user, strlen(s->user));
    }
    if (detail)
        kq_json_key_str(&json, "detail", detail, strlen(detail));
    kq_json_obj_end(&json);
    end_line(j);
}

void lst_journal_event(struct lst_journal *j, const char *event, const struct lst_session *s,
                       const char *detail)
{
    if (j->form == LST_JOURNAL_JSON) {
        event_json(j, event, s, detail);
    } else if (j->form == LST_JOURNAL_TEXT) {
        text_head(j, event, s);
        if (s && *s->user)
            kq_out_printf(j->out, " user %s", s->user);
        if (detail)
            kq_out_printf(j->out, "%s%s", s ? ": " : " ", detail);
        end_line(j);
    }
}

void lst_journal_note(struct lst_journal *j, const char *event, const char *detail)
{
    lst_journal_event(j, event, NULL, detail);
}

/* ---- messages --------------------------------------------------------------------- */

/* The text of a request: what a string holds, else the one-line form. */
static void request_text(struct kq_out *o, const struct kq_obj *value)
{
    if (value->type == KQ_CHAR)
        kq_out_write(o, kq_data(value), (size_t)value->n);
    else
        kq_repr(o, value, &kq_style_default);
}

static bool matches(const struct lst_journal *j, const struct kq_obj *value)
{
    if (!j->match || !value)
        return true;
    struct kq_out text;
    kq_out_init_mem(&text);
    request_text(&text, value);
    kq_out_char(&text, 0);
    bool found = regexec(j->match, text.buf, 0, NULL, 0) == 0;
    kq_out_release(&text);
    return found;
}

/* First item of a list request, and the table that it is about, when they are names. */
static void json_name(struct kq_json *json, const char *key, const struct kq_obj *list, int64_t i)
{
    const struct kq_obj *x = list->type == KQ_LIST && i < list->n ? kq_child(list, i) : NULL;
    kq_json_key(json, key);
    if (x && x->type == -KQ_SYMBOL)
        kq_json_str(json, kq_sym_text(x), kq_sym_textlen(x));
    else if (x && x->type == KQ_CHAR && i == 0)
        kq_json_str(json, (const char *)kq_data(x), (size_t)x->n);
    else
        kq_json_null(json);
}

static void message_json(struct lst_journal *j, const struct lst_session *s,
                         const struct kq_msg *msg, const struct kq_obj *value, const char *error)
{
    struct kq_json json = kq_json(j->out);
    const char *kind = kq_kind_name(msg->head.kind);
    kq_json_obj_begin(&json);
    kq_json_key_i64(&json, "v", 1);
    kq_json_key_i64(&json, "n", j->n);
    json_time(j, &json);
    kq_json_key_i64(&json, "conn", s->handle);
    kq_json_key_str(&json, "src", s->peer, strlen(s->peer));
    kq_json_key_str(&json, "kind", kind, strlen(kind));
    kq_json_key_i64(&json, "size", (int64_t)msg->len);
    kq_json_key_str(&json, "endian", msg->head.big ? "big" : "little", msg->head.big ? 3 : 6);
    if (value) {
        json_name(&json, "fn", value, 0);
        json_name(&json, "table", value, 1);
        struct kq_out text;
        kq_out_init_mem(&text);
        request_text(&text, value);
        kq_json_key_str(&json, "query", text.buf, text.len);
        kq_out_release(&text);
    }
    kq_json_key(&json, "error");
    kq_json_strz(&json, error);
    kq_json_obj_end(&json);
    end_line(j);
}

static void message_text(struct lst_journal *j, const struct lst_session *s,
                         const struct kq_msg *msg, const struct kq_obj *value, const char *error)
{
    struct kq_style style = kq_style_default;
    style.max_items = TEXT_ITEMS;
    style.depth = TEXT_DEPTH;
    text_head(j, kq_kind_name(msg->head.kind), s);
    kq_out_printf(j->out, " %zu bytes  ", msg->len);
    if (value)
        kq_repr(j->out, value, &style);
    else
        kq_out_puts(j->out, error);
    end_line(j);
}

void lst_journal_message(struct lst_journal *j, const struct lst_session *s,
                         const struct kq_msg *msg, const struct kq_obj *value, const char *error)
{
    if (j->form == LST_JOURNAL_NONE || !matches(j, value))
        return;
    if (j->form == LST_JOURNAL_JSON)
        message_json(j, s, msg, value, error);
    else
        message_text(j, s, msg, value, error);
    if (j->hex) {
        kq_hex_dump(j->out, kq_msg_bytes(msg), msg->len, 0, "");
        kq_out_flush(j->out);
    }
    j->n++;
}

/* ---- answers ------------------------------------------------------------------------- */

static void reply_json(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns)
{
    struct kq_json json = kq_json(j->out);
    kq_json_obj_begin(&json);
    kq_json_key_i64(&json, "v", 1);
    kq_json_key_i64(&json, "n", j->n);
    json_time(j, &json);
    kq_json_key_i64(&json, "conn", s->handle);
    kq_json_key_str(&json, "dst", s->peer, strlen(s->peer));
    kq_json_key_str(&json, "kind", error ? "error" : "response", error ? 5 : 8);
    kq_json_key_i64(&json, "size", (int64_t)size);
    kq_json_key(&json, "value");
    if (value)
        kq_json_value(&json, value, KQ_JSON_ROWS, &kq_style_default);
    else
        kq_json_null(&json);
    kq_json_key(&json, "latency_us");
    kq_json_f64(&json, (double)elapsed_ns / 1000);
    kq_json_key(&json, "error");
    kq_json_strz(&json, error);
    kq_json_obj_end(&json);
    end_line(j);
}

static void reply_text(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns)
{
    struct kq_style style = kq_style_default;
    style.max_items = TEXT_ITEMS;
    style.depth = TEXT_DEPTH;
    text_head(j, error ? "error" : "response", s);
    kq_out_printf(j->out, " %zu bytes %.1f us  ", size, (double)elapsed_ns / 1000);
    if (value)
        kq_repr(j->out, value, &style);
    else
        kq_out_printf(j->out, "'%s", error);
    end_line(j);
}

void lst_journal_reply(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns)
{
    if (j->form == LST_JOURNAL_JSON)
        reply_json(j, s, value, error, size, elapsed_ns);
    else if (j->form == LST_JOURNAL_TEXT)
        reply_text(j, s, value, error, size, elapsed_ns);
    if (j->form != LST_JOURNAL_NONE)
        j->n++;
}
