/*
 * rules.c - parsing of rules and the search for the first that fits.
 */
#include "rules.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/num.h"
#include "base/rcbuf.h"
#include "text/data.h"
#include "text/jsonobj.h"
#include "text/repr.h"
#include "wire/decode.h"
#include "wire/header.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

enum { MAX_FILE = 256 << 20 };

/* ---- files ------------------------------------------------------------------ */

static struct kq_rcbuf *read_all(const char *path, struct kq_err *err)
{
    FILE *f = fopen(path, "re");
    struct kq_buf b;
    kq_buf_init(&b, MAX_FILE);
    for (size_t n = 1; f && n;) {
        uint8_t *room = kq_buf_reserve(&b, 65536);
        n = room ? fread(room, 1, 65536, f) : 0;
        kq_buf_advance(&b, n);
    }
    bool bad = !f || ferror(f) || b.failed;
    if (bad)
        kq_err_errno(err, KQ_EIO, f ? EFBIG : errno, "cannot read %s", path);
    if (f)
        fclose(f);
    size_t len;
    uint8_t *data = kq_buf_take(&b, &len);
    if (!bad)
        return kq_rcbuf_adopt(data, len);
    free(data);
    return NULL;
}

/* A frame says how long it is; a payload decodes; anything else is text: JSON by its name, or q. */
static struct kq_obj *value_of_file(const struct kq_rcbuf *file, const char *name,
                                    struct kq_err *err)
{
    struct kq_header head;
    struct kq_str text = kq_str_trim(kq_str((const char *)file->data, file->len));
    if (kq_str_ends(kq_strz(name), ".json"))
        return kq_json_parse(text.s, text.len, err);
    if (file->len > KQ_HEADER_LEN && kq_header_parse(file->data, &head, NULL) &&
        head.total == file->len) {
        struct kq_rcbuf *shared = kq_rcbuf_wrap(file->data, file->len, NULL, NULL);
        struct kq_msg msg = {.head = head, .frame = shared, .len = file->len};
        struct kq_obj *value = kq_decode_msg(&msg, NULL, err);
        kq_rcbuf_unref(shared);
        return value;
    }
    struct kq_obj *value = kq_decode_bytes(file->data, file->len, false, NULL, NULL);
    return value ? value : kq_data_parse(text.s, text.len, err);
}

static bool reply_from_file(struct lst_reply *reply, struct kq_str path, struct kq_err *err)
{
    char *name = kq_memdup0(path.s, path.len);
    struct kq_rcbuf *file = read_all(name, err);
    struct kq_obj *value = file ? value_of_file(file, name, err) : NULL;
    if (file && !value)
        kq_err_context(err, "%s", name);
    kq_rcbuf_unref(file);
    free(name);
    if (!value)
        return false;
    *reply = (struct lst_reply){.action = LST_VALUE, .value = value};
    if (value->type == KQ_ERROR) {
        *reply = (struct lst_reply){.action = LST_ERROR, .error = kq_strdup(kq_sym_text(value))};
        kq_unref(value);
    }
    return true;
}

/* ---- VALUE --------------------------------------------------------------------- */

static bool word_action(struct kq_str text, enum lst_action *action)
{
    static const struct {
        const char *word;
        enum lst_action action;
    } words[] = {{"eval", LST_EVAL},
                 {"echo", LST_ECHO},
                 {"close", LST_CLOSE},
                 {"hang", LST_HANG},
                 {"literal", LST_LITERAL}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (kq_str_is(text, words[i].word)) {
            *action = words[i].action;
            return true;
        }
    }
    return false;
}

bool lst_reply_parse(struct lst_reply *reply, struct kq_str text, struct kq_err *err)
{
    *reply = (struct lst_reply){.action = LST_VALUE};
    text = kq_str_trim(text);
    if (word_action(text, &reply->action))
        return true;
    if (text.len && text.s[0] == '\'') {
        reply->action = LST_ERROR;
        reply->error = kq_memdup0(text.s + 1, text.len - 1);
        return true;
    }
    if (text.len && text.s[0] == '@')
        return reply_from_file(reply, kq_str(text.s + 1, text.len - 1), err);
    reply->value = kq_data_parse(text.s, text.len, err);
    return reply->value != NULL;
}

void lst_reply_release(struct lst_reply *reply)
{
    kq_unref(reply->value);
    free(reply->error);
    *reply = (struct lst_reply){.action = LST_EVAL};
}

void lst_reply_copy(struct lst_reply *to, const struct lst_reply *from)
{
    *to = *from;
    if (to->value)
        kq_ref(to->value);
    if (to->error)
        to->error = kq_strdup(to->error);
}

/* ---- rules ----------------------------------------------------------------------- */

static void rule_release(struct lst_rule *rule)
{
    regfree(&rule->re);
    lst_reply_release(&rule->reply);
    free(rule->user);
}

void lst_rules_release(struct lst_rules *r)
{
    for (size_t i = 0; i < r->n; i++)
        rule_release(&r->rule[i]);
    free(r->rule);
    *r = (struct lst_rules){.faults = r->faults};
}

static int take_fault(const struct lst_rules *r, struct lst_rule *rule, struct kq_str spec,
                      struct kq_err *err)
{
    if (!r->faults)
        return kq_fail(err, KQ_EUSAGE, "fault= is not possible here") - 1;
    rule->fault = lst_faults_add_for_rule(r->faults, spec, err);
    return rule->fault < 0 ? -1 : 1;
}

