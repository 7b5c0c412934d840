/*
 * intake.c - one take function per family of formats, behind one switch.
 * Delimited records try the fast lane first; after a record that it cannot
 * read it rests for a while, so that input full of quotes costs one pass only.
 */
#include "intake.h"

#include "base/log.h"
#include "base/mem.h"
#include "base/num.h"
#include "capture.h"
#include "guess.h"
#include "obj/types.h"
#include "pace.h"
#include "wire/header.h"
#include "wire/tplog.h"
#include "wire/walk.h"

#include <stdio.h>
#include <stdlib.h>

/* Records read with care before the lane is tried again, at most. */
enum { REST_MAX = 256 };

enum { REASON_MAX = 160 };

/* Bytes of a file that show which kind it is. */
enum { FILE_HEAD = 16 };

/* ---- setting up ---------------------------------------------------------------------------- */

static bool dialect_char(const char *name, const char *text, int *c, struct kq_err *err)
{
    return !text || pipe_opt_char(name, text, c, err);
}

static bool make_dialect(struct kq_csv_dialect *d, const struct pipe_opts *o, struct kq_err *err)
{
    bool delimited = o->in.input == PIPE_CSV || o->in.input == PIPE_TSV;
    *d = (struct kq_csv_dialect){KQ_CSVIN_NONE, KQ_CSVIN_NONE, KQ_CSVIN_NONE,
                                 o->common.null_data ? '\0' : '\n'};
    if (!delimited)
        return true;
    d->delimiter = o->in.input == PIPE_TSV ? '\t' : ',';
    d->quote = '"';
    return dialect_char("--delimiter", o->in.delimiter, &d->delimiter, err) &&
           dialect_char("--quote", o->in.quote, &d->quote, err) &&
           dialect_char("--escape", o->in.escape, &d->escape, err);
}

static bool parse_widths(struct pipe_intake *in, struct kq_err *err)
{
    const char *text = in->o->in.widths;
    if (!text || in->o->in.input != PIPE_FIXED)
        return true;
    struct kq_str rest = kq_strz(text), word;
    size_t n = 0;
    while (rest.len) {
        uint64_t w;
        kq_str_cut(rest, ',', &word, &rest);
        if (!kq_parse_u64(word.s, word.len, &w) || !w || w > KQ_CSVIN_RECORD_MAX)
            return kq_fail(err, KQ_EUSAGE, "--widths: '%.*s' is not a width", KQ_STR_FMT(word));
        in->widths = kq_realloc(in->widths, (n + 1) * sizeof *in->widths);
        in->widths[n++] = (size_t)w;
    }
    in->n_fields = n;
    return true;
}

bool pipe_intake_init(struct pipe_intake *in, const struct pipe_opts *o, struct pipe_schema *schema,
                      struct pipe_builder *builder, struct pipe_rejects *rejects,
                      struct kq_err *err)
{
    *in = (struct pipe_intake){
        .o = o, .schema = schema, .builder = builder, .rejects = rejects, .quota = SIZE_MAX};
    pipe_json_init(&in->json);
    return make_dialect(&in->dialect, o, err) && parse_widths(in, err);
}

void pipe_intake_release(struct pipe_intake *in)
{
    pipe_lane_release(&in->lane);
    if (in->csv.ends)
        kq_csvin_release(&in->csv);
    pipe_json_release(&in->json);
    free(in->widths);
    free(in->fields);
    free(in->names);
}

/* Lines are one column of strings. */
static bool lines_column(struct pipe_schema *s)
{
    if (s->n)
        return true;
    s->column = kq_calloc(1, sizeof *s->column);
    s->n = 1;
    return pipe_column_init(s->column, '*', NULL);
}

static void make_lane(struct pipe_intake *in)
{
    const struct kq_csv_dialect *d = &in->dialect;
    pipe_lane_release(&in->lane);
    in->has_lane = pipe_lane_init(&in->lane, in->schema->field, in->schema->n_fields, d->delimiter,
                                  d->quote, d->escape, d->end);
}

