/*
 * batch.c - payloads of columns behind a prepared head: cutting a batch is one
 * allocation and one memcpy for each column.
 */
#include "batch.h"

#include "base/mem.h"
#include "obj/types.h"
#include "text/lit.h"
#include "wire/decode.h"
#include "wire/encode.h"
#include "wire/header.h"
#include "wire/hello.h"

#include <stdlib.h>

/* Rows to make room for at once, however large a batch may become. */
enum { ROOM_MAX = 1 << 18 };

enum { LIST_HEAD = 6 }; /* type, attribute, count of a list or vector */

/* ---- the head ------------------------------------------------------------------------- */

static void put_list(struct kq_buf *b, uint8_t type, size_t n)
{
    uint8_t h[LIST_HEAD] = {type, 0};
    uint32_t count = (uint32_t)n;
    memcpy(h + 2, &count, 4);
    kq_buf_append(b, h, sizeof h);
}

static void put_symbol(struct kq_buf *b, const char *s)
{
    kq_buf_byte(b, (uint8_t)-KQ_SYMBOL);
    kq_buf_append(b, s, strlen(s) + 1);
}

/* Keywords and expressions go as text, which the server evaluates; names as symbols. */
static void put_function(struct kq_buf *b, const char *fn)
{
    size_t n = strlen(fn);
    bool keyword = strcmp(fn, "insert") == 0 || strcmp(fn, "upsert") == 0;
    if (!keyword && kq_lit_name_len(fn, n) == n) {
        put_symbol(b, fn);
        return;
    }
    put_list(b, KQ_CHAR, n);
    kq_buf_append(b, fn, n);
}

bool pipe_builder_init(struct pipe_builder *b, const struct pipe_opts *o,
                       struct pipe_schema *schema, struct kq_err *err)
{
    memset(b, 0, sizeof *b);
    b->o = o;
    b->schema = schema;
    b->max_rows = (size_t)o->out.batch;
    b->max_bytes = (size_t)o->out.batch_bytes;
    kq_buf_init(&b->head, 1 << 20);
    kq_buf_init(&b->text, KQ_BUF_NOMAX);
    kq_buf_init(&b->scratch, KQ_BUF_NOMAX);
    put_list(&b->head, KQ_LIST, o->out.table ? 3 : 2);
    put_function(&b->head, o->out.call);
    if (o->out.table)
        put_symbol(&b->head, o->out.table);
    return !b->head.failed || kq_fail(err, KQ_EUSAGE, "function or table name too long");
}

void pipe_builder_release(struct pipe_builder *b)
{
    kq_buf_release(&b->head);
    kq_buf_release(&b->text);
    kq_buf_release(&b->scratch);
    for (size_t i = 0; i < b->n_parts; i++)
        free(b->part[i].data);
    free(b->part);
}

void pipe_builder_begin(struct pipe_builder *b)
{
    b->room = b->max_rows < ROOM_MAX ? b->max_rows : ROOM_MAX;
    for (size_t i = 0; i < b->schema->n; i++)
        pipe_column_clear(&b->schema->column[i], b->room);
    kq_buf_clear(&b->text);
    b->rows = b->bytes = 0;
    b->complete = false;
    b->answers = 0;
    b->from.first = b->from.last = 0;
}

/* ---- bodies ----------------------------------------------------------------------------- */

static void put_header(uint8_t *p, bool sync, size_t total)
{
    struct kq_header h = {.kind = sync ? KQ_SYNC : KQ_ASYNC, .total = total};
    kq_header_put(p, &h);
}

/* The names of a table and the type bytes in front of them. */
static void put_table_head(struct kq_buf *b, const struct pipe_schema *s)
{
    static const uint8_t flip[] = {KQ_TABLE, 0, KQ_DICT};
    kq_buf_append(b, flip, sizeof flip);
    put_list(b, KQ_SYMBOL, s->n);
    for (size_t i = 0; i < s->n; i++)
        kq_buf_append(b, s->column[i].name, strlen(s->column[i].name) + 1);
}

static uint8_t *append(uint8_t *to, const void *from, size_t n)
{
    memcpy(to, from, n);
    return to + n;
}

static uint8_t *append_list(uint8_t *p, int type, size_t n)
{
    uint32_t count = (uint32_t)n;
    p[0] = (uint8_t)type;
    p[1] = 0;
    memcpy(p + 2, &count, 4);
    return p + LIST_HEAD;
}

/* Rows to be sent: all of the builder, or those of one server. */
struct rows {
    const struct pipe_column *column;
    size_t n;
};

