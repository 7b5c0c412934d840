/*
 * test_lst_fault.c - which messages a fault strikes.
 */
#include "fault.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct lst_faults faults_of(const char *spec)
{
    struct lst_faults f = {.n = 0};
    struct kq_err err = {0};
    if (lst_faults_add(&f, kq_strz(spec), &err) < 0)
        fail_msg("%s", err.msg);
    return f;
}

static void assert_refused(const char *spec, const char *want)
{
    struct lst_faults f = {.n = 0};
    struct kq_err err = {0};
    assert_int_equal(lst_faults_add(&f, kq_strz(spec), &err), -1);
    assert_int_equal(err.code, KQ_EUSAGE);
    if (!strstr(err.msg, want))
        fail_msg("%s: '%s' has no '%s'", spec, err.msg, want);
    assert_int_equal(f.n, 0);
}

static void values_are_read(void **state)
{
    (void)state;
    assert_int_equal(faults_of("delay=1.5s").fault[0].value, 1500000000);
    assert_int_equal(faults_of("rate=10k").fault[0].value, 10240);
    assert_int_equal(faults_of("cap=0x2A").fault[0].value, 42);
    assert_int_equal(faults_of("type=200").fault[0].value, 200);
    assert_int_equal(faults_of("length=-4").fault[0].value, -4);
    assert_int_equal(faults_of("length=+4").fault[0].value, 4);
    assert_true(faults_of("length=max").fault[0].value == LST_LENGTH_MAX);
    assert_int_equal(faults_of("compress=huge").fault[0].value, LST_COMPRESS_HUGE);
}

static void nonsense_is_refused(void **state)
{
    (void)state;
    assert_refused("", "no fault is called ''");
    assert_refused("explode", "no fault is called 'explode'");
    assert_refused("delay", "bad value '' of fault delay");
    assert_refused("delay=soon", "bad value 'soon'");
    assert_refused("rst=1", "takes no value");
    assert_refused("cap=256", "bad value");
    assert_refused("cap=0x100", "bad value");
    assert_refused("endian=little", "bad value");
    assert_refused("rst,p=1.5", "bad selector 'p=1.5'");
    assert_refused("rst,p=", "bad selector");
    assert_refused("rst,msg=0", "bad selector");
    assert_refused("rst,kind=response", "bad selector");
    assert_refused("cap=3,msg=1", "is of the connection");
    assert_refused("dup,kind=async", "has no answer");
    assert_refused("delay=1,kind=push", "does not strike messages that are pushed");
}

static void faults_of_messages_are_not_of_connections(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("rst");
    assert_int_equal(lst_faults_of_conn(&f, 1), 0);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_ASYNC, 1, 1), 1);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_PUSH, 1, 1), 0);
    f = faults_of("chunk=1");
    assert_int_equal(lst_faults_of_conn(&f, 1), 1);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1), 0);
}

static void answers_are_to_sync_requests(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("dup");
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1), 1);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_ASYNC, 1, 1), 0);
    f = faults_of("dup,kind=push");
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1), 0);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_PUSH, 1, 1), 1);
}

static void selectors_count(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("dup,conn=2,msg=3");
    assert_int_equal(lst_faults_of_msg(&f, 2, LST_FAULT_SYNC, 3, 1), 1);
    assert_int_equal(lst_faults_of_msg(&f, 2, LST_FAULT_SYNC, 1, 3), 0);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 3, 3), 0);
    f = faults_of("dup,msg=3,kind=sync");
    assert_int_equal(lst_faults_of_msg(&f, 2, LST_FAULT_SYNC, 9, 3), 1);
    assert_int_equal(lst_faults_of_msg(&f, 2, LST_FAULT_SYNC, 3, 9), 0);
}

static void several_make_a_set(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("dup");
    assert_int_equal(lst_faults_add(&f, kq_strz("type=7"), NULL), 1);
    uint64_t set = lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1);
    assert_int_equal(set, 3);
    assert_int_equal(lst_faults_get(&f, set, LST_FAULT_TYPE)->value, 7);
    assert_null(lst_faults_get(&f, 1, LST_FAULT_TYPE));
    assert_null(lst_faults_get(&f, 0, LST_FAULT_DUP));
}

static int strikes_of(uint64_t seed, double *share)
{
    struct lst_faults f = faults_of("rst,p=0.25");
    int pattern = 0, n = 0;
    lst_faults_seed(&f, seed);
    for (int i = 1; i <= 10000; i++) {
        bool hit = lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, i, i);
        n += hit;
        if (i <= 30)
            pattern = pattern << 1 | hit;
    }
    *share = n / 10000.0;
    return pattern;
}

static void chance_follows_the_seed(void **state)
{
    (void)state;
    double share;
    int first = strikes_of(1, &share);
    assert_true(share > 0.23 && share < 0.27);
    assert_int_equal(strikes_of(1, &share), first);
    assert_int_not_equal(strikes_of(2, &share), first);
    struct lst_faults f = faults_of("rst,p=0");
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1), 0);
    assert_true(lst_faults_are_random(&f));
    f = faults_of("rst");
    assert_false(lst_faults_are_random(&f));
}

static void delays_add_up(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("delay=5ms");
    lst_faults_add(&f, kq_strz("jitter=1ms"), NULL);
    assert_int_equal(lst_faults_delay_ns(&f, 1), 5000000);
    assert_in_range(lst_faults_delay_ns(&f, 3), 5000000, 5999999);
    assert_int_equal(lst_faults_delay_ns(&f, 0), 0);
}

static void faults_of_rules_wait_for_their_rule(void **state)
{
    (void)state;
    struct lst_faults f = faults_of("dup");
    struct kq_err err;
    assert_int_equal(lst_faults_add_for_rule(&f, kq_strz("rst"), &err), 1);
    assert_int_equal(lst_faults_of_msg(&f, 1, LST_FAULT_SYNC, 1, 1), 1);
    assert_int_equal(lst_faults_of_rule(&f, 1), 2);
    assert_int_equal(lst_faults_of_rule(&f, -1), 0);
    assert_int_equal(lst_faults_add_for_rule(&f, kq_strz("rst,msg=2"), &err), -1);
    assert_non_null(strstr(err.msg, "a rule selects the message"));
    lst_faults_drop_rules(&f);
    assert_int_equal(f.n, 1);
}

static void there_is_a_limit(void **state)
{
    (void)state;
    struct lst_faults f = {.n = 0};
    struct kq_err err;
    for (int i = 0; i < LST_FAULTS_MAX; i++)
        assert_int_equal(lst_faults_add(&f, kq_strz("rst"), &err), i);
    assert_int_equal(lst_faults_add(&f, kq_strz("rst"), &err), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_read),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(faults_of_messages_are_not_of_connections),
        cmocka_unit_test(answers_are_to_sync_requests),
        cmocka_unit_test(selectors_count),
        cmocka_unit_test(several_make_a_set),
        cmocka_unit_test(chance_follows_the_seed),
        cmocka_unit_test(delays_add_up),
        cmocka_unit_test(faults_of_rules_wait_for_their_rule),
        cmocka_unit_test(there_is_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