bool pipe_intake_ready(struct pipe_intake *in, struct kq_err *err)
{
    const struct pipe_in *o = &in->o->in;
    bool typed = pipe_is_typed(o->input);
    if (typed && o->input == PIPE_FIXED && in->n_fields != in->schema->n_fields)
        return kq_fail(err, KQ_EUSAGE, "%zu widths, but %zu types", in->n_fields,
                       in->schema->n_fields);
    if (o->input == PIPE_LINES)
        lines_column(in->schema);
    if (o->input == PIPE_JSONL)
        in->n_fields = in->schema->n_fields;
    in->fields = kq_calloc(in->n_fields, sizeof *in->fields);
    in->names = kq_calloc(in->n_fields, sizeof *in->names);
    for (size_t i = 0; o->input == PIPE_JSONL && i < in->n_fields; i++)
        in->names[i] = in->schema->field[i]->name;
    in->guessing = o->types && strcmp(o->types, "?") == 0;
    size_t names = o->header || in->guessing ? 10000 : in->schema->n_fields + 1;
    kq_csvin_init(&in->csv, &in->dialect, names, (size_t)o->max_record);
    if (typed && !in->guessing)
        make_lane(in);
    pipe_builder_begin(in->builder);
    return true;
}

void pipe_intake_file(struct pipe_intake *in, const char *name)
{
    in->file = name;
    in->line = 0;
    in->partial = false;
    in->begun = false;
    in->want_header = in->o->in.header;
    if (in->csv.ends)
        kq_csvin_reset(&in->csv);
}

/* Bytes to see before guessing, when there are as many. */
enum { GUESS_BYTES = 1 << 16 };

/* Find the types from what there is; 1 done, 0 more input would be better, -1. */
static int guess(struct pipe_intake *in, const char *data, size_t len, bool eof, struct kq_err *err)
{
    char types[PIPE_GUESS_MAX + 1];
    bool enough = eof || len >= GUESS_BYTES || in->guess_now;
    if (!len || !enough || (!eof && !memchr(data, in->dialect.end, len)))
        return 0;
    if (!pipe_guess(&in->dialect, in->want_header, data, len, eof, types, err) ||
        !pipe_schema_types(in->schema, in->o, types, err))
        return -1;
    kq_log(KQ_LOG_V, "guessed types: %s", types);
    in->guessing = false;
    make_lane(in);
    pipe_builder_begin(in->builder);
    return 1;
}

/* ---- rows -------------------------------------------------------------------------------------- */

static bool room(const struct pipe_intake *in)
{
    return in->quota > 0 && !pipe_builder_full(in->builder);
}

static void count(struct pipe_intake *in, size_t rows, size_t bytes, uint64_t line)
{
    pipe_builder_count(in->builder, rows, bytes, line, in->line);
    if (!in->builder->from.file)
        in->builder->from.file = in->file;
    in->quota -= rows;
}

static void tee(struct pipe_intake *in, struct kq_str text)
{
    if (!in->tee)
        return;
    kq_out_write(in->tee, text.s, text.len);
    kq_out_char(in->tee, (char)in->dialect.end);
}

static bool reject(struct pipe_intake *in, uint64_t line, struct kq_str text, const char *reason,
                   struct kq_err *err)
{
    return pipe_reject(in->rejects, in->file, line, text, reason, err);
}

static void undo(struct pipe_intake *in, size_t done)
{
    while (done > 0)
        pipe_column_undo(in->schema->field[--done]);
}

static const char *type_name(const struct pipe_column *c)
{
    return c->type > 0 ? kq_typeinfo(c->type)->name : "string";
}

static void cell_reason(const struct pipe_intake *in, size_t i, struct kq_str cell, char *reason)
{
    const struct pipe_column *c = in->schema->field[i];
    snprintf(reason, REASON_MAX, "field %zu%s%.40s%s: '%.*s' is not a %s", i + 1,
             c->name ? " (" : "", c->name ? c->name : "", c->name ? ")" : "",
             cell.len > 40 ? 40 : (int)cell.len, cell.s, type_name(c));
}

/*
 * Append one row.  With --on-error=null fields that cannot be read or are
 * missing are nulls and further ones are ignored; else the row is rejected.
 */
