/*
 * test_elem.c - widths that are computed must be those of the texts that are
 * written, for every type, form and kind of value.
 */
#include "text/elem.h"
#include "values.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { COUNT = 12 };

static uint64_t next_random(uint64_t *r)
{
    *r ^= *r << 13;
    *r ^= *r >> 7;
    *r ^= *r << 17;
    return *r;
}

/* Random bits, of random magnitude; now and then null or infinite. */
static struct kq_obj *random_vector(int type, uint64_t *r)
{
    struct kq_obj *o = kq_vec_new(type, COUNT);
    size_t bytes = kq_typeinfo(type)->bytes;
    for (int64_t i = 0; i < COUNT; i++) {
        uint64_t v = next_random(r) >> (next_random(r) & 63);
        uint64_t max = UINT64_MAX >> (bytes < 8 ? 65 - 8 * bytes : 1);
        switch (next_random(r) & 15) {
        case 0: v = max + 1; break;
        case 1: v = max; break;
        case 2: v = max + 2; break;
        case 3: v = ~v; break;
        }
        if (type == KQ_FLOAT)
            kq_floats(o)[i] = (double)(int64_t)v / 64;
        else if (type == KQ_REAL)
            kq_reals(o)[i] = v & 1 ? NAN : (float)v / 8;
        else if (type == KQ_DATETIME)
            kq_floats(o)[i] = v & 1 ? INFINITY : (double)(v % 10000) / 3;
        else
            memcpy(o->u.v.data + bytes * (size_t)i, &v, bytes < 8 ? bytes : 8);
    }
    return o;
}

static size_t longest(struct kq_elems *e)
{
    struct kq_out o;
    size_t w = 0;
    kq_out_init_mem(&o);
    for (int64_t i = 0; i < COUNT; i++) {
        size_t before = o.len, n = kq_elems_put(e, &o, i);
        assert_int_equal(n, o.len - before);
        w = n > w ? n : w;
    }
    kq_out_release(&o);
    return w;
}

static void widths(void **state)
{
    uint64_t r = 88172645463325252u;
    (void)state;
    for (int round = 0; round < 3000; round++) {
        int type = 1 + (int)(next_random(&r) % KQ_TYPE_MAX);
        if (!kq_typeinfo(type)->name || type == KQ_SYMBOL)
            continue;
        struct kq_obj *x = random_vector(type, &r);
        struct kq_elems e;
        assert_true(kq_elems_init(&e, x, (enum kq_form)(round & 3), &kq_style_default));
        size_t w = kq_elems_width(&e, COUNT);
        assert_int_equal(w, longest(&e));
        kq_unref(x);
    }
}

static void symbols(void **state)
{
    static uint8_t bytes[] = "a\0\0seven77\0eight888\0nine99999\0b";
    struct kq_rcbuf *buf = kq_rcbuf_wrap(bytes, sizeof bytes, NULL, NULL);
    struct kq_obj *view = kq_vec_view(KQ_SYMBOL, 6, bytes, buf), *own = kq_own(view);
    const char *want[] = {"a", "", "seven77", "eight888", "nine99999", "b"};
    (void)state;
    for (int k = 0; k < 2; k++) {
        struct kq_elems e;
        kq_elems_init(&e, k ? own : view, KQ_FORM_BARE, &kq_style_default);
        assert_int_equal(kq_elems_width(&e, 6), 9);
        for (int64_t i = 0; i < 6; i++) {
            const char *s;
            uint64_t word;
            char head[9] = "";
            size_t len = kq_elems_symbol(&e, &s, &word);
            assert_int_equal(len, strlen(want[i]));
            assert_memory_equal(s, want[i], len);
            kq_store8(head, word);
            if (len < 8)
                assert_string_equal(head, want[i]);
        }
    }
    kq_unref(own);
    kq_unref(view);
    kq_rcbuf_unref(buf);
}

static void single_elements(void **state)
{
    static uint8_t bytes[] = "ab\0\0cde";
    struct kq_rcbuf *buf = kq_rcbuf_wrap(bytes, sizeof bytes, NULL, NULL);
    struct kq_obj *x = kq_vec_view(KQ_SYMBOL, 3, bytes, buf), *l = longs(2, 7, 8);
    struct kq_out o;
    (void)state;
    kq_out_init_mem(&o);
    kq_elem_put(&o, x, 2, KQ_FORM_BARE, &kq_style_default);
    kq_elem_put(&o, l, 1, KQ_FORM_BARE, &kq_style_default);
    assert_int_equal(o.len, 4);
    assert_memory_equal(o.buf, "cde8", 4);
    kq_out_release(&o);
    kq_unref(l);
    kq_unref(x);
    kq_rcbuf_unref(buf);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(widths),
        cmocka_unit_test(symbols),
        cmocka_unit_test(single_elements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
