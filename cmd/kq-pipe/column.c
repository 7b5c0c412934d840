/*
 * column.c - the careful way from field to payload, for any type; lane.c has
 * the short cuts for what most feeds consist of.
 */
#include "column.h"

#include "base/cal.h"
#include "base/mem.h"
#include "obj/types.h"
#include "text/tok.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* Days since 2000 that ns can count. */
enum { DATETIME_MAX = 100000 };

/* More room than is needed, at most: records of megabytes are rare. */
enum { GROW_MAX = 1 << 20 };

bool pipe_column_init(struct pipe_column *c, char letter, struct kq_err *err)
{
    memset(c, 0, sizeof *c);
    if (letter == '*') {
        c->type = PIPE_STRINGS;
    } else if (letter == ' ') {
        c->type = PIPE_SKIP;
    } else {
        c->type = kq_type_of_char((char)tolower((unsigned char)letter));
        if (c->type <= 0)
            return kq_fail(err, KQ_EUSAGE, "no such column type: '%c'", letter);
        c->width = kq_typeinfo(c->type)->bytes;
    }
    return true;
}

void pipe_column_release(struct pipe_column *c)
{
    free(c->name);
    free(c->data);
}

char pipe_column_letter(const struct pipe_column *c)
{
    if (c->type <= 0)
        return c->type == PIPE_STRINGS ? '*' : ' ';
    return (char)toupper((unsigned char)kq_typeinfo(c->type)->ch);
}

uint8_t *pipe_column_grow(struct pipe_column *c, size_t n)
{
    size_t len = pipe_column_len(c), need = len + n;
    size_t more = need < 4096 ? 4096 - need : need / 2;
    size_t cap = need + (more < GROW_MAX ? more : GROW_MAX);
    c->data = kq_realloc(c->data, cap + PIPE_SLACK);
    c->end = c->data + len;
    c->limit = c->data + cap;
    return c->end;
}

void pipe_column_clear(struct pipe_column *c, size_t rows)
{
    c->end = c->data;
    pipe_column_room(c, rows * c->width + 1);
}

void pipe_column_add_raw(struct pipe_column *c, const void *item, size_t len)
{
    memcpy(pipe_column_room(c, len), item, len);
    c->end += len;
}

/* A char vector: type, attribute, count, text. */
static bool add_string(struct pipe_column *c, struct kq_str s)
{
    uint8_t *p = pipe_column_room(c, s.len + 6);
    uint32_t n = (uint32_t)s.len;
    p[0] = KQ_CHAR;
    p[1] = 0;
    memcpy(p + 2, &n, 4);
    if (s.len)
        memcpy(p + 6, s.s, s.len);
    c->end += s.len + 6;
    return true;
}

static bool add_symbol(struct pipe_column *c, struct kq_str s)
{
    s = kq_str_trim(s);
    bool ok = !s.len || !memchr(s.s, '\0', s.len);
    if (!ok)
        s.len = 0;
    uint8_t *p = pipe_column_room(c, s.len + 1);
    if (s.len)
        memcpy(p, s.s, s.len);
    p[s.len] = '\0';
    c->end += s.len + 1;
    return ok;
}

/* The item in its width; integers are little-endian, so their low bytes come first. */
static void add_value(struct pipe_column *c, const union kq_tokval *v)
{
    float f;
    if (c->type == KQ_REAL) {
        f = (float)v->f;
        pipe_column_add_raw(c, &f, 4);
    } else {
        pipe_column_add_raw(c, v, c->width);
    }
}

static bool is_na(const struct pipe_column *c, struct kq_str field)
{
    return c->na && kq_str_is(field, c->na);
}

/* Z, +hh:mm or -hh:mm at the end of a time. */
static bool has_zone(struct kq_str s)
{
    s = kq_str_trim(s);
    if (!s.len || s.s[s.len - 1] == 'Z')
        return s.len > 0;
    return s.len > 16 && (s.s[s.len - 6] == '+' || s.s[s.len - 6] == '-');
}

static void to_utc(const struct pipe_column *c, struct kq_str field, union kq_tokval *v)
{
    if (has_zone(field))
        return;
    if (c->type == KQ_TIMESTAMP && v->j > -INT64_MAX && v->j != INT64_MAX) {
        int64_t offset = pipe_zone_offset(c->zone, v->j);
        if (__builtin_sub_overflow(v->j, offset, &v->j))
            v->j = INT64_MIN;
    } else if (c->type == KQ_DATETIME && fabs(v->f) < DATETIME_MAX) {
        double day = (double)KQ_NS_PER_DAY;
        v->f -= (double)pipe_zone_offset(c->zone, llround(v->f * day)) / day;
    }
}

bool pipe_column_add(struct pipe_column *c, struct kq_str field)
{
    if (c->type == PIPE_SKIP)
        return true;
    if (is_na(c, field))
        field.len = 0;
    if (c->type == PIPE_STRINGS)
        return add_string(c, field);
    if (c->type == KQ_SYMBOL)
        return add_symbol(c, field);
    union kq_tokval v;
    bool ok = c->epoch_ns ? kq_tok_epoch(c->type, c->epoch_ns, field.s, field.len, &v)
                          : kq_tok(c->type, field.s, field.len, &v);
    if (c->zone && ok && !c->epoch_ns)
        to_utc(c, field, &v);
    add_value(c, &v);
    return ok;
}
