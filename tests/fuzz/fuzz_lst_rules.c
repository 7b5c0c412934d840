/*
 * fuzz_lst_rules.c - a file of rules, and requests that are looked up in it.
 *
 * Rules belong to whoever starts the server.  So their regular expressions may
 * cost what the C library makes them cost, and @FILE reads what it names; both
 * are left out here.
 */
#include "expect.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Repeats of repeats and references back, which regcomp and regexec take long for. */
static bool is_costly(struct kq_str line)
{
    for (size_t i = 0; i < line.len; i++) {
        char c = line.s[i];
        if (c == '{' || c == '@' || (c == '\\' && i + 1 < line.len && line.s[i + 1] <= '9'))
            return true;
    }
    return line.len > 100;
}

static void add_line(struct lst_rules *rules, struct lst_expect *expect, struct kq_str line)
{
    struct kq_err err = {0};
    size_t before = rules->n;
    if (is_costly(line) || rules->n > 12)
        return;
    bool ok = lst_rules_add(rules, line, "fuzz", &err);
    if (ok != (rules->n == before + 1) || (!ok && !err.code))
        abort();
    lst_expect_add(expect, line, &err);
}

static void look_up(struct lst_rules *rules, struct lst_expect *expect, const char *text)
{
    for (int kind = KQ_ASYNC; kind <= KQ_SYNC; kind++) {
        struct lst_rule *rule = lst_rules_find(rules, text, (enum kq_kind)kind, "ann");
        if (rule && rule->kind >= 0 && rule->kind != kind)
            abort();
        struct lst_reply copy = {.action = LST_EVAL};
        if (rule)
            lst_reply_copy(&copy, &rule->reply);
        lst_reply_release(&copy);
    }
    lst_expect_see(expect, text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct lst_faults faults = {0};
    struct lst_rules rules = {.faults = &faults};
    struct lst_expect expect = {0};
    struct kq_str rest = kq_str((const char *)data, size), line;
    struct kq_out verdict;
    lst_faults_seed(&faults, 1);
    while (rest.len) {
        kq_str_cut(rest, '\n', &line, &rest);
        add_line(&rules, &expect, line);
    }
    look_up(&rules, &expect, "");
    look_up(&rules, &expect, "select from trade");
    look_up(&rules, &expect, "(`upd;`trade;+`a`b!(1 2;\"xy\"))");
    kq_out_init_mem(&verdict);
    lst_expect_met(&expect, &verdict);
    kq_out_release(&verdict);
    lst_expect_release(&expect);
    lst_rules_release(&rules);
    return 0;
}
