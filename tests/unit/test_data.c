/* Data-only q text: what it reads, and what it refuses with which message. */
#include "text/data.h"

#include "obj/cmp.h"
#include "obj/dict.h"
#include "obj/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct kq_obj *parse(const char *text)
{
    struct kq_err err = {0};
    struct kq_obj *o = kq_data_parse(text, strlen(text), &err);
    if (!o)
        fail_msg("%s: %s", text, err.msg);
    return o;
}

/* `text` is what `want` is; consumes `want`. */
static void reads_as(const char *text, struct kq_obj *want)
{
    struct kq_obj *o = parse(text);
    if (!kq_identical(o, want) || o->attr != want->attr)
        fail_msg("%s: not what was expected (type %d)", text, o->type);
    kq_unref(o);
    kq_unref(want);
}

/* Two spellings of the same value. */
static void same(const char *a, const char *b)
{
    reads_as(a, parse(b));
}

static struct kq_obj *longs(int64_t a, int64_t b)
{
    struct kq_obj *v = kq_vec_new(KQ_LONG, 2);
    kq_longs(v)[0] = a;
    kq_longs(v)[1] = b;
    return v;
}

static struct kq_obj *names2(void)
{
    struct kq_obj *v = kq_vec_new(KQ_SYMBOL, 2);
    kq_syms(v)[0] = kq_symz("a");
    kq_syms(v)[1] = kq_symz("b");
    return v;
}

static void test_lists(void **state)
{
    (void)state;
    reads_as("()", kq_vec_new(KQ_LIST, 0));
    reads_as(" 1 2 ", longs(1, 2));
    reads_as("(1;2)", longs(1, 2));
    reads_as("(1;\"ab\")", kq_list_of(2, kq_long(1), kq_stringz("ab")));
    reads_as("(1 2)", longs(1, 2));
    reads_as(",1 2", kq_list_of(1, longs(1, 2)));
    reads_as("(1;::)", kq_list_of(2, kq_long(1), kq_generic_null()));
    reads_as("::", kq_generic_null());
    same(",,1", "enlist enlist 1");
    same(",`a", "enlist[`a]");
    same("enlist[1;2]", "1 2");
    reads_as(",::", kq_list_of(1, kq_generic_null()));
    same("( 1 ; (2 ;\n3) )", "(1;2 3)");
    same("(\"ab\";\"c\")", "(\"ab\";\"c\")");
}

static void test_dicts(void **state)
{
    (void)state;
    struct kq_obj *k = names2(), *v = longs(1, 2);
    reads_as("`a`b!1 2", kq_dict(k, v));
    reads_as("([a:1;b:2])", kq_dict(k, v));
    reads_as("(`a`b)!(1;2)", kq_dict(k, v));
    kq_unref(k);
    kq_unref(v);
    same("(`symbol$())!()", "(`symbol$())!()");
    same("(,`a)!,0x01", "(enlist`a)!enlist 0x01");
    same("`x`y!(`a`b!1 2;3)", "`x`y!(([a:1;b:2]);3)");
    struct kq_obj *o = parse("`s#`a`b!2 3i");
    assert_int_equal(o->type, KQ_SORTEDDICT);
    kq_unref(o);
}

static void test_tables(void **state)
{
    (void)state;
    struct kq_obj *k = names2(), *cols = kq_list_of(2, longs(1, 2), longs(3, 4));
    reads_as("+`a`b!(1 2;3 4)", kq_table(k, cols));
    reads_as("flip `a`b!(1 2;3 4)", kq_table(k, cols));
    reads_as("([]a:1 2;b:3 4)", kq_table(k, cols));
    reads_as("([] a: 1 2; b: (3;4))", kq_table(k, cols));
    kq_unref(k);
    kq_unref(cols);
    same("([]a:1 2;b:`x)", "([]a:1 2;b:`x`x)");
    same("+(,`a)!,1 2 3", "([]a:1 2 3)");
    same("([k:1 2]v:3 4)", "(+(,`k)!,1 2)!+(,`v)!,3 4");
    same("([k:`a`b]v:0)", "([k:`a`b]v:0 0)");
    same("(1;+(,`a)!,1 2)", "(1;([]a:1 2))");
    struct kq_obj *o = parse("+`a`b!`t");
    assert_true(kq_is_splayed(o));
    kq_unref(o);
    o = parse("([]time:`timespan$();sym:`symbol$())");
    assert_int_equal(kq_count(o), 0);
    assert_int_equal(kq_child(kq_columns(o), 0)->type, KQ_TIMESPAN);
    kq_unref(o);
}