static bool add_row(struct pipe_intake *in, const struct kq_str *field, size_t n, uint64_t line,
                    struct kq_str text, struct kq_err *err)
{
    char reason[REASON_MAX];
    const struct pipe_schema *s = in->schema;
    bool lenient = in->o->in.on_error == PIPE_NULL;
    if (n != s->n_fields && !lenient) {
        snprintf(reason, sizeof reason, "%zu fields, expected %zu", n, s->n_fields);
        return reject(in, line, text, reason, err);
    }
    for (size_t i = 0; i < s->n_fields; i++) {
        struct kq_str cell = i < n ? field[i] : kq_str("", 0);
        if (pipe_column_add(s->field[i], cell) || lenient)
            continue;
        undo(in, i + 1);
        cell_reason(in, i, cell, reason);
        return reject(in, line, text, reason, err);
    }
    count(in, 1, text.len + 1, line);
    tee(in, text);
    return true;
}

/* ---- csv, tsv ------------------------------------------------------------------------------------ */

static bool take_header(struct pipe_intake *in, struct kq_err *err)
{
    const char *key = in->o->flow.shard_by;
    in->want_header = false;
    if (!pipe_schema_header(in->schema, in->csv.field, in->csv.n_fields, err)) {
        kq_err_context(err, "%s", in->file);
        return false;
    }
    if (key && !pipe_schema_has(in->schema, key))
        return kq_fail(err, KQ_EDATA, "%s: no column '%s' for --shard-by", in->file, key);
    make_lane(in);
    return true;
}

/* A record that csvin has found. */
static bool take_record(struct pipe_intake *in, struct kq_err *err)
{
    const struct kq_csvin *c = &in->csv;
    uint64_t line = in->line + 1;
    in->line += c->lines ? c->lines : 1;
    if (c->open_quote && in->o->in.on_error != PIPE_NULL)
        return reject(in, line, c->text, "quote without end", err);
    if (!c->text.len && in->schema->n_fields != 1)
        return true; /* a blank line */
    if (in->want_header)
        return take_header(in, err);
    return add_row(in, c->field, c->n_fields, line, c->text, err);
}

/* One record with care: bytes taken, 0 when it is not all there, -1. */
static ssize_t with_care(struct pipe_intake *in, const char *data, size_t len, bool eof,
                         struct kq_err *err)
{
    if (!in->partial)
        kq_csvin_reset(&in->csv);
    kq_csvin_window(&in->csv, data, len, eof);
    int got = kq_csvin_next(&in->csv, err);
    in->partial = got == 0 && kq_csvin_rest(&in->csv) > 0;
    if (got < 0)
        kq_err_context(err, "%s", in->file);
    if (got <= 0)
        return got;
    if (in->resting)
        in->resting--;
    size_t used = len - kq_csvin_rest(&in->csv);
    return take_record(in, err) ? (ssize_t)used : -1;
}

/* As many ordinary records as the lane can read. */
static const char *by_lane(struct pipe_intake *in, const char *p, const char *stop)
{
    struct pipe_builder *b = in->builder;
    if (!in->has_lane || in->no_lane || in->resting || in->partial || in->want_header ||
        b->rows >= b->room)
        return p;
    size_t rows = 0, most = (b->room < b->max_rows ? b->room : b->max_rows) - b->rows;
    size_t bytes = b->max_bytes - b->bytes, left = (size_t)(stop - p);
    const char *q = pipe_lane_run(&in->lane, p, bytes < left ? p + bytes : stop, stop,
                                  most < in->quota ? most : in->quota, &rows);
    if (!rows) {
        in->rest = in->rest < REST_MAX ? 2 * in->rest + 1 : REST_MAX;
        in->resting = in->rest;
        return p;
    }
    in->rest = 0;
    uint64_t first = in->line + 1;
    in->line += rows;
    count(in, rows, (size_t)(q - p), first);
    if (in->tee)
        kq_out_write(in->tee, p, (size_t)(q - p));
    return q;
}

static ssize_t take_delimited(struct pipe_intake *in, char *data, size_t len, bool eof,
                              struct kq_err *err)
{
    const char *p = data, *stop = data + len;
    int known = in->guessing ? guess(in, data, len, eof, err) : 1;
    if (known <= 0)
        return known;
    *(data + len) = '\n'; /* kernels of the lane stop here at the latest */
    while (p < stop && room(in)) {
        const char *q = by_lane(in, p, stop);
        if (q != p) {
            p = q;
            continue;
        }
        ssize_t n = with_care(in, p, (size_t)(stop - p), eof, err);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        p += n;
    }
    return p - data;
}

