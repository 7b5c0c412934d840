/*
 * test_encode.c - objects to bytes: golden bytes, byte orders, what a peer
 * cannot take.
 */
#include "wire/encode.h"

#include "hex.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "wire/compress.h"
#include "wire/decode.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static void assert_bytes(const struct kq_obj *o, bool big, const char *hex)
{
    struct hex want = unhex(hex);
    struct kq_encode_opts opts = {.big = big, .capability = 6};
    struct kq_err err = {0};
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    assert_true(kq_encode(&b, o, &opts, &err));
    assert_int_equal(b.len, want.n);
    assert_memory_equal(b.data, want.p, want.n);
    kq_buf_release(&b);
    free(want.p);
}

static void assert_take(struct kq_obj *o, const char *le, const char *be)
{
    assert_bytes(o, false, le);
    assert_bytes(o, true, be);
    kq_unref(o);
}

static void atoms(void **state)
{
    (void)state;
    assert_take(kq_long(1), "f90100000000000000", "f90000000000000001");
    assert_take(kq_atom_int(KQ_SHORT, -234), "fb16ff", "fbff16");
    assert_take(kq_atom_int(KQ_INT, INT32_MIN), "fa00000080", "fa80000000");
    assert_take(kq_bool(true), "ff01", "ff01");
    assert_take(kq_atom_int(KQ_CHAR, 0xe9), "f6e9", "f6e9");
    assert_take(kq_float(3.234), "f7ac1c5a643bdf0940", "f74009df3b645a1cac");
    assert_take(kq_atom_float(KQ_REAL, 5.5), "f80000b040", "f840b00000");
    assert_take(kq_atom_symz("abc"), "f561626300", "f561626300");
    assert_take(kq_atom_guid((const uint8_t *)"0123456789abcdef"),
                "fe30313233343536373839616263646566", "fe30313233343536373839616263646566");
    assert_take(kq_generic_null(), "6500", "6500");
    assert_take(kq_elided(), "65ff", "65ff");
    assert_take(kq_prim(KQ_BINARY, 1), "6601", "6601");
    assert_take(kq_error("type", 4), "807479706500", "807479706500");
    assert_int_equal(kq_obj_live(), 0);
}

static void vectors(void **state)
{
    (void)state;
    assert_take(kq_stringz("abc"), "0a0003000000616263", "0a0000000003616263");
    struct kq_obj *v = kq_vec_new(KQ_SHORT, 2);
    kq_shorts(v)[0] = 1;
    kq_shorts(v)[1] = -2;
    v->attr = KQ_ATTR_UNIQUE;
    assert_take(v, "0502020000000100feff", "0502000000020001fffe");
    v = kq_vec_new(KQ_SYMBOL, 3);
    kq_syms(v)[1] = kq_symz("longer than eight");
    kq_syms(v)[2] = kq_symz("seven77");
    assert_take(v, "0b0003000000 00 6c6f6e676572207468616e20656967687400 736576656e373700",
                "0b0000000003 00 6c6f6e676572207468616e20656967687400 736576656e373700");
    assert_take(kq_vec_new(KQ_LIST, 0), "000000000000", "000000000000");
    assert_take(kq_list_of(2, kq_long(42), kq_atom_symz("foo")),
                "000002000000f92a00000000000000f5666f6f00",
                "000000000002f9000000000000002af5666f6f00");
    assert_int_equal(kq_obj_live(), 0);
}

/* Decoded as views and owned, all kinds of object come back byte for byte. */
static void everything_comes_back(void **state)
{
    (void)state;
    static const char *const objects[] = {
        "62 01 63 0b0002000000 6100 6200 0000 02000000 0603 01000000 02000000 0600 01000000 03000000",
        "63 62 00 63 0b0001000000 6100 0000 01000000 0600 01000000 02000000 "
        "62 00 63 0b0001000000 6200 0000 01000000 0600 01000000 03000000",
        "7f 0b0102000000 6100 6200 060002000000 02000000 03000000",
        "62 00 63 0b 00 01000000 6100 f5 3a742f00",
        "64 00 0a00 05000000 7b782b797d",
        "64 6400 0a00 05000000 7b782b797d",
        "68 03000000 64000a00050000007b782b797d 65ff f90300000000000000",
        "69 02000000 651c 6802000000660bf662",
        "6d 6600",
        "6f fc40",
        "80 00",
        "0f 00 01000000 000000000000f8ff",
        "09 00 02000000 d7a3703d0ad70940 000000000000f87f",
    };
    for (size_t i = 0; i < sizeof objects / sizeof *objects; i++) {
        struct hex h = unhex(objects[i]);
        struct kq_rcbuf *frame = kq_rcbuf_adopt(h.p, h.n);
        for (int views = 0; views < 2; views++) {
            struct kq_decode_opts opts = {.views = views};
            struct kq_obj *o = kq_decode(frame, 0, h.n, false, &opts, NULL);
            assert_non_null(o);
            assert_bytes(o, false, objects[i]);
            kq_unref(o);
        }
        kq_rcbuf_unref(frame);
    }
    assert_int_equal(kq_obj_live(), 0);
}

