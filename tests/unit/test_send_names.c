/*
 * test_send_names.c - names of a server and what a word can become.
 */
#include "names.h"

#include "obj/list.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A symbol vector of the words, which are parted by blanks. */
static struct kq_obj *symbols(const char *words)
{
    struct kq_obj *v = kq_vec_new(KQ_SYMBOL, 0);
    struct kq_str word, rest = kq_strz(words);
    while (rest.len) {
        kq_str_cut(rest, ' ', &word, &rest);
        char text[600];
        snprintf(text, sizeof text, "%.*s", KQ_STR_FMT(word));
        struct kq_obj *atom = kq_atom_symz(text);
        assert_true(kq_push(&v, atom));
        kq_unref(atom);
    }
    return v;
}

static void set(struct send_names *names, const char *words)
{
    struct kq_obj *v = symbols(words);
    send_names_set(names, v);
    kq_unref(v);
}

/* `word` becomes these, parted by blanks, which have `common` bytes in common. */
static void becomes(const struct send_names *names, const char *word, const char *want,
                    size_t common)
{
    char got[1000] = "";
    struct send_matches m = send_names_match(names, kq_strz(word));
    for (size_t i = 0; i < m.n; i++) {
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%s%.*s", i ? " " : "", KQ_STR_FMT(m.at[i]));
    }
    free(m.at);
    assert_string_equal(got, want);
    assert_int_equal(m.common, common);
}

static void a_word_becomes_all_that_begin_with_it(void **unused)
{
    (void)unused;
    struct send_names names = {0};
    set(&names, "trades quote trade tab trade b");
    becomes(&names, "t", "tab trade trades", 1);
    becomes(&names, "tr", "trade trades", 5);
    becomes(&names, "trades", "trades", 6);
    becomes(&names, "q", "quote", 5);
    becomes(&names, "x", "", 1);
    becomes(&names, "zz", "", 2);
    send_names_release(&names);
}

static void namespaces_are_entered_one_by_one(void **unused)
{
    (void)unused;
    struct send_names names = {0};
    set(&names, ".Q.a .Q.b .my.deep.x .my.deep.y .my.one upd");
    becomes(&names, ".", ".Q. .my. .z.", 1);
    becomes(&names, ".m", ".my.", 4);
    becomes(&names, ".my.", ".my.deep. .my.one", 4);
    becomes(&names, ".my.d", ".my.deep.", 9);
    becomes(&names, ".my.deep.", ".my.deep.x .my.deep.y", 9);
    becomes(&names, "u", "upd", 3);
    send_names_release(&names);
}

static void what_is_no_name_is_left_out(void **unused)
{
    (void)unused;
    struct send_names names = {0};
    set(&names, "good a\033[2J b/c with-dash \xc3\xa9t\xc3\xa9 a_1");
    becomes(&names, "g", "good", 4);
    becomes(&names, "a", "a_1", 3);
    becomes(&names, "w", "", 1);
    becomes(&names, "b", "", 1);
    send_names_release(&names);
    char words[400];
    memset(words, 'a', sizeof words - 1);
    words[sizeof words - 1] = 0;
    set(&names, words);
    becomes(&names, "a", "", 1);
    send_names_release(&names);
}

static void names_of_a_view_are_copied(void **unused)
{
    (void)unused;
    static const char bytes[] = "beta\0alpha"; /* with the NUL at its end */
    struct kq_rcbuf *owner = kq_rcbuf_new(sizeof bytes);
    memcpy(owner->data, bytes, sizeof bytes);
    struct kq_obj *v = kq_vec_view(KQ_SYMBOL, 2, owner->data, owner);
    struct send_names names = {0};
    send_names_set(&names, v);
    kq_unref(v);
    kq_rcbuf_unref(owner);
    becomes(&names, "a", "alpha", 5);
    becomes(&names, "b", "beta", 4);
    send_names_release(&names);
}

static void another_answer_is_no_names(void **unused)
{
    (void)unused;
    struct send_names names = {0};
    set(&names, "old");
    struct kq_obj *number = kq_long(1);
    send_names_set(&names, number);
    becomes(&names, "o", "", 1);
    becomes(&names, ".z", "", 2);
    kq_unref(number);
    send_names_release(&names);
}

static void word(const char *text, const char *want)
{
    struct kq_str w = send_names_word(kq_strz(text));
    assert_int_equal(w.len, strlen(want));
    assert_memory_equal(w.s, want, w.len);
}

static void the_word_before_the_cursor(void **unused)
{
    (void)unused;
    word("select from tra", "tra");
    word("count .Q.f", ".Q.f");
    word("f[a_b", "a_b");
    word("`tra", "tra");
    word("", "");
    word("tra ", "");
    word("x+", "");
    word("\"tra", "");
    word("\"a\\\"tra", "");
    word("\"a\",tra", "tra");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_word_becomes_all_that_begin_with_it),
        cmocka_unit_test(namespaces_are_entered_one_by_one),
        cmocka_unit_test(what_is_no_name_is_left_out),
        cmocka_unit_test(names_of_a_view_are_copied),
        cmocka_unit_test(another_answer_is_no_names),
        cmocka_unit_test(the_word_before_the_cursor),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
