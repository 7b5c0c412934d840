/*
 * test_decode.c - bodies to objects: values, views, byte orders, refusals.
 */
#include "wire/decode.h"

#include "hex.h"
#include "obj/cmp.h"
#include "obj/dict.h"
#include "wire/compress.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static struct kq_obj *decode(const char *hex, bool big)
{
    struct hex h = unhex(hex);
    struct kq_err err = {0};
    struct kq_obj *o = kq_decode_bytes(h.p, h.n, big, NULL, &err);
    assert_string_equal(err.msg, "");
    assert_non_null(o);
    free(h.p);
    return o;
}

static void assert_int_atom(const char *le, const char *be, int type, int64_t value)
{
    struct kq_obj *o = decode(le, false), *b = decode(be, true);
    assert_int_equal(o->type, -type);
    assert_true(kq_int_at(o, 0) == value);
    assert_true(kq_identical(o, b));
    kq_unref(o);
    kq_unref(b);
}

static void atoms_in_both_byte_orders(void **state)
{
    (void)state;
    assert_int_atom("fa 01000000", "fa 00000001", KQ_INT, 1);
    assert_int_atom("fb 16ff", "fb ff16", KQ_SHORT, -234);
    assert_int_atom("fb 0080", "fb 8000", KQ_SHORT, INT16_MIN);
    assert_int_atom("f9 37bfd02704b03d01", "f9 013db00427d0bf37", KQ_LONG, 89421099511627575);
    assert_int_atom("f9 0000000000000080", "f9 8000000000000000", KQ_LONG, INT64_MIN);
    assert_int_atom("ff 01", "ff 01", KQ_BOOLEAN, 1);
    assert_int_atom("fc ff", "fc ff", KQ_BYTE, 255);
    assert_int_atom("f6 61", "f6 61", KQ_CHAR, 'a');
    assert_int_atom("f2 6e010000", "f2 0000016e", KQ_DATE, 366);
    assert_int_atom("ed 73be9702", "ed 0297be73", KQ_TIME, 43499123);
}

static void floats_guids_and_texts(void **state)
{
    (void)state;
    struct kq_obj *o = decode("f7 ac1c5a643bdf0940", false);
    assert_true(kq_float_at(o, 0) == 3.234);
    kq_unref(o);
    o = decode("f8 40b00000", true);
    assert_true(kq_float_at(o, 0) == 5.5);
    kq_unref(o);
    o = decode("fe 8c680a015a495aab5a65d4bfddb6a661", true);
    assert_memory_equal(kq_guid_at(o, 0), "\x8c\x68\x0a\x01\x5a\x49", 6);
    kq_unref(o);
    o = decode("f5 61626300", false);
    assert_ptr_equal(kq_sym_text(o), kq_symz("abc"));
    kq_unref(o);
    o = decode("80 7479706500", false);
    assert_int_equal(o->type, KQ_ERROR);
    assert_string_equal(kq_sym_text(o), "type");
    kq_unref(o);
    assert_int_equal(kq_obj_live(), 0);
}

static void vectors_in_both_byte_orders(void **state)
{
    (void)state;
    struct kq_obj *a = decode("05 00 03000000 0100 0080 0300", false);
    struct kq_obj *b = decode("05 00 00000003 0001 8000 0003", true);
    assert_int_equal(a->n, 3);
    assert_int_equal(kq_shorts(a)[1], INT16_MIN);
    assert_true(kq_identical(a, b));
    kq_unref(a);
    kq_unref(b);
    a = decode("06 01 01000000 01000000", false);
    assert_int_equal(a->attr, KQ_ATTR_SORTED);
    kq_unref(a);
    /* The long form of a count is fine for short vectors too. */
    a = decode("0a 81 0300000000000000 616263", false);
    assert_int_equal(a->n, 3);
    assert_int_equal(a->attr, KQ_ATTR_SORTED);
    kq_unref(a);
    a = decode("0b 00 02000000 00 717569636b00", false);
    assert_ptr_equal(kq_syms(a)[0], kq_sym_null);
    assert_string_equal(kq_syms(a)[1], "quick");
    kq_unref(a);
}

static const char a_table[] = "62 00 63 0b0002000000 6100 6200 0000 02000000 060001000000 02000000 "
                              "0b0001000000 717100";