/* KEY=WORD in front of the rule proper: 1 taken, 0 it is none, -1 with `err`. */
static int take_key(const struct lst_rules *r, struct lst_rule *rule, struct kq_str word,
                    struct kq_err *err)
{
    struct kq_str key, value;
    bool ok = true;
    if (!kq_str_cut(word, '=', &key, &value))
        return 0;
    if (kq_str_is(key, "delay"))
        ok = kq_parse_duration(value, &rule->delay_ns);
    else if (kq_str_is(key, "times"))
        ok = kq_parse_i64(value.s, value.len, &rule->times) && rule->times > 0;
    else if (kq_str_is(key, "kind") && kq_str_is(value, "sync"))
        rule->kind = KQ_SYNC;
    else if (kq_str_is(key, "kind") && kq_str_is(value, "async"))
        rule->kind = KQ_ASYNC;
    else if (kq_str_is(key, "kind"))
        ok = false;
    else if (kq_str_is(key, "user"))
        rule->user = kq_memdup0(value.s, value.len);
    else if (kq_str_is(key, "fault"))
        return take_fault(r, rule, value, err);
    else
        return 0;
    if (ok)
        return 1;
    kq_err_set(err, KQ_EUSAGE, "bad %.*s", KQ_STR_FMT(word));
    return -1;
}

static bool take_keys(const struct lst_rules *r, struct lst_rule *rule, struct kq_str *text,
                      struct kq_err *err)
{
    for (;;) {
        struct kq_str word, rest;
        *text = kq_str_trim(*text);
        if (!kq_str_cut(*text, ' ', &word, &rest))
            return true;
        int taken = take_key(r, rule, word, err);
        if (taken <= 0)
            return taken == 0;
        *text = rest;
    }
}

/* Where RE ends: the first '=' that is not escaped and not inside [...]. */
static bool split_rule(struct kq_str text, struct kq_str *re, struct kq_str *value)
{
    bool bracket = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.s[i];
        if (c == '\\') {
            i++;
        } else if (c == '[') {
            bracket = true;
        } else if (c == ']') {
            bracket = false;
        } else if (c == '=' && !bracket) {
            *re = kq_str(text.s, i);
            *value = kq_str(text.s + i + 1, text.len - i - 1);
            return true;
        }
    }
    return false;
}

/* `\=` is an escape of ours, not of the expression. */
static char *unescape_equals(struct kq_str re)
{
    char *copy = kq_memdup0(re.s, re.len), *to = copy;
    for (const char *p = copy; *p; p++) {
        if (p[0] != '\\' || p[1] != '=')
            *to++ = *p;
    }
    *to = 0;
    return copy;
}

static bool compile(struct lst_rule *rule, struct kq_str text, struct kq_err *err)
{
    char why[128];
    char *re = unescape_equals(text);
    int code = regcomp(&rule->re, re, REG_EXTENDED | REG_NOSUB);
    if (code) {
        regerror(code, &rule->re, why, sizeof why);
        kq_err_set(err, KQ_EUSAGE, "bad regular expression '%s': %s", re, why);
    }
    free(re);
    return code == 0;
}

static bool parse_rule(const struct lst_rules *r, struct lst_rule *rule, struct kq_str text,
                       struct kq_err *err)
{
    struct kq_str re, value;
    if (!take_keys(r, rule, &text, err))
        return false;
    if (!split_rule(text, &re, &value))
        return kq_fail(err, KQ_EUSAGE, "expected RE=VALUE, not '%.*s'", KQ_STR_FMT(text));
    if (!lst_reply_parse(&rule->reply, value, err))
        return false;
    return compile(rule, re, err);
}

bool lst_rules_add(struct lst_rules *r, struct kq_str text, const char *where, struct kq_err *err)
{
    struct lst_rule rule = {.times = -1, .kind = -1, .fault = -1};
    if (!parse_rule(r, &rule, text, err)) {
        lst_reply_release(&rule.reply);
        free(rule.user);
        kq_err_context(err, "%s", where);
        return false;
    }
    r->rule = kq_realloc(r->rule, (r->n + 1) * sizeof *r->rule);
    r->rule[r->n++] = rule;
    return true;
}

bool lst_rules_load(struct lst_rules *r, const char *path, struct kq_err *err)
{
    struct kq_rcbuf *file = read_all(path, err);
    if (!file)
        return false;
    struct kq_str rest = kq_str((const char *)file->data, file->len), line;
    bool ok = true;
    for (int number = 1; ok && rest.len; number++) {
        char where[300];
        kq_str_cut(rest, '\n', &line, &rest);
        line = kq_str_trim(line);
        snprintf(where, sizeof where, "%s:%d", path, number);
        if (line.len && line.s[0] != '#')
            ok = lst_rules_add(r, line, where, err);
    }
    kq_rcbuf_unref(file);
    return ok;
}

void lst_request_text(struct kq_out *o, const struct kq_obj *request)
{
    if (request->type == KQ_CHAR)
        kq_out_write(o, kq_data(request), (size_t)request->n);
    else
        kq_repr(o, request, &kq_style_default);
    kq_out_char(o, 0);
}

static bool fits(const struct lst_rule *rule, const char *text, enum kq_kind kind, const char *user)
{
    return rule->times != 0 && (rule->kind < 0 || rule->kind == (int)kind) &&
           (!rule->user || strcmp(rule->user, user) == 0) &&
           regexec(&rule->re, text, 0, NULL, 0) == 0;
}

struct lst_rule *lst_rules_find(struct lst_rules *r, const char *text, enum kq_kind kind,
                                const char *user)
{
    for (size_t i = 0; i < r->n; i++) {
        struct lst_rule *rule = &r->rule[i];
        if (!fits(rule, text, kind, user))
            continue;
        if (rule->times > 0)
            rule->times--;
        return rule;
    }
    return NULL;
}
