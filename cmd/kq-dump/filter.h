/*
 * filter.h - which messages are shown.
 *
 * All conditions must hold; the cheap ones are asked first, so that a filter
 * on kind, function, table or size decodes nothing.
 */
#ifndef KQ_DUMP_FILTER_H
#define KQ_DUMP_FILTER_H

#include "msg.h"
#include "opts.h"

struct dump_filter;

/* What the options say; NULL with KQ_EUSAGE for words that make no sense. */
struct dump_filter *dump_filter_new(const struct dump_which *which, const char *match,
                                    struct kq_err *err);
void dump_filter_free(struct dump_filter *f);

bool dump_filter_pass(struct dump_filter *f, struct dump_msg *m);

/* No message from this one on can pass: --to #N is reached. */
bool dump_filter_past(const struct dump_filter *f, const struct dump_msg *m);

/* Is anything asked for at all? */
bool dump_filter_active(const struct dump_filter *f);

/* Numbers and ranges such as "5010,5020-5030": is `port` among them?  A syntax
 * error is found by dump_ports_check. */
bool dump_ports_have(const char *ports, unsigned port);
bool dump_ports_check(const char *ports, struct kq_err *err);

#endif