static void containers(void **state)
{
    (void)state;
    struct kq_obj *o = decode(a_table, false);
    assert_int_equal(o->type, KQ_TABLE);
    assert_int_equal(kq_count(o), 1);
    assert_int_equal(kq_int_at(kq_child(kq_columns(o), 0), 0), 2);
    kq_unref(o);
    o = decode("62 00 63 0b 00 01000000 6100 f5 3a742f00", false);
    assert_true(kq_is_splayed(o));
    kq_unref(o);
    o = decode("7f 0b0102000000 6100 6200 060002000000 02000000 03000000", false);
    assert_int_equal(o->type, KQ_SORTEDDICT);
    assert_int_equal(kq_count(o), 2);
    kq_unref(o);
    o = decode("68 02000000 64 6400 0a00050000007b782b797d 65ff", false);
    assert_int_equal(o->type, KQ_PROJECTION);
    assert_string_equal(kq_sym_text(kq_child(kq_child(o, 0), 0)), "d");
    assert_true(kq_is_elided(kq_child(o, 1)));
    kq_unref(o);
    o = decode("6b 660c", false);
    assert_int_equal(o->type, KQ_OVER);
    assert_int_equal(kq_child(o, 0)->code, 12);
    kq_unref(o);
    assert_int_equal(kq_obj_live(), 0);
}

static void views_hold_the_frame(void **state)
{
    (void)state;
    struct hex h = unhex(a_table);
    struct kq_rcbuf *frame = kq_rcbuf_adopt(h.p, h.n);
    struct kq_decode_opts opts = {.views = true};
    struct kq_obj *o = kq_decode(frame, 0, h.n, false, &opts, NULL);
    assert_true(frame->refs > 1);
    kq_rcbuf_unref(frame);
    struct kq_obj *owned = decode(a_table, false);
    assert_true(kq_child(kq_columns(o), 0)->flags & KQ_OBJ_VIEW);
    assert_true(kq_identical(o, owned));
    kq_unref(o);
    kq_unref(owned);
    assert_int_equal(kq_obj_live(), 0);
}

static void prefixes_tell_their_length(void **state)
{
    (void)state;
    struct hex h = unhex("fa 01000000 f5 6100");
    struct kq_rcbuf *frame = kq_rcbuf_adopt(h.p, h.n);
    size_t used;
    struct kq_obj *o = kq_decode_prefix(frame, 0, h.n, false, NULL, &used, NULL);
    assert_int_equal(used, 5);
    kq_unref(o);
    o = kq_decode_prefix(frame, 5, h.n - 5, false, NULL, &used, NULL);
    assert_int_equal(used, 3);
    assert_string_equal(kq_sym_text(o), "a");
    kq_unref(o);
    kq_rcbuf_unref(frame);
}

