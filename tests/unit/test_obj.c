/*
 * test_obj.c - the value model: references, views, building, order, deep frees.
 */
#include "obj/cmp.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "obj/null.h"
#include "obj/prim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void atoms_hold_their_value(void **state)
{
    (void)state;
    struct kq_obj *j = kq_long(42), *f = kq_float(1.5), *s = kq_atom_symz("abc");
    assert_int_equal(j->type, -KQ_LONG);
    assert_int_equal(kq_int_at(j, 0), 42);
    assert_true(kq_float_at(f, 0) == 1.5);
    assert_string_equal(kq_sym_text(s), "abc");
    assert_ptr_equal(kq_sym_text(s), kq_symz("abc"));
    kq_unref(j);
    kq_unref(f);
    kq_unref(s);
    assert_int_equal(kq_obj_live(), 0);
}

static struct kq_rcbuf *bytes(const char *s, size_t n)
{
    struct kq_rcbuf *b = kq_rcbuf_new(n);
    memcpy(b->data, s, n);
    return b;
}

static void views_read_unaligned_and_keep_the_buffer(void **state)
{
    (void)state;
    struct kq_rcbuf *b = bytes("\xff\x01\x00\x00\x00\xfe\xff\xff\xff", 9);
    struct kq_obj *v = kq_vec_view(KQ_INT, 2, b->data + 1, b);
    kq_rcbuf_unref(b);
    assert_int_equal(kq_int_at(v, 0), 1);
    assert_int_equal(kq_int_at(v, 1), -2);
    struct kq_obj *own = kq_own(v);
    kq_unref(v);
    assert_int_equal(kq_ints(own)[1], -2);
    kq_unref(own);
    assert_int_equal(kq_obj_live(), 0);
}

static void symbol_views_walk_and_intern(void **state)
{
    (void)state;
    struct kq_rcbuf *b = bytes("a\0\0bc", 6);
    struct kq_obj *v = kq_vec_view(KQ_SYMBOL, 3, b->data, b);
    kq_rcbuf_unref(b);
    struct kq_obj *own = kq_own(v);
    assert_true(kq_identical(v, own));
    assert_true(kq_hash(v) == kq_hash(own));
    assert_ptr_equal(kq_syms(own)[1], kq_sym_null);
    assert_true(kq_is_null_at(v, 1));
    assert_false(kq_is_null_at(v, 2));
    struct kq_obj *last = kq_at(v, 2);
    assert_string_equal(kq_sym_text(last), "bc");
    kq_unref(last);
    kq_unref(v);
    kq_unref(own);
    assert_int_equal(kq_obj_live(), 0);
}

static void a_million_levels_are_freed_without_recursion(void **state)
{
    (void)state;
    struct kq_obj *o = kq_long(1);
    for (int i = 0; i < 1000000; i++) {
        struct kq_obj *outer = kq_derived(KQ_EACH, o);
        kq_unref(o);
        o = outer;
    }
    kq_unref(o);
    assert_int_equal(kq_obj_live(), 0);
}

static void lists_collapse_to_vectors(void **state)
{
    (void)state;
    struct kq_obj *v = kq_collapse_take(kq_list_of(2, kq_long(1), kq_long(2)));
    assert_int_equal(v->type, KQ_LONG);
    assert_int_equal(kq_longs(v)[1], 2);
    struct kq_obj *m = kq_collapse_take(kq_list_of(2, kq_long(1), kq_float(2)));
    assert_int_equal(m->type, KQ_LIST);
    kq_unref(v);
    kq_unref(m);
    assert_int_equal(kq_obj_live(), 0);
}

static void pushing_grows_and_checks_the_type(void **state)
{
    (void)state;
    struct kq_obj *v = kq_vec_new(KQ_SHORT, 0), *h = kq_atom_int(KQ_SHORT, -3), *j = kq_long(1);
    for (int i = 0; i < 1000; i++)
        assert_true(kq_push(&v, h));
    assert_false(kq_push(&v, j));
    assert_int_equal(v->n, 1000);
    assert_int_equal(kq_int_at(v, 999), -3);
    kq_unref(v);
    kq_unref(h);
    kq_unref(j);
    assert_int_equal(kq_obj_live(), 0);
}

static void unsharing_copies_only_what_is_shared(void **state)
{
    (void)state;
    struct kq_obj *v = kq_string("abc", 3);
    struct kq_obj *same = kq_unshare_take(v);
    assert_ptr_equal(v, same);
    struct kq_obj *copy = kq_unshare_take(kq_ref(v));
    assert_ptr_not_equal(copy, v);
    copy->u.v.data[0] = 'x';
    assert_int_equal(v->u.v.data[0], 'a');
    kq_unref(v);
    kq_unref(copy);
    assert_int_equal(kq_obj_live(), 0);
}

