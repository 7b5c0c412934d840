/*
 * result.c - types by number, letter, name or kind.
 */
#include "result.h"

#include "base/num.h"
#include "obj/null.h"

#include <math.h>
#include <string.h>

static bool atom_is_true(const struct kq_obj *o)
{
    switch (kq_typeinfo(o->type)->class) {
    case KQ_CLASS_BYTE: return o->u.j != 0 && !(o->type == -KQ_CHAR && o->u.j == ' ');
    case KQ_CLASS_INT: return o->u.j != 0 && !kq_is_null_at(o, 0);
    case KQ_CLASS_FLOAT: return o->u.f != 0 && !isnan(o->u.f);
    case KQ_CLASS_GUID:
    case KQ_CLASS_SYM: return !kq_is_null_at(o, 0);
    case KQ_CLASS_LIST:
    case KQ_CLASS_NONE: break;
    }
    return true;
}

bool send_result_is_true(const struct kq_obj *o)
{
    if (kq_type_is_atom(o->type))
        return atom_is_true(o);
    if (kq_type_is_func(o->type))
        return !kq_is_generic_null(o);
    return kq_count(o) > 0;
}

/* Kinds that are no simple type, as a choice list in the order of enum kind. */
static const char kinds[] = "list|string|table|keyed|dict|function";
enum kind { LIST, STRING, TABLE, KEYED, DICT, FUNCTION };

static bool is_keyed(const struct kq_obj *o)
{
    return o->type == KQ_DICT && kq_child(o, 0)->type == KQ_TABLE;
}

static bool is_kind(const struct kq_obj *o, enum kind kind)
{
    switch (kind) {
    case LIST: return kq_type_is_list(o->type);
    case STRING: return o->type == KQ_CHAR;
    case TABLE: return o->type == KQ_TABLE;
    case KEYED: return is_keyed(o);
    case DICT: return (o->type == KQ_DICT || o->type == KQ_SORTEDDICT) && !is_keyed(o);
    case FUNCTION: return kq_type_is_func(o->type);
    }
    return false;
}

static int kind_of_word(struct kq_str word)
{
    struct kq_str head, rest = kq_strz(kinds);
    for (int i = 0; rest.len; i++) {
        kq_str_cut(rest, '|', &head, &rest);
        if (kq_str_eq(head, word))
            return i;
    }
    return -1;
}

/* The simple type that a letter or name means, -1 for none. */
static int simple_type(const char *want)
{
    size_t len = strlen(want);
    return len == 1 ? kq_type_of_char(want[0]) : kq_type_of_name(want, len);
}

bool send_result_known(const char *want, struct kq_err *err)
{
    int64_t number;
    if (kq_parse_i64(want, strlen(want), &number) || kind_of_word(kq_strz(want)) >= 0 ||
        simple_type(want) >= 0)
        return true;
    return kq_fail(err, KQ_EUSAGE, "option '--type-check': '%s' is no type: use 98, j, long or %s",
                   want, kinds);
}

static bool matches(const struct kq_obj *o, const char *want)
{
    int64_t number;
    if (kq_parse_i64(want, strlen(want), &number))
        return number == o->type;
    int kind = kind_of_word(kq_strz(want));
    if (kind >= 0)
        return is_kind(o, (enum kind)kind);
    int simple = simple_type(want);
    return o->type == simple || o->type == -simple;
}

bool send_result_check(const struct kq_obj *o, const char *want, struct kq_err *err)
{
    if (matches(o, want))
        return true;
    return kq_fail(err, KQ_EPROTO, "the result has type %d, not %s", o->type, want);
}
