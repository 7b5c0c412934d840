/*
 * journal.c - the lines of --log, in text or JSON.
 *
 * Values are shown in q's one-line form, cut in the text log.  Every line is
 * flushed: a test that waits for one must not wait for the next.
 */
#include "journal.h"

#include "base/cal.h"
#include "base/num.h"
#include "cli/msgjson.h"
#include "cli/opt_common.h"
#include "text/hex.h"
#include "text/jsonval.h"
#include "text/repr.h"

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

/* In JSON a time looks the same from every tool. */
static void json_time(struct kq_json *json)
{
    char text[64];
    size_t n = kq_fmt_iso_timestamp(text, kq_cal_now_ns());
    text[n++] = 'Z';
    kq_json_key_str(json, "time", kq_str(text, n));
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
    kq_json_key_str(&json, "event", kq_strz(event));
    json_time(&json);
    if (s) {
        kq_json_key_i64(&json, "conn", s->number);
        kq_json_key_i64(&json, "handle", s->handle);
        kq_json_key_str(&json, "src", kq_strz(s->peer));
        kq_json_key_str(&json, "user", kq_strz(s->user));
    }
    if (detail)
        kq_json_key_str(&json, "detail", kq_strz(detail));
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

/* What all records have in common. */
static struct kq_msgrec record(struct lst_journal *j, const struct lst_session *s,
                               enum kq_kind kind, bool incoming)
{
    return (struct kq_msgrec){
        .n = (uint64_t)j->n,
        .time_ns = kq_cal_to_unix_ns(kq_cal_now_ns()),
        .conn = (uint64_t)s->number,
        .src = incoming ? s->peer : s->local,
        .dst = incoming ? s->local : s->peer,
        .kind = kind,
        .latency_us = -1,
        .reply_to = -1,
    };
}

/* The JSON form of one. */
static void put_json(struct lst_journal *j, const struct kq_msgrec *m)
{
    kq_msgrec_json(j->out, m, j->mode, &j->style);
    end_line(j);
}

static void put_value(struct lst_journal *j, const struct kq_obj *value, const char *error)
{
    if (error)
        kq_out_printf(j->out, "%s", error);
    else if (value)
        kq_repr(j->out, value, &j->style);
    end_line(j);
}

static void put_hex(struct lst_journal *j, const struct kq_msg *msg)
{
    if (!j->hex || j->form == LST_JOURNAL_NONE)
        return;
    kq_hex_dump(j->out, kq_msg_bytes(msg), msg->len, 0, "");
    kq_out_flush(j->out);
}

/* A message as it is on the wire. */
static int64_t put_message(struct lst_journal *j, const struct lst_session *s,
                           const struct kq_msg *msg, const struct kq_obj *value, const char *error,
                           bool incoming)
{
    if (j->form == LST_JOURNAL_NONE || !matches(j, value))
        return -1;
    if (j->form == LST_JOURNAL_JSON) {
        struct kq_msgrec m = record(j, s, msg->head.kind, incoming);
        m.size = msg->len;
        m.zsize = msg->head.compressed ? msg->len : 0;
        m.big = msg->head.big;
        m.value = value;
        m.error = error ? kq_strz(error) : kq_str(NULL, 0);
        if (value)
            kq_msgrec_call(&m, value);
        put_json(j, &m);
    } else {
        text_head(j, kq_kind_name(msg->head.kind), s);
        kq_out_printf(j->out, " %zu bytes  ", msg->len);
        put_value(j, value, error);
    }
    put_hex(j, msg);
    return j->n++;
}

int64_t lst_journal_message(struct lst_journal *j, const struct lst_session *s,
                            const struct kq_msg *msg, const struct kq_obj *value, const char *error)
{
    return put_message(j, s, msg, value, error, true);
}

void lst_journal_push(struct lst_journal *j, const struct lst_session *s, const struct kq_msg *msg,
                      const struct kq_obj *value)
{
    put_message(j, s, msg, value, NULL, false);
}

int64_t lst_journal_text(struct lst_journal *j, const struct lst_session *s, const char *text,
                         size_t len)
{
    if (j->form == LST_JOURNAL_NONE)
        return -1;
    if (j->form == LST_JOURNAL_JSON) {
        struct kq_msgrec m = record(j, s, KQ_SYNC, true);
        m.kind_text = "text";
        m.size = len;
        m.query = kq_str(text, len);
        put_json(j, &m);
    } else {
        text_head(j, "text", s);
        kq_out_printf(j->out, " %zu bytes  ", len);
        kq_repr_quoted(j->out, text, len);
        end_line(j);
    }
    return j->n++;
}

/* ---- answers ------------------------------------------------------------------------- */

static void reply_text(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns)
{
    text_head(j, error ? "error" : "response", s);
    kq_out_printf(j->out, " %zu bytes ", size);
    if (elapsed_ns >= 0)
        kq_out_printf(j->out, "%.1f us ", (double)elapsed_ns / 1000);
    kq_out_puts(j->out, error ? " '" : " ");
    put_value(j, value, error);
}

void lst_journal_reply(struct lst_journal *j, const struct lst_session *s,
                       const struct kq_obj *value, const char *error, size_t size,
                       int64_t elapsed_ns, int64_t reply_to)
{
    if (j->form == LST_JOURNAL_NONE || (j->match && reply_to < 0))
        return;
    if (j->form == LST_JOURNAL_TEXT) {
        reply_text(j, s, value, error, size, elapsed_ns);
    } else {
        struct kq_msgrec m = record(j, s, KQ_RESPONSE, false);
        m.size = size;
        m.value = error ? NULL : value;
        m.latency_us = elapsed_ns < 0 ? -1 : (double)elapsed_ns / 1000;
        m.reply_to = reply_to;
        m.error = error ? kq_strz(error) : kq_str(NULL, 0);
        put_json(j, &m);
    }
    j->n++;
}