/* ---- lines of other kinds --------------------------------------------------------------------------- */

static bool take_fixed(struct pipe_intake *in, struct kq_str line, struct kq_err *err)
{
    size_t at = 0, n = 0;
    for (; n < in->n_fields && at < line.len; n++) {
        size_t left = line.len - at, w = in->widths[n] < left ? in->widths[n] : left;
        in->fields[n] = kq_str(line.s + at, w);
        at += w;
    }
    return add_row(in, in->fields, n, in->line, line, err);
}

static bool take_json(struct pipe_intake *in, struct kq_str line, struct kq_err *err)
{
    char why[REASON_MAX];
    if (!pipe_json_read(&in->json, line, in->names, in->n_fields, in->fields, why, sizeof why))
        return reject(in, in->line, line, why, err);
    return add_row(in, in->fields, in->n_fields, in->line, line, err);
}

static bool take_line(struct pipe_intake *in, struct kq_str line, struct kq_err *err)
{
    in->line++;
    if (in->o->in.input != PIPE_LINES && !kq_str_trim(line).len)
        return true; /* a blank line */
    if (in->want_header) {
        in->want_header = false;
        return true;
    }
    if (in->o->in.input == PIPE_FIXED)
        return take_fixed(in, line, err);
    if (in->o->in.input == PIPE_JSONL)
        return take_json(in, line, err);
    pipe_column_add(in->schema->column, line);
    count(in, 1, line.len + 1, in->line);
    tee(in, line);
    return true;
}

/*
 * How much of the data goes into the message in work: whole lines, of at most
 * --batch-bytes together, as .Q.fs cuts files; a longer line is alone.
 */
static size_t chunk_len(const struct pipe_intake *in, const char *data, size_t len)
{
    const struct pipe_builder *b = in->builder;
    size_t most = b->max_bytes - b->bytes;
    if (len <= most)
        return len;
    const char *cut = memrchr(data, in->dialect.end, most);
    if (!cut && !b->rows)
        cut = memchr(data + most, in->dialect.end, len - most);
    return cut ? (size_t)(cut - data) + 1 : b->rows ? 0 : len;
}

static ssize_t take_lines(struct pipe_intake *in, char *data, size_t len, bool eof,
                          struct kq_err *err)
{
    size_t n = in->o->in.input == PIPE_LINES ? chunk_len(in, data, len) : len;
    kq_csvin_window(&in->csv, data, n, eof && n == len);
    int got = 1;
    while (room(in) && (got = kq_csvin_next(&in->csv, err)) > 0) {
        /* csvin cuts a CR off; .Q.fps leaves it in */
        struct kq_str line = in->csv.text;
        if (in->o->in.input == PIPE_LINES && line.s + line.len < data + n)
            line.len += line.s[line.len] == '\r';
        if (!take_line(in, line, err))
            return -1;
    }
    if (got < 0) {
        kq_err_context(err, "%s", in->file);
        return -1;
    }
    size_t rest = kq_csvin_rest(&in->csv);
    in->builder->complete = n < len && !rest;
    return (ssize_t)(n - rest);
}

/* Chunks of whole lines, as one char vector. */
static ssize_t take_bytes(struct pipe_intake *in, char *data, size_t len, bool eof,
                          struct kq_err *err)
{
    struct pipe_builder *b = in->builder;
    size_t n = chunk_len(in, data, len);
    const char *cut = memrchr(data, in->dialect.end, n);
    b->complete = n < len;
    if (cut)
        n = (size_t)(cut - data) + 1;
    else if (!eof && len <= in->o->in.max_record)
        return 0;
    if (!n)
        return 0;
    kq_buf_append(&b->text, data, n);
    in->line++;
    count(in, 1, n, in->line);
    if (in->tee)
        kq_out_write(in->tee, data, n);
    return !b->text.failed || kq_fail(err, KQ_EIO, "not enough memory") ? (ssize_t)n : -1;
}