static void rows_of_a_table_are_dictionaries(void **state)
{
    (void)state;
    struct kq_obj *names = kq_collapse_take(kq_list_of(2, kq_atom_symz("a"), kq_atom_symz("b")));
    struct kq_obj *a = kq_vec_new(KQ_LONG, 2), *b = kq_string("xy", 2);
    kq_longs(a)[0] = 1;
    kq_longs(a)[1] = 2;
    struct kq_obj *cols = kq_list_of(2, a, b);
    assert_true(kq_table_shape(names, cols, NULL));
    struct kq_obj *t = kq_table(names, cols);
    struct kq_obj *row = kq_at(t, 1);
    assert_int_equal(row->type, KQ_DICT);
    struct kq_obj *cell = kq_at(kq_values(row), 1);
    assert_int_equal(kq_int_at(cell, 0), 'y');
    assert_int_equal(kq_count(t), 2);
    assert_int_equal(kq_column_find(t, "b", 1), 1);
    struct kq_obj *last = kq_slice(t, 1, 1);
    assert_int_equal(kq_int_at(kq_child(kq_columns(last), 0), 0), 2);
    kq_unref(last);
    kq_unref(cell);
    kq_unref(row);
    kq_unref(t);
    kq_unref(names);
    kq_unref(cols);
    assert_int_equal(kq_obj_live(), 0);
}

static void a_table_needs_columns_of_one_length(void **state)
{
    (void)state;
    const char *why = NULL;
    struct kq_obj *names = kq_collapse_take(kq_list_of(2, kq_atom_symz("a"), kq_atom_symz("b")));
    struct kq_obj *cols = kq_list_of(2, kq_string("x", 1), kq_string("xy", 2));
    assert_false(kq_table_shape(names, cols, &why));
    assert_string_equal(why, "columns of different length");
    kq_unref(names);
    kq_unref(cols);
}

static void order_puts_nulls_first_and_tolerates_in_match(void **state)
{
    (void)state;
    struct kq_obj *n = kq_float(NAN), *x = kq_float(1), *y = kq_float(1 + 0x1p-50);
    assert_true(kq_compare(n, x) < 0);
    assert_true(kq_compare(x, y) < 0);
    assert_true(kq_match(x, y));
    assert_false(kq_identical(x, y));
    struct kq_obj *j = kq_long(1);
    assert_false(kq_match(x, j));
    kq_unref(n);
    kq_unref(x);
    kq_unref(y);
    kq_unref(j);
}

static void primitives_have_spellings(void **state)
{
    (void)state;
    int code = -1;
    assert_int_equal(kq_prim_find("+", 1, &code), KQ_BINARY);
    assert_int_equal(code, 1);
    assert_int_equal(kq_prim_find("neg", 3, &code), KQ_UNARY);
    assert_int_equal(code, 2);
    assert_string_equal(kq_prim_text(KQ_UNARY, 2), "-:");
    assert_string_equal(kq_prim_text(KQ_UNARY, KQ_CODE_ELIDED), "");
    assert_null(kq_prim_text(KQ_UNARY, 45));
    assert_int_equal(kq_prim_last(KQ_BINARY), 36);
    assert_string_equal(kq_iterator_text(KQ_EACHRIGHT), "/:");
    assert_int_equal(kq_prim_find("nosuch", 6, &code), 0);
}

static void nulls_follow_the_width(void **state)
{
    (void)state;
    assert_int_equal(kq_int_null(KQ_SHORT), INT16_MIN);
    assert_int_equal(kq_int_inf(KQ_TIME), INT32_MAX);
    struct kq_obj *d = kq_null_atom(KQ_DATE);
    assert_true(kq_is_null_at(d, 0));
    assert_int_equal(d->type, -KQ_DATE);
    kq_unref(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_hold_their_value),
        cmocka_unit_test(views_read_unaligned_and_keep_the_buffer),
        cmocka_unit_test(symbol_views_walk_and_intern),
        cmocka_unit_test(a_million_levels_are_freed_without_recursion),
        cmocka_unit_test(lists_collapse_to_vectors),
        cmocka_unit_test(pushing_grows_and_checks_the_type),
        cmocka_unit_test(unsharing_copies_only_what_is_shared),
        cmocka_unit_test(rows_of_a_table_are_dictionaries),
        cmocka_unit_test(a_table_needs_columns_of_one_length),
        cmocka_unit_test(order_puts_nulls_first_and_tolerates_in_match),
        cmocka_unit_test(primitives_have_spellings),
        cmocka_unit_test(nulls_follow_the_width),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