/* All columns as one message, after the head and, for a table, its names. */
static struct kq_rcbuf *columns_frame(struct pipe_builder *b, struct rows rows)
{
    const struct pipe_schema *s = b->schema;
    kq_buf_clear(&b->scratch);
    if (b->o->out.shape == PIPE_TABLE)
        put_table_head(&b->scratch, s);
    size_t total = KQ_HEADER_LEN + b->head.len + b->scratch.len + LIST_HEAD;
    for (size_t i = 0; i < s->n; i++)
        total += LIST_HEAD + pipe_column_len(&rows.column[i]);
    struct kq_rcbuf *r = kq_rcbuf_new(total);
    if (!r)
        return NULL;
    put_header(r->data, b->o->flow.sync, total);
    uint8_t *p = append(r->data + KQ_HEADER_LEN, b->head.data, b->head.len);
    if (b->scratch.len)
        p = append(p, b->scratch.data, b->scratch.len);
    p = append_list(p, KQ_LIST, s->n);
    for (size_t i = 0; i < s->n; i++) {
        p = append_list(p, rows.column[i].type, rows.n);
        p = append(p, rows.column[i].data, pipe_column_len(&rows.column[i]));
    }
    return r;
}

/* One list of lines, or one char vector, as the only or last argument. */
static struct kq_rcbuf *text_frame(struct pipe_builder *b)
{
    bool lines = b->o->in.input == PIPE_LINES;
    const struct pipe_column *c = b->schema->column;
    size_t len = lines ? pipe_column_len(c) : b->text.len;
    size_t total = KQ_HEADER_LEN + b->head.len + LIST_HEAD + len;
    struct kq_rcbuf *r = kq_rcbuf_new(total);
    if (!r)
        return NULL;
    put_header(r->data, b->o->flow.sync, total);
    uint8_t *p = append(r->data + KQ_HEADER_LEN, b->head.data, b->head.len);
    p = append_list(p, lines ? KQ_LIST : KQ_CHAR, lines ? b->rows : len);
    append(p, lines ? c->data : b->text.data, len);
    return r;
}

static struct kq_rcbuf *copy_frame(const struct kq_buf *b)
{
    struct kq_rcbuf *r = b->failed ? NULL : kq_rcbuf_new(b->len);
    if (r)
        memcpy(r->data, b->data, b->len);
    return r;
}

/* ---- a message for each row ---------------------------------------------------------------- */

/* Bytes of the item at `p`. */
static size_t item_len(const struct pipe_column *c, const uint8_t *p)
{
    uint32_t n;
    if (c->width)
        return c->width;
    if (c->type == KQ_SYMBOL)
        return strlen((const char *)p) + 1;
    memcpy(&n, p + 2, 4);
    return LIST_HEAD + n;
}

static void put_row(struct pipe_builder *b, const struct pipe_column *columns, const uint8_t **at)
{
    struct kq_buf *out = &b->scratch;
    size_t start = out->len;
    uint8_t header[KQ_HEADER_LEN] = {0};
    kq_buf_append(out, header, sizeof header);
    kq_buf_append(out, b->head.data, b->head.len);
    put_list(out, KQ_LIST, b->schema->n);
    for (size_t i = 0; i < b->schema->n; i++) {
        const struct pipe_column *c = &columns[i];
        size_t n = item_len(c, at[i]);
        if (c->type != PIPE_STRINGS)
            kq_buf_byte(out, (uint8_t)-c->type);
        kq_buf_append(out, at[i], n);
        at[i] += n;
    }
    if (!out->failed)
        put_header(out->data + start, b->o->flow.sync, out->len - start);
}

static const uint8_t **starts_of(const struct pipe_column *columns, size_t n)
{
    const uint8_t **at = kq_calloc(n, sizeof *at);
    for (size_t i = 0; i < n; i++)
        at[i] = columns[i].data;
    return at;
}

static struct kq_rcbuf *row_frames(struct pipe_builder *b, struct rows rows)
{
    const uint8_t **at = starts_of(rows.column, b->schema->n);
    kq_buf_clear(&b->scratch);
    for (size_t r = 0; r < rows.n; r++)
        put_row(b, rows.column, at);
    free(at);
    return copy_frame(&b->scratch);
}

/* ---- one part for each server --------------------------------------------------------------------- */

/* FNV-1a: the same value goes to the same server, today and tomorrow. */
static uint64_t hash_item(const uint8_t *p, size_t n)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++)
        h = (h ^ p[i]) * UINT64_C(1099511628211);
    return h ^ h >> 32;
}

static size_t key_column(const struct pipe_builder *b)
{
    size_t i = 0;
    const char *name = b->o->flow.shard_by;
    while (i < b->schema->n &&
           (!b->schema->column[i].name || strcmp(b->schema->column[i].name, name) != 0))
        i++;
    return i;
}

