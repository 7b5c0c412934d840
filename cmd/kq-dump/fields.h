/*
 * fields.h - the columns that csv and text can show, by name.
 */
#ifndef KQ_DUMP_FIELDS_H
#define KQ_DUMP_FIELDS_H

#include "base/out.h"
#include "msg.h"
#include "stamp.h"
#include "text/style.h"

enum dump_field {
    DUMP_F_N,
    DUMP_F_TIME,
    DUMP_F_CONN,
    DUMP_F_SRC,
    DUMP_F_DST,
    DUMP_F_CLIENT,
    DUMP_F_SERVER,
    DUMP_F_KIND,
    DUMP_F_SIZE,
    DUMP_F_ZSIZE,   /* compressed size; empty when plain */
    DUMP_F_LATENCY, /* us, to the last byte */
    DUMP_F_WAIT,    /* us, to the first byte */
    DUMP_F_USER,
    DUMP_F_FN,
    DUMP_F_TABLE,
    DUMP_F_ROWS,
    DUMP_F_QUERY,
    DUMP_F_VALUE, /* one-line q text */
    DUMP_F_ERROR,
    DUMP_F_REPLY_TO,
    DUMP_F_OFFSET,
    DUMP_F_ENDIAN,
    DUMP_F_MISSING, /* bytes that the capture lost */
    DUMP_F_COUNT,
};

/* "time" */
const char *dump_field_name(enum dump_field f);

/* A list such as "time,src,query"; returns how many, 0 with KQ_EUSAGE. */
size_t dump_fields_parse(const char *list, enum dump_field fields[DUMP_F_COUNT],
                         struct kq_err *err);

/* Write the field, as it is, nothing when the message has none. */
void dump_field_put(struct kq_out *o, enum dump_field f, struct dump_msg *m,
                    struct dump_stamp *stamp, const struct kq_style *style);

/* Microseconds with three decimals, nothing for a negative number. */
void dump_us_put(struct kq_out *o, int64_t ns);

#endif
