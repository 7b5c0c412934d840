/*
 * qsql.h - parses the query templates, and names columns.
 */
#ifndef Q_QSQL_H
#define Q_QSQL_H

#include "q/parse.h"

/* select, exec, update or delete, at the current token: (?;t;c;b;a). */
struct kq_obj *q_parse_query(struct q_parser *p);

/*
 * The name of a column given as an expression, added to *names: that of `a:x`
 * (whose x replaces *expr), else the first column name in it, else x.
 */
void q_qsql_take_name(struct kq_obj **names, struct kq_obj **expr);

/* Number the repeated ones: a a b -> a a1 b. */
void q_qsql_unique(struct kq_obj *names);

#endif