/* 2000#1b as a compressed message. */
static void compressed_messages(void **state)
{
    (void)state;
    struct hex h = unhex("0100010026000000de070000000100d00700000101"
                         "ff00ff00ff00ff00ff00ff00ff00ff00c5");
    struct kq_reader *r = kq_reader_new(1000);
    struct kq_msg msg;
    kq_reader_feed(r, h.p, h.n);
    assert_int_equal(kq_reader_next(r, &msg, NULL), 1);
    struct kq_decode_opts opts = {.views = true, .max_size = 2014};
    struct kq_obj *o = kq_decode_msg(&msg, &opts, NULL);
    assert_int_equal(o->type, KQ_BOOLEAN);
    assert_int_equal(o->n, 2000);
    assert_int_equal(kq_int_at(o, 1999), 1);
    kq_unref(o);
    struct kq_err err = {0};
    opts.max_size = 2013;
    assert_null(kq_decode_msg(&msg, &opts, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    kq_msg_release(&msg);
    kq_reader_free(r);
    free(h.p);
    assert_int_equal(kq_obj_live(), 0);
}

static void refuse_with(const char *hex, const struct kq_decode_opts *opts, const char *message)
{
    struct hex h = unhex(hex);
    struct kq_err err = {0};
    assert_null(kq_decode_bytes(h.p, h.n, false, opts, &err));
    assert_int_equal(err.code, KQ_EPROTO);
    assert_string_equal(err.msg, message);
    free(h.p);
    assert_int_equal(kq_obj_live(), 0);
}

static void refuse(const char *hex, const char *message)
{
    refuse_with(hex, NULL, message);
}

static void broken_leaves_are_refused(void **state)
{
    (void)state;
    refuse("", "at byte 0: data ends too early");
    refuse("fa 010000", "at byte 1: data ends too early");
    refuse("fa 01000000 00", "at byte 5: bytes follow the object");
    refuse("03 00 01000000 00", "at byte 0: there is no such type");
    refuse("14 00 01000000 00000000", "at byte 0: enumerations are not sent, their symbols are");
    refuse("70 00", "at byte 0: there is no such type");
    refuse("fd 00", "at byte 0: there is no such type");
    refuse("06 05 00000000", "at byte 1: unknown attribute");
    refuse("06 00 02000000 01000000", "at byte 6: data ends too early");
    refuse("06 00 ffffffff 01000000", "at byte 6: data ends too early");
    refuse("06 80 ffffffffffffffff", "at byte 2: impossible count");
    refuse("06 80 ffffffffffffff7f", "at byte 10: data ends too early");
    refuse("00 00 ffffffff 6500", "at byte 6: data ends too early");
    refuse("ff 02", "at byte 1: boolean is neither 0 nor 1");
    refuse("01 00 03000000 010080", "at byte 8: boolean is neither 0 nor 1");
    refuse("0b 00 02000000 610062", "at byte 6: data ends too early");
    refuse("f5 6162", "at byte 1: text without a terminating NUL");
    refuse("80 6162", "at byte 1: text without a terminating NUL");
    refuse("65 2d", "at byte 1: unknown primitive");
    refuse("66 25", "at byte 1: unknown primitive");
    refuse("66 ff", "at byte 1: unknown primitive");
    refuse("67 06", "at byte 1: unknown primitive");
    struct kq_decode_opts in_file = {.origin = 1000};
    refuse_with("14", &in_file, "at byte 1000: enumerations are not sent, their symbols are");
}

static void broken_containers_are_refused(void **state)
{
    (void)state;
    refuse("00 00 01000000 80 6100", "at byte 6: error inside another object");
    refuse("63 0b00 01000000 6100 0700 00000000",
           "at byte 0: a dictionary with different numbers of keys and values");
    refuse("63 f56100 f56200", "at byte 0: keys and values of a dictionary must be lists");
    refuse("62 00 0600 00000000", "at byte 2: a table must hold a dictionary");
    refuse("62 00 63 0b00 00000000 0000 00000000", "at byte 0: no columns");
    refuse("62 00 63 0a00 01000000 61 0000 01000000 0600 00000000",
           "at byte 0: column names are not symbols");
    refuse("62 00 63 0b00 01000000 6100 0000 01000000 fa01000000",
           "at byte 0: a column is an atom");
    refuse("62 80 63 0b00 01000000 6100 0000 01000000 0600 00000000",
           "at byte 1: unknown attribute");
    refuse("64 00 0600 00000000", "at byte 0: the source of a lambda must be text");
    refuse("68 00000000", "at byte 1: impossible count");
    refuse("68 ffffffff 6500", "at byte 1: impossible count");
    refuse("6a", "at byte 1: data ends too early");
    refuse("00 00 02000000 6500 1400", "at byte 8: enumerations are not sent, their symbols are");
}

static void nesting_is_bounded(void **state)
{
    (void)state;
    uint8_t deep[5002];
    memset(deep, 0x6a, sizeof deep);
    deep[5000] = 0x66;
    deep[5001] = 0;
    struct kq_err err = {0};
    assert_null(kq_decode_bytes(deep, sizeof deep, false, NULL, &err));
    assert_string_equal(err.msg, "at byte 1000: objects are nested too deep");
    struct kq_obj *o = kq_decode_bytes(deep + 4001, 1001, false, NULL, &err);
    assert_non_null(o);
    kq_unref(o);
    struct kq_decode_opts opts = {.max_depth = 1};
    refuse_with("00 00 01000000 6500", &opts, "at byte 6: objects are nested too deep");
    assert_int_equal(kq_obj_live(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(atoms_in_both_byte_orders),
        cmocka_unit_test(floats_guids_and_texts),
        cmocka_unit_test(vectors_in_both_byte_orders),
        cmocka_unit_test(containers),
        cmocka_unit_test(views_hold_the_frame),
        cmocka_unit_test(prefixes_tell_their_length),
        cmocka_unit_test(compressed_messages),
        cmocka_unit_test(broken_leaves_are_refused),
        cmocka_unit_test(broken_containers_are_refused),
        cmocka_unit_test(nesting_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
