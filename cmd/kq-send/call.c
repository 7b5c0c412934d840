/*
 * call.c - merges operands and typed options by position and reads each.
 */
#include "call.h"

#include "base/mem.h"
#include "input.h"
#include "obj/list.h"
#include "text/data.h"
#include "text/jsonobj.h"
#include "text/lit.h"

#include <string.h>

/* `len` bytes as an argument of the given type. */
static struct kq_obj *value(enum send_arg how, struct kq_str s, struct kq_err *err)
{
    struct kq_obj *o = NULL;
    const char *sym = NULL;
    switch (how) {
    case SEND_ARG_Q: return kq_data_parse(s.s, s.len, err);
    case SEND_ARG_STRING: return kq_string(s.s, s.len);
    case SEND_ARG_SYMBOL:
        if (!memchr(s.s, 0, s.len))
            sym = kq_sym(s.s, s.len);
        if (!sym)
            kq_err_set(err, KQ_EUSAGE, "a symbol cannot hold a NUL");
        return sym ? kq_atom_sym(sym) : NULL;
    case SEND_ARG_BYTES:
        o = kq_vec_new(KQ_BYTE, (int64_t)s.len);
        if (o && s.len)
            memcpy(o->u.v.data, s.s, s.len);
        return o;
    case SEND_ARG_JSON: return kq_json_parse(s.s, s.len, err);
    }
    kq_err_set(err, KQ_EUSAGE, "unknown argument format");
    return NULL;
}

/* The content of a file: a string, unless another type was asked for by name. */
static struct kq_obj *file_value(enum send_arg how, const char *path, struct kq_err *err)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    struct kq_obj *o = NULL;
    if (send_read_file(path, &b, err)) {
        struct kq_str s = kq_str(b.data ? (const char *)b.data : "", b.len);
        if (how == SEND_ARG_Q)
            how = SEND_ARG_STRING;
        o = value(how, how == SEND_ARG_SYMBOL ? send_chomp(s) : s, err);
    }
    kq_buf_release(&b);
    return o;
}

/* "@FILE" is a file, "@@text" the text "@text", anything else itself. */
static struct kq_obj *argument(enum send_arg how, const char *word, struct kq_err *err)
{
    if (word[0] == '@' && word[1] != '@')
        return file_value(how, word + 1, err);
    struct kq_obj *o = value(how, kq_strz(word[0] == '@' ? word + 1 : word), err);
    if (!o)
        kq_err_context(err, "argument '%.60s'", word);
    return o;
}

static struct kq_obj *function(const char *name)
{
    size_t len = strlen(name);
    if (len && kq_lit_name_len(name, len) == len)
        return kq_atom_symz(name);
    return kq_string(name, len);
}

/* Push the argument and drop our reference. */
static bool add(struct kq_obj **list, struct kq_obj *o)
{
    bool ok = o && kq_push(list, o);
    kq_unref(o);
    return ok;
}

struct kq_obj *send_call(const struct send_ask *ask, char **words, int n_words, struct kq_err *err)
{
    struct kq_obj *list = kq_vec_new(KQ_LIST, 0);
    bool ok = add(&list, function(ask->call));
    size_t typed = 0;
    for (int i = 0; ok && i <= n_words; i++) {
        /* Options stand `after` operands, of which TARGET is one. */
        for (; ok && typed < ask->n_words && ask->words[typed].after <= i + 1; typed++) {
            const struct send_word *w = &ask->words[typed];
            if (w->kind != SEND_WORD_ARG)
                ok = kq_fail(err, KQ_EUSAGE, "-e and -f do not go with --call");
            else
                ok = add(&list, argument(w->arg, w->text, err));
        }
        if (ok && i < n_words)
            ok = add(&list, argument((enum send_arg)ask->arg_format, words[i], err));
    }
    if (ok && list->n == 1)
        ok = add(&list, kq_generic_null());
    if (!ok) {
        kq_unref(list);
        return NULL;
    }
    return list;
}
