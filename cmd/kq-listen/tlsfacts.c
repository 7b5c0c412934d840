/*
 * tlsfacts.c - struct kq_tls_info as nested dictionaries with kdb+'s names.
 */
#include "tlsfacts.h"

#include "context.h"
#include "obj/dict.h"
#include "obj/list.h"

/* Names and values that belong together. */
struct facts {
    struct kq_obj *names, *values;
};

static struct facts begin(void)
{
    return (struct facts){kq_vec_new(KQ_SYMBOL, 0), kq_vec_new(KQ_LIST, 0)};
}

static void add_take(struct facts *f, const char *name, struct kq_obj *value)
{
    struct kq_obj *symbol = kq_atom_symz(name);
    kq_push(&f->names, symbol);
    kq_push(&f->values, value);
    kq_unref(symbol);
    kq_unref(value);
}

static void add_text(struct facts *f, const char *name, const char *text)
{
    add_take(f, name, kq_stringz(text));
}

static struct kq_obj *end(struct facts *f)
{
    struct kq_obj *dict = kq_dict(f->names, f->values);
    kq_unref(f->names);
    kq_unref(f->values);
    return dict;
}

static struct kq_obj *certificate(const struct kq_tls_cert *cert,
                                  const struct kq_tls_info *verified)
{
    struct facts f = begin();
    if (cert->present) {
        add_text(&f, "SUBJECT", cert->subject);
        add_text(&f, "ISSUER", cert->issuer);
        add_text(&f, "SERIALNUMBER", cert->serial);
        add_text(&f, "NOTVALIDBEFORE", cert->not_before);
        add_text(&f, "NOTVALIDAFTER", cert->not_after);
    }
    if (cert->present && verified) {
        add_take(&f, "VERIFIED", kq_bool(verified->verified));
        add_text(&f, "VERIFYERROR", verified->verify_error);
    }
    return end(&f);
}

struct kq_obj *lst_tls_facts(void *arg, struct q *q)
{
    struct lst_context *c = arg;
    struct lst_session *s = lst_sessions_get(&c->sessions, q_peer(q)->handle);
    struct kq_stream *stream = s && !s->closed ? s->ops->stream(s) : NULL;
    struct kq_tls *tls = stream ? kq_stream_tls(stream) : NULL;
    struct kq_tls_info info;
    struct facts f = begin();
    if (tls) {
        kq_tls_info(tls, &info);
        add_text(&f, "CIPHER", info.cipher);
        add_text(&f, "PROTOCOL", info.protocol);
        add_take(&f, "CERT", certificate(&info.peer, &info));
        add_take(&f, "LOCAL_CERT", certificate(&info.local, NULL));
    }
    return end(&f);
}
