/*
 * opt_format.c - formats are looked up in each tool's own list of words and
 * then in the one list of all formats, so a tool accepts only what it prints.
 */
#include "cli/opt_format.h"

#include "base/num.h"

#define OFF(field) offsetof(struct kq_opt_format, field)

enum { FORMAT, JSON, PRECISION }; /* `off` of the rows that kq_opt_format_call handles */

static const char names[] = "text|q|json|jsonl|csv|tsv|raw|console|hex|tree|ipc|payload|tplog|none";

#define FORMAT_ROW(who, words)                                                \
    {                                                                         \
        'F', "format", KQ_OPT_CALL, KQ_OPT_ENV | KQ_OPT_PROFILE, who, FORMAT, \
            .arg = "FMT:" words, .help = "output format"                      \
    }

const struct kq_opt kq_opt_format_rows[KQ_OPT_FORMAT_N] = {
    FORMAT_ROW(KQ_TOOL_SEND, "text|q|json|jsonl|csv|tsv|raw|console|hex|ipc|payload|none"),
    FORMAT_ROW(KQ_TOOL_LISTEN, "text|q|json|jsonl|csv|tsv|raw|hex|ipc|payload|tplog|none"),
    FORMAT_ROW(KQ_TOOL_DUMP, "text|json|jsonl|csv|tsv|q|hex|tree|ipc|payload|tplog|none"),
    FORMAT_ROW(KQ_TOOL_PIPE, "text|q|json|jsonl|csv|tsv|hex|ipc|payload|tplog|none"),
    {'j', "json", KQ_OPT_CALL, KQ_OPT_OPTIONAL, .off = JSON, .arg = "rows|columns|typed",
     .help = "same as -F jsonl; the shape of tables, or lossless with types"},
    {0, "int64", KQ_OPT_ENUM, KQ_OPT_PROFILE, .off = OFF(int64), .arg = "number|string",
     .help = "longs and timespans in JSON; string keeps them exact in jq 1.6 and JavaScript"},
    {0, "null", KQ_OPT_STRING, KQ_OPT_OPTIONAL, .off = OFF(null_text), .arg = "TEXT",
     .help = "spelling of q nulls in csv, tsv and text"},
    {0, "max-items", KQ_OPT_INT, .tools = KQ_TOOL_SEND | KQ_TOOL_LISTEN | KQ_TOOL_DUMP,
     .off = OFF(max_items), .arg = "N", .help = "cut longer lists; 0 for all"},
    {0, "depth", KQ_OPT_INT, .tools = KQ_TOOL_SEND | KQ_TOOL_LISTEN | KQ_TOOL_DUMP,
     .off = OFF(depth), .arg = "N", .help = "cut what is nested deeper; 0 for all"},
    {0, "precision", KQ_OPT_CALL, KQ_OPT_PROFILE, .off = PRECISION, .arg = "N",
     .help = "digits of floats as with \\P, or shortest: as few as read back the same "
             "(default 7 in text, else shortest)"},
};

int kq_format_parse(struct kq_str name)
{
    return kq_opt_choice(kq_strz(names), name);
}

struct kq_str kq_format_name(int format)
{
    struct kq_str head, rest = kq_strz(names);
    do
        kq_str_cut(rest, '|', &head, &rest);
    while (format-- > 0);
    return head;
}

struct kq_style kq_format_style(const struct kq_opt_format *f)
{
    struct kq_style style = kq_style_default;
    style.null_text = f->null_text;
    style.int64_string = f->int64 == 1;
    style.max_items = f->max_items;
    style.depth = (int)f->depth;
    if (f->precision)
        style.precision = f->precision;
    else if (f->format != KQ_FORMAT_TEXT)
        style.precision = KQ_SHORTEST;
    return style;
}

/* q's \P, where 0 is the most that a double can need, or a word. */
static bool set_precision(struct kq_opt_format *f, struct kq_str word, struct kq_err *err)
{
    int64_t digits;
    if (kq_str_is(word, "shortest")) {
        f->precision = KQ_SHORTEST;
        return true;
    }
    if (!kq_parse_i64(word.s, word.len, &digits) || digits < 0 || digits > 17)
        return kq_fail(err, KQ_EUSAGE, "option '--precision': '%s' is neither 0 to 17 nor shortest",
                       word.s);
    f->precision = digits ? (int)digits : 17;
    return true;
}

bool kq_opt_format_call(struct kq_opts *p, const struct kq_opt *o, char *value, void *group,
                        struct kq_err *err)
{
    (void)p;
    struct kq_opt_format *f = group;
    if (o->off == PRECISION)
        return set_precision(f, kq_strz(value), err);
    struct kq_str word = kq_strz(value ? value : "rows");
    int choice = kq_opt_choice(kq_opt_choices(o), word);
    if (choice < 0)
        return kq_fail(err, KQ_EUSAGE, "option '--%s': '%s' is none of %.*s", o->name, word.s,
                       KQ_STR_FMT(kq_opt_choices(o)));
    if (o->off == JSON) {
        f->json = choice;
        f->format = KQ_FORMAT_JSONL;
    } else {
        f->format = kq_format_parse(word);
    }
    return true;
}