/* Copy the rows of server `k` of `n` to b->part; how many there are. */
static size_t gather(struct pipe_builder *b, size_t k, size_t n)
{
    const struct pipe_schema *s = b->schema;
    const uint8_t **at = starts_of(s->column, s->n);
    size_t key = key_column(b), rows = 0;
    for (size_t i = 0; i < s->n; i++)
        pipe_column_clear(&b->part[i], 0);
    for (size_t r = 0; r < b->rows; r++) {
        bool mine = hash_item(at[key], item_len(&s->column[key], at[key])) % n == k;
        rows += mine;
        for (size_t i = 0; i < s->n; i++) {
            size_t len = item_len(&s->column[i], at[i]);
            if (mine)
                pipe_column_add_raw(&b->part[i], at[i], len);
            at[i] += len;
        }
    }
    free(at);
    return rows;
}

/* Columns without memory of their own for the parts. */
static void make_parts(struct pipe_builder *b)
{
    if (b->part)
        return;
    b->n_parts = b->schema->n;
    b->part = kq_calloc(b->n_parts, sizeof *b->part);
    for (size_t i = 0; i < b->n_parts; i++) {
        b->part[i] = b->schema->column[i];
        b->part[i].data = b->part[i].end = b->part[i].limit = NULL;
    }
}

/* ---- byte order ---------------------------------------------------------------------------------------- */

/* The same messages big-endian, as old SPARC and Java senders write them. */
static struct kq_rcbuf *big_endian_take(struct kq_rcbuf *little)
{
    static const struct kq_encode_opts big = {.big = true, .capability = KQ_CAP_MAX};
    struct kq_buf out;
    struct kq_header h;
    kq_buf_init(&out, KQ_BUF_NOMAX);
    bool ok = true;
    for (size_t at = 0; ok && at < little->len; at += (size_t)h.total) {
        ok = kq_header_parse(little->data + at, &h, NULL);
        struct kq_obj *x = ok ? kq_decode(little, at + KQ_HEADER_LEN,
                                          (size_t)h.total - KQ_HEADER_LEN, false, NULL, NULL)
                              : NULL;
        ok = x && kq_encode_msg(&out, h.kind, x, &big, NULL);
        kq_unref(x);
    }
    struct kq_rcbuf *r = ok ? copy_frame(&out) : NULL;
    kq_buf_release(&out);
    kq_rcbuf_unref(little);
    return r;
}

/* ---- cutting ----------------------------------------------------------------------------------- */

static struct kq_rcbuf *frames_of(struct pipe_builder *b, struct rows rows)
{
    struct kq_rcbuf *r;
    if (pipe_is_forward(b->o->in.input))
        return copy_frame(&b->text);
    if (!pipe_is_typed(b->o->in.input))
        r = text_frame(b);
    else if (b->o->out.shape == PIPE_ROWS)
        r = row_frames(b, rows);
    else
        r = columns_frame(b, rows);
    return r && b->o->conn.endian == KQ_ENDIAN_BIG ? big_endian_take(r) : r;
}

static bool make_batch(struct pipe_builder *b, struct rows rows, struct pipe_batch *out,
                       struct kq_err *err)
{
    bool forward = pipe_is_forward(b->o->in.input);
    bool each = b->o->out.shape == PIPE_ROWS && pipe_is_typed(b->o->in.input);
    uint32_t msgs = each || forward ? (uint32_t)rows.n : 1;
    *out = (struct pipe_batch){
        .frames = frames_of(b, rows),
        .rows = (int64_t)rows.n,
        .text_bytes = (int64_t)(b->rows ? b->bytes * rows.n / b->rows : 0),
        .msgs = msgs,
        .answers = forward           ? b->answers
                   : b->o->flow.sync ? msgs
                                     : 0,
        .from = b->from,
    };
    return out->frames || kq_fail(err, KQ_EIO, "not enough memory for a batch");
}

bool pipe_builder_cut(struct pipe_builder *b, struct pipe_batch *out, size_t n, struct kq_err *err)
{
    bool ok = true;
    memset(out, 0, n * sizeof *out);
    if (pipe_is_typed(b->o->in.input))
        pipe_schema_fill(b->schema, b->rows);
    if (n == 1) {
        ok = make_batch(b, (struct rows){b->schema->column, b->rows}, out, err);
    } else {
        make_parts(b);
        for (size_t k = 0; ok && k < n; k++) {
            size_t rows = gather(b, k, n);
            ok = !rows || make_batch(b, (struct rows){b->part, rows}, &out[k], err);
        }
    }
    pipe_builder_begin(b);
    return ok;
}