static void test_typed(void **state)
{
    (void)state;
    reads_as("`long$()", kq_vec_new(KQ_LONG, 0));
    reads_as("`boolean$()", kq_vec_new(KQ_BOOLEAN, 0));
    reads_as("\"g\"$()", kq_vec_new(KQ_GUID, 0));
    same("`int$1 2", "1 2i");
    same("\"h\"$(1;0N)", "1 0Nh");
    same("`float$1", "1f");
    same("`long$1.6", "2");
    same("`$\"a\"", "`a");
    same("`$(\"ab\";\"c\")", "`ab`c");
    same("\"D\"$\"2024-01-02\"", "2024.01.02");
    same("\"D\"$(\"2024-01-02\";\"x\")", "2024.01.02 0Nd");
    same("\"G\"$\"8c680a01-5a49-5aab-5a65-d4bfddb6a661\"", "8c680a01-5a49-5aab-5a65-d4bfddb6a661");
    same("`byte$\"ab\"", "0x6162");
    struct kq_obj *o = parse("`$\"hello world\"");
    assert_string_equal(kq_sym_text(o), "hello world");
    kq_unref(o);
}

static void test_attributes(void **state)
{
    (void)state;
    struct kq_obj *o = parse("`s#1 2 3");
    assert_int_equal(o->attr, KQ_ATTR_SORTED);
    kq_unref(o);
    o = parse("(`u#`a`b;`g#1 1;`p#2 2 1)");
    assert_int_equal(kq_child(o, 0)->attr, KQ_ATTR_UNIQUE);
    assert_int_equal(kq_child(o, 1)->attr, KQ_ATTR_GROUPED);
    assert_int_equal(kq_child(o, 2)->attr, KQ_ATTR_PARTED);
    kq_unref(o);
    o = parse("`u#`a`b!1 2");
    assert_int_equal(kq_keys(o)->attr, KQ_ATTR_UNIQUE);
    kq_unref(o);
    o = parse("`s#+`a`b!(1 2;3 4)");
    assert_int_equal(o->type, KQ_TABLE);
    assert_int_equal(o->attr, KQ_ATTR_SORTED);
    kq_unref(o);
}

static void is_prim(const char *text, int type, int code)
{
    struct kq_obj *o = parse(text);
    if (o->type != type || o->code != code)
        fail_msg("%s: type %d code %d", text, o->type, o->code);
    kq_unref(o);
}

static void test_primitives(void **state)
{
    (void)state;
    is_prim("+", KQ_BINARY, 1);
    is_prim("-:", KQ_UNARY, 2);
    is_prim("-", KQ_BINARY, 2);
    is_prim("neg", KQ_UNARY, 2);
    is_prim(":", KQ_BINARY, 0);
    is_prim("insert", KQ_BINARY, 28);
    is_prim("0:", KQ_BINARY, 20);
    is_prim("0::", KQ_UNARY, 20);
    is_prim("/:", KQ_ITERATOR, 4);
    is_prim("'", KQ_ITERATOR, 0);
    is_prim("\\", KQ_ITERATOR, 2);
    is_prim(".", KQ_BINARY, 19);
    is_prim("?", KQ_BINARY, 17);
    struct kq_obj *o = parse("(+;2 3 5;10 20 30)");
    assert_int_equal(o->type, KQ_LIST);
    assert_int_equal(kq_child(o, 0)->type, KQ_BINARY);
    kq_unref(o);
    o = parse("(?;`t;();::)");
    assert_int_equal(o->n, 4);
    kq_unref(o);
}

static void test_functions(void **state)
{
    (void)state;
    struct kq_obj *o = parse("{x+\"}\" / }\n y}");
    assert_int_equal(o->type, KQ_LAMBDA);
    assert_int_equal(kq_child(o, 1)->n, 14);
    kq_unref(o);
    o = parse("k){x}");
    assert_int_equal(o->type, KQ_LAMBDA);
    assert_int_equal(kq_child(o, 1)->n, 5);
    kq_unref(o);
    o = parse("{x+y}[;3]");
    assert_int_equal(o->type, KQ_PROJECTION);
    assert_int_equal(o->n, 3);
    assert_true(kq_is_elided(kq_child(o, 1)));
    kq_unref(o);
    o = parse("+[2]");
    assert_int_equal(o->type, KQ_PROJECTION);
    assert_int_equal(o->n, 2);
    kq_unref(o);
    o = parse("-/\\:");
    assert_int_equal(o->type, KQ_EACHLEFT);
    assert_int_equal(kq_child(o, 0)->type, KQ_OVER);
    kq_unref(o);
    o = parse("{x+y}'");
    assert_int_equal(o->type, KQ_EACH);
    kq_unref(o);
    o = parse("~~':");
    assert_int_equal(o->type, KQ_COMPOSITION);
    assert_int_equal(o->n, 2);
    assert_int_equal(kq_child(o, 1)->type, KQ_EACHPRIOR);
    kq_unref(o);
}