/* ---- messages -------------------------------------------------------------------------------------------- */

static bool damaged(struct pipe_intake *in, const char *what, struct kq_err *err)
{
    return kq_fail(err, KQ_EPROTO, "%s: message %llu: %s", in->file,
                   (unsigned long long)in->line + 1, what);
}

static bool keep_message(struct pipe_intake *in, size_t bytes, bool answered, struct kq_err *err)
{
    in->line++;
    in->builder->answers += answered;
    count(in, 1, bytes, in->line);
    return !in->builder->text.failed || kq_fail(err, KQ_EIO, "not enough memory");
}

/* The header of the frame at `p`, which may be incomplete. */
static bool frame_header(struct pipe_intake *in, const uint8_t *p, struct kq_header *h,
                         struct kq_err *err)
{
    if (!kq_header_parse(p, h, err)) {
        kq_err_context(err, "%s: message %llu", in->file, (unsigned long long)in->line + 1);
        return false;
    }
    return h->total <= in->o->common.max_size || damaged(in, "longer than --max-size", err);
}

/* One frame: bytes taken, 0: not all there, -1. */
static ssize_t take_frame(struct pipe_intake *in, const uint8_t *p, size_t len, bool eof,
                          struct kq_err *err)
{
    struct kq_header h;
    if (len < KQ_HEADER_LEN)
        return eof && !damaged(in, "cut off in its header", err) ? -1 : 0;
    if (!frame_header(in, p, &h, err))
        return -1;
    if (h.total > len)
        return eof && !damaged(in, "cut off", err) ? -1 : 0;
    if (h.kind == KQ_RESPONSE) {
        in->line++; /* answers are for whoever asked */
        return (ssize_t)h.total;
    }
    kq_buf_append(&in->builder->text, p, (size_t)h.total);
    return keep_message(in, (size_t)h.total, h.kind == KQ_SYNC, err) ? (ssize_t)h.total : -1;
}

/*
 * One frame of a recording, which holds it whole, or a large one in parts one
 * after the other.  The bytes of other records are taken too.
 */
static ssize_t take_recorded(struct pipe_intake *in, const uint8_t *p, size_t len, bool eof,
                             struct kq_err *err)
{
    struct kq_buf *text = &in->builder->text;
    struct pipe_capture_part part;
    struct kq_header h = {.total = 1};
    size_t at = 0, start = text->len;
    while (text->len - start < h.total) {
        ssize_t n = pipe_capture_part(p + at, len - at, &part, err);
        if (n <= 0) {
            text->len = start;
            return n < 0 || (eof && !damaged(in, "cut off", err)) ? -1 : 0;
        }
        bool first = at == 0;
        at += (size_t)n;
        if (first && part.len < KQ_HEADER_LEN)
            return (ssize_t)at;
        if (first && !frame_header(in, part.data, &h, err))
            return -1;
        kq_buf_append(text, part.data, part.len);
        in->when_ns = part.when_ns;
    }
    return keep_message(in, text->len - start, h.kind == KQ_SYNC, err) ? (ssize_t)at : -1;
}

/* One object of a log, as a message. */
static ssize_t take_object(struct pipe_intake *in, const uint8_t *p, size_t len, bool eof,
                           struct kq_err *err)
{
    size_t n;
    int got = kq_measure(p, len, false, &n, err);
    if (got < 0) {
        kq_err_context(err, "%s: message %llu", in->file, (unsigned long long)in->line + 1);
        return -1;
    }
    if (!got && len > in->o->common.max_size)
        return damaged(in, "longer than --max-size", err) ? 0 : -1;
    if (!got)
        return eof && !damaged(in, "cut off (badtail)", err) ? -1 : 0;
    bool sync = in->o->flow.sync;
    uint8_t head[KQ_HEADER_LEN];
    struct kq_header h = {.kind = sync ? KQ_SYNC : KQ_ASYNC, .total = n + KQ_HEADER_LEN};
    kq_header_put(head, &h);
    kq_buf_append(&in->builder->text, head, sizeof head);
    kq_buf_append(&in->builder->text, p, n);
    return keep_message(in, n, sync, err) ? (ssize_t)n : -1;
}

