/*
 * msgjson.c - fixed fields in a fixed order through the streaming writer.
 */
#include "cli/msgjson.h"

#include "base/cal.h"

/* The text of a name, a symbol atom or a string; s NULL for anything else. */
static struct kq_str name_of(const struct kq_obj *x)
{
    if (x->type == -KQ_SYMBOL)
        return kq_str(kq_sym_text(x), kq_sym_textlen(x));
    if (x->type == KQ_CHAR)
        return kq_str((const char *)kq_data(x), (size_t)x->n);
    return kq_str(NULL, 0);
}

/* Items of any list as far as a call needs them: name and first argument. */
static void from_symbols(struct kq_msgrec *m, const struct kq_obj *x)
{
    struct kq_symiter it = kq_symiter(x);
    struct kq_str *to[] = {&m->fn, &m->table};
    for (int64_t i = 0; i < x->n && i < 2; i++)
        to[i]->s = kq_symiter_next(&it, &to[i]->len);
}

void kq_msgrec_call(struct kq_msgrec *m, const struct kq_obj *x)
{
    if (x->type == KQ_CHAR) {
        m->query = name_of(x);
    } else if (x->type == KQ_SYMBOL) {
        from_symbols(m, x);
    } else if (x->type == KQ_LIST && x->n > 0) {
        m->fn = name_of(kq_child(x, 0));
        if (x->n > 1 && kq_child(x, 1)->type == -KQ_SYMBOL)
            m->table = name_of(kq_child(x, 1));
    }
}

static void strz_field(struct kq_json *j, const char *name, const char *s)
{
    kq_json_key(j, name);
    kq_json_strz(j, s);
}

static void time_field(struct kq_json *j, int64_t unix_ns)
{
    char text[KQ_CAL_MAX];
    size_t n = kq_fmt_iso_timestamp(text, kq_cal_from_unix_ns(unix_ns));
    text[n++] = 'Z';
    kq_json_key_str(j, "time", unix_ns ? kq_str(text, n) : kq_str(NULL, 0));
}

static void value_field(struct kq_json *j, const struct kq_obj *x, enum kq_json_mode mode,
                        const struct kq_style *style)
{
    kq_json_key(j, "value");
    if (x)
        kq_json_value(j, x, mode, style);
    else
        kq_json_null(j);
}

void kq_msgrec_json(struct kq_out *o, const struct kq_msgrec *m, enum kq_json_mode mode,
                    const struct kq_style *style)
{
    struct kq_json j = kq_json(o);
    kq_json_obj_begin(&j);
    kq_json_key_i64(&j, "v", 1);
    kq_json_key_i64(&j, "n", (int64_t)m->n);
    time_field(&j, m->time_ns);
    kq_json_key_i64(&j, "conn", (int64_t)m->conn);
    strz_field(&j, "src", m->src);
    strz_field(&j, "dst", m->dst);
    strz_field(&j, "kind", m->kind_text ? m->kind_text : kq_kind_name(m->kind));
    kq_json_key_i64(&j, "size", (int64_t)m->size);
    kq_json_key(&j, "zsize");
    if (m->zsize)
        kq_json_u64(&j, m->zsize);
    else
        kq_json_null(&j);
    strz_field(&j, "endian", m->big ? "big" : "little");
    kq_json_key_str(&j, "fn", m->fn);
    kq_json_key_str(&j, "table", m->table);
    kq_json_key_str(&j, "query", m->query);
    value_field(&j, m->value, mode, style);
    kq_json_key(&j, "latency_us");
    if (m->latency_us >= 0)
        kq_json_f64(&j, m->latency_us);
    else
        kq_json_null(&j);
    kq_json_key(&j, "reply_to");
    if (m->reply_to >= 0)
        kq_json_i64(&j, m->reply_to);
    else
        kq_json_null(&j);
    kq_json_key_str(&j, "error", m->error);
    kq_json_obj_end(&j);
}