static void test_errors(void **state)
{
    (void)state;
    struct kq_obj *o = parse("'a longer text");
    assert_int_equal(o->type, KQ_ERROR);
    assert_string_equal(kq_sym_text(o), "a longer text");
    kq_unref(o);
}

static void refused(const char *text, const char *message)
{
    struct kq_err err = {0};
    struct kq_obj *o = kq_data_parse(text, strlen(text), &err);
    if (o)
        fail_msg("%s: accepted as type %d", text, o->type);
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, KQ_EUSAGE);
}

static void test_refused(void **state)
{
    (void)state;
    refused("", "column 1: a value expected, but the text ends");
    refused("foo", "column 1: 'foo' is a name: only data is allowed (a symbol is `foo, a string "
                   "\"foo\")");
    refused("(1;.z.p)", "column 4: '.z.p' is a name: only data is allowed (a symbol is `.z.p, a "
                        "string \".z.p\")");
    refused("count 1 2", "column 1: 'count' is applied here: only data is allowed");
    refused("1+1", "column 2: unexpected '+'");
    refused("-:1", "column 1: '-:' is applied here: only data is allowed");
    refused("(1;2", "column 5: ')' expected, but the text ends");
    refused("(1;;2)", "column 4: empty item");
    refused("12:00 12:61", "column 7: bad literal '12:61'");
    refused("(1;\n \"ab", "line 2, column 2: string without closing quote");
    refused("`a`b!1 2 3", "column 1: a dictionary of 2 keys and 3 values");
    refused("`a!1", "column 1: a dictionary needs a list on both sides of !");
    refused("+`a`b!(1 2;3 4 5)", "column 1: not a table: columns of different length");
    refused("{x+y", "column 1: '{' without '}'");
    refused("`s#3 1 2", "column 1: `s# of a list that does not ascend");
    refused("([]a:1;b:2)", "column 2: a table needs a list as one of its columns");
    refused("1 2[0]", "column 4: indexing is not data");
    refused("+[1;2]", "column 2: a function is applied here: only data is allowed");
    refused("(1;'type)", "column 5: ')' expected, not 't'");
    refused("1 2)", "column 4: unexpected ')'");
    refused("`nosuch$()", "column 1: no such type on the left of $");
    refused("`date$12:00", "column 1: this cannot be cast to date");
}

static void test_hostile(void **state)
{
    (void)state;
    static const struct {
        const char *unit;
        int times;
    } cases[] = {{"(", 100000},  {",", 100000},  {"+'(", 100000},  {"1!", 100000}, {"{", 100000},
                 {"+[", 100000}, {"`a$", 50000}, {"([]a:", 50000}, {"'", 100000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t n = strlen(cases[i].unit), len = n * (size_t)cases[i].times;
        char *text = test_malloc(len);
        for (size_t k = 0; k < len; k++)
            text[k] = cases[i].unit[k % n];
        struct kq_err err = {0};
        if (kq_data_parse(text, len, &err))
            fail_msg("%s, %d times: accepted", cases[i].unit, cases[i].times);
        assert_int_equal(err.code, KQ_EUSAGE);
        test_free(text);
    }
}

/* A literal of a few bytes must not make gigabytes. */
static void test_extension_is_bounded(void **state)
{
    (void)state;
    size_t rows = 40000, cols = 1000, at = 0;
    char *text = test_malloc(2 * rows + 10 * cols + 100);
    at += (size_t)sprintf(text, "([]a:");
    for (size_t i = 0; i < rows; i++)
        at += (size_t)sprintf(text + at, "1 ");
    for (size_t i = 0; i < cols; i++)
        at += (size_t)sprintf(text + at, ";c%zu:1", i);
    text[at++] = ')';
    struct kq_err err = {0};
    assert_null(kq_data_parse(text, at, &err));
    assert_string_equal(err.msg, "column 2: table too large");
    test_free(text);
}

static int teardown(void **state)
{
    (void)state;
    assert_int_equal(kq_obj_live(), 0);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_dicts),
        cmocka_unit_test(test_tables),
        cmocka_unit_test(test_typed),
        cmocka_unit_test(test_attributes),
        cmocka_unit_test(test_primitives),
        cmocka_unit_test(test_functions),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_hostile),
        cmocka_unit_test(test_extension_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, teardown);
}