static void many_symbols(void **state)
{
    (void)state;
    enum { N = 10000 };
    struct kq_obj *v = kq_vec_new(KQ_SYMBOL, N);
    for (int i = 0; i < N; i++) {
        char text[40];
        int len = snprintf(text, sizeof text, "%0*d", i % 33, i);
        kq_syms(v)[i] = kq_sym(text, (size_t)len);
    }
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    assert_true(kq_encode(&b, v, NULL, NULL));
    const char *p = (const char *)b.data + 6;
    for (int i = 0; i < N; i++) {
        assert_string_equal(p, kq_syms(v)[i]);
        p += strlen(p) + 1;
    }
    assert_ptr_equal(p, b.data + b.len);
    kq_buf_release(&b);
    kq_unref(v);
}

static void whole_messages(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    struct kq_obj *o = kq_atom_int(KQ_INT, 1);
    struct kq_encode_opts opts = {.big = true, .capability = 3};
    assert_true(kq_encode_msg(&b, KQ_ASYNC, o, NULL, NULL));
    assert_true(kq_encode_msg(&b, KQ_RESPONSE, o, &opts, NULL));
    assert_int_equal(b.len, 26);
    assert_memory_equal(b.data, "\x01\0\0\0\x0d\0\0\0\xfa\x01\0\0\0", 13);
    assert_memory_equal(b.data + 13, "\0\x02\0\0\0\0\0\x0d\xfa\0\0\0\x01", 13);
    kq_buf_release(&b);
    kq_unref(o);
}

static void compressed_in_place(void **state)
{
    (void)state;
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    struct kq_obj *o = kq_vec_new(KQ_BOOLEAN, 1994);
    memset(o->u.v.data, 1, 1994);
    kq_buf_puts(&b, "before");
    kq_encode_msg(&b, KQ_ASYNC, o, NULL, NULL);
    assert_false(kq_compress_tail(&b, 6));
    kq_unref(o);
    o = kq_vec_new(KQ_BOOLEAN, 2000);
    memset(o->u.v.data, 1, 2000);
    b.len = 6;
    kq_encode_msg(&b, KQ_ASYNC, o, NULL, NULL);
    assert_true(kq_compress_tail(&b, 6));
    assert_int_equal(b.len, 6 + 38);
    assert_memory_equal(b.data, "before\x01\0\x01\0\x26\0\0\0", 14);
    kq_unref(o);
    kq_buf_release(&b);
}

static void refuse(struct kq_obj *o, int capability, size_t room, const char *message)
{
    struct kq_encode_opts opts = {.capability = capability};
    struct kq_err err = {0};
    struct kq_buf b;
    kq_buf_init(&b, room);
    kq_buf_byte(&b, 'x');
    assert_false(kq_encode_msg(&b, KQ_ASYNC, o, &opts, &err));
    assert_string_equal(err.msg, message);
    assert_int_equal(err.code, KQ_EPROTO);
    assert_int_equal(b.len, 1);
    kq_buf_release(&b);
    kq_unref(o);
}

static void what_a_peer_cannot_take(void **state)
{
    (void)state;
    static const uint8_t g[16];
    refuse(kq_atom_guid(g), 1, 100, "type: guid needs capability 3, the peer has 1");
    refuse(kq_list_of(1, kq_vec_new(KQ_GUID, 0)), 2, 100,
           "type: guid needs capability 3, the peer has 2");
    refuse(kq_atom_int(KQ_TIMESTAMP, 0), 0, 100,
           "type: timestamp needs capability 1, the peer has 0");
    refuse(kq_list_of(1, kq_error("x", 1)), 6, 100,
           "type: an error cannot be sent inside another object");
    refuse(kq_container_new(KQ_FOREIGN, 0), 6, 100, "type: objects of type 112 cannot be sent");
    refuse(kq_stringz("0123456789"), 6, 20, "limit: object does not fit a buffer of 20 bytes");
    struct kq_obj *deep = kq_long(1);
    for (int i = 0; i < KQ_ENCODE_DEPTH; i++)
        deep = kq_list_of(1, deep);
    refuse(deep, 6, 1 << 20, "limit: objects are nested deeper than 1000 levels");
    assert_int_equal(kq_obj_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms),
        cmocka_unit_test(vectors),
        cmocka_unit_test(everything_comes_back),
        cmocka_unit_test(many_symbols),
        cmocka_unit_test(whole_messages),
        cmocka_unit_test(compressed_in_place),
        cmocka_unit_test(what_a_peer_cannot_take),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
