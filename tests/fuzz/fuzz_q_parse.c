/*
 * fuzz_q_parse.c - text through the lexer alone, then through the parser, and the tree through
 * the formatter.  One interpreter serves a thousand texts, since none of them is run.
 */
#include "q/lex.h"
#include "q/q.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct q_limits limits = {.steps = 1000000,
                                       .bytes = (size_t)64 << 20,
                                       .stack = (size_t)1 << 20};

static void lex(struct q *q, const char *s, size_t len)
{
    struct q_lex l;
    q_lex_init(&l, q, s, len);
    for (size_t n = 0; l.token != Q_END && l.token != Q_BAD; n++) {
        /* A token has at least one character. */
        if (n > len + 1)
            abort();
        q_lex_next(&l);
    }
    q_lex_release(&l);
}

static void parse(struct q *q, struct kq_obj *parser, const char *s, size_t len)
{
    struct kq_obj *text = kq_string(s, len), *tree = q_apply(q, parser, 1, &text);
    struct kq_obj *shown = tree ? q_console(q, tree) : NULL;
    kq_unref(shown);
    kq_unref(tree);
    kq_unref(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct q *q;
    static struct kq_obj *parser;
    static int64_t runs, before;
    if (runs++ % 1000 == 0) {
        kq_unref(parser);
        q_free(q);
        if (kq_obj_live())
            abort();
        q = q_new(NULL, &limits);
        parser = q_eval_text(q, "parse", 5);
        before = kq_obj_live();
    }
    lex(q, (const char *)data, size);
    parse(q, parser, (const char *)data, size);
    if (kq_obj_live() != before)
        abort();
    return 0;
}
