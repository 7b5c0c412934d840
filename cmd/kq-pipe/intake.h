/*
 * intake.h - from bytes to rows: records of the input format into the builder.
 *
 * One call takes as many records as the batch in work has room for and says
 * how many bytes that were, so the reader of files, the clock of --rate and
 * the queues of the servers all stop it between two records.
 */
#ifndef KQ_PIPE_INTAKE_H
#define KQ_PIPE_INTAKE_H

#include "base/err.h"
#include "base/out.h"
#include "batch.h"
#include "jsonin.h"
#include "lane.h"
#include "opts.h"
#include "reject.h"
#include "schema.h"
#include "text/csvin.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct pipe_intake {
    const struct pipe_opts *o;
    struct pipe_schema *schema;
    struct pipe_builder *builder;
    struct pipe_rejects *rejects;
    struct kq_out *tee; /* accepted lines, NULL: none */
    const char *file;   /* being read */
    uint64_t line;      /* lines (messages) of this file taken so far */
    size_t quota;       /* rows that may still be taken, for --rate and --count */
    bool guessing;      /* --types=?: there are no columns yet */
    bool guess_now;     /* and no more input is worth waiting for */

    struct kq_csv_dialect dialect; /* the rest is private */
    struct kq_csvin csv;
    bool partial; /* csv has seen the beginning of a record */
    struct pipe_lane lane;
    bool has_lane, no_lane; /* no_lane: tests read everything with care */
    unsigned rest, resting; /* records to read with care before the lane is tried again */
    bool want_header;
    bool begun;      /* messages: the head of the file has been read */
    int64_t when_ns; /* pcap: of the message taken last */
    size_t *widths;
    struct kq_str *fields; /* fixed, jsonl: of one record */
    const char **names;    /* jsonl: of the members */
    size_t n_fields;
    struct pipe_json json;
};

/* The schema must have its columns, unless a header or the server names them
 * later; see pipe_intake_ready. */
bool pipe_intake_init(struct pipe_intake *in, const struct pipe_opts *o, struct pipe_schema *schema,
                      struct pipe_builder *builder, struct pipe_rejects *rejects,
                      struct kq_err *err);
void pipe_intake_release(struct pipe_intake *in);

/* Columns are known: begin.  KQ_EUSAGE when they do not suit the input. */
bool pipe_intake_ready(struct pipe_intake *in, struct kq_err *err);

/* A new file begins. */
void pipe_intake_file(struct pipe_intake *in, const char *name);

/* What to go back to when a row turns out to be early: see pipe_intake_untake. */
struct pipe_mark {
    uint64_t line;
    size_t rows, bytes, text_len;
    uint32_t answers;
    struct pipe_origin from;
};
struct pipe_mark pipe_intake_mark(const struct pipe_intake *in);

/* Undo the one row (or message) taken since `m`; its bytes will be shown again. */
void pipe_intake_untake(struct pipe_intake *in, const struct pipe_mark *m);

/* The time of the row or message taken last, for --pace; false: it has none. */
bool pipe_intake_time(const struct pipe_intake *in, const struct pipe_mark *m, int64_t *ns);

/*
 * Take records from data[0..len) until the batch is full, the quota is used up
 * or the rest is no whole record; with `eof` a last one without an end counts.
 * PIPE_SLACK bytes behind the data are overwritten.  Returns the bytes taken,
 * or -1: KQ_EDATA for a rejected row, KQ_EPROTO for a damaged message, KQ_EIO.
 */
ssize_t pipe_intake_take(struct pipe_intake *in, char *data, size_t len, bool eof,
                         struct kq_err *err);

#endif