/* Bytes in front of the first object of a log; -1 for other q files. */
static ssize_t log_start(struct pipe_intake *in, const uint8_t *p, size_t len, struct kq_err *err)
{
    enum kq_qfile kind = kq_qfile_detect(p, len);
    if (kind == KQ_QFILE_VECTOR || kind == KQ_QFILE_PAGED || kind == KQ_QFILE_ZIPPED)
        return kq_fail(err, KQ_EPROTO, "%s: a q file, but not a log", in->file) ? 0 : -1;
    return kind == KQ_QFILE_NONE ? 0 : (ssize_t)kq_qfile_start(kind);
}

/* Bytes in front of the first message of a file; -1 for what is none of its kind. */
static ssize_t messages_start(struct pipe_intake *in, const uint8_t *p, size_t len, bool eof,
                              struct kq_err *err)
{
    int input = in->o->in.input;
    ssize_t n = 0;
    in->begun |= input == PIPE_IPC;
    if (in->begun || !len || (len < FILE_HEAD && !eof))
        return 0;
    if (input == PIPE_TPLOG)
        n = log_start(in, p, len, err);
    else if (input == PIPE_PCAP)
        n = pipe_capture_start_len(p, len, err);
    in->begun = n >= 0;
    return n > (ssize_t)len ? (ssize_t)len : n;
}

typedef ssize_t take_message_fn(struct pipe_intake *in, const uint8_t *p, size_t len, bool eof,
                                struct kq_err *err);

static ssize_t take_messages(struct pipe_intake *in, char *data, size_t len, bool eof,
                             take_message_fn *take_message, struct kq_err *err)
{
    const uint8_t *p = (const uint8_t *)data;
    ssize_t n = messages_start(in, p, len, eof, err);
    size_t at = n > 0 ? (size_t)n : 0;
    if (n < 0 || !in->begun)
        return n;
    while (at < len && room(in)) {
        n = take_message(in, p + at, len - at, eof, err);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        at += (size_t)n;
    }
    return (ssize_t)at;
}

ssize_t pipe_intake_take(struct pipe_intake *in, char *data, size_t len, bool eof,
                         struct kq_err *err)
{
    switch (in->o->in.input) {
    case PIPE_CSV:
    case PIPE_TSV: return take_delimited(in, data, len, eof, err);
    case PIPE_BYTES: return take_bytes(in, data, len, eof, err);
    case PIPE_IPC: return take_messages(in, data, len, eof, take_frame, err);
    case PIPE_TPLOG: return take_messages(in, data, len, eof, take_object, err);
    case PIPE_PCAP: return take_messages(in, data, len, eof, take_recorded, err);
    default: return take_lines(in, data, len, eof, err);
    }
}

/* ---- going back ---------------------------------------------------------------------------------------------- */

struct pipe_mark pipe_intake_mark(const struct pipe_intake *in)
{
    const struct pipe_builder *b = in->builder;
    return (struct pipe_mark){in->line, b->rows, b->bytes, b->text.len, b->answers, b->from};
}

void pipe_intake_untake(struct pipe_intake *in, const struct pipe_mark *m)
{
    struct pipe_builder *b = in->builder;
    if (pipe_is_typed(in->o->in.input))
        undo(in, in->schema->n_fields);
    else if (in->o->in.input == PIPE_LINES)
        pipe_column_undo(in->schema->column);
    in->line = m->line;
    b->rows = m->rows;
    b->bytes = m->bytes;
    b->text.len = m->text_len;
    b->answers = m->answers;
    b->from = m->from;
}

bool pipe_intake_time(const struct pipe_intake *in, const struct pipe_mark *m, int64_t *ns)
{
    const struct kq_buf *text = &in->builder->text;
    if (pipe_is_typed(in->o->in.input))
        return pipe_pace_of_row(in->schema, ns);
    if (in->o->in.input == PIPE_PCAP) {
        *ns = in->when_ns;
        return true;
    }
    size_t body = m->text_len + KQ_HEADER_LEN;
    return pipe_is_forward(in->o->in.input) && text->len > body &&
           pipe_pace_of_message(kq_str((const char *)text->data + body, text->len - body), ns);
}
