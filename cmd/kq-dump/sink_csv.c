/*
 * sink_csv.c - a line of cells for each message: csv and tsv.
 */
#include "sink.h"

#include "base/mem.h"
#include "fields.h"
#include "text/csv.h"

#include <stdlib.h>

struct csv_sink {
    struct dump_sink base;
    struct dump_sink_env env;
    enum dump_field fields[DUMP_F_COUNT];
    size_t n;
    struct kq_csv csv;
    struct kq_style style;
    struct dump_stamp stamp;
    struct kq_out cell;
};

static const char default_fields[] =
    "time,conn,src,dst,kind,size,zsize,latency,user,fn,table,rows,query,value";

static void put_header(struct csv_sink *s)
{
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            kq_out_char(s->env.out, s->csv.delim);
        kq_out_puts(s->env.out, dump_field_name(s->fields[i]));
    }
    kq_out_char(s->env.out, s->csv.end);
    kq_out_endline(s->env.out);
    s->csv.header = false;
}

static void put_csv(struct dump_sink *base, struct dump_msg *m)
{
    struct csv_sink *s = (struct csv_sink *)base;
    if (s->csv.header)
        put_header(s);
    for (size_t i = 0; i < s->n; i++) {
        if (i)
            kq_out_char(s->env.out, s->csv.delim);
        s->cell.len = 0;
        dump_field_put(&s->cell, s->fields[i], m, &s->stamp, &s->style);
        kq_csv_cell(s->env.out, s->cell.buf, s->cell.len, &s->csv);
    }
    kq_out_char(s->env.out, s->csv.end);
    kq_out_endline(s->env.out);
}

static void end_csv(struct dump_sink *base)
{
    struct csv_sink *s = (struct csv_sink *)base;
    if (s->csv.header)
        put_header(s);
}

static void free_csv(struct dump_sink *base)
{
    struct csv_sink *s = (struct csv_sink *)base;
    kq_out_release(&s->cell);
    free(s);
}

struct dump_sink *dump_csv_new(const struct dump_sink_env *env, struct kq_err *err)
{
    const struct dump_opts *o = env->opts;
    struct csv_sink *s = kq_calloc(1, sizeof *s);
    s->base = (struct dump_sink){put_csv, end_csv, free_csv};
    s->env = *env;
    s->csv = kq_csv_default;
    s->csv.delim = o->format.format == KQ_FORMAT_TSV ? '\t' : ',';
    s->csv.end = o->common.null_data ? 0 : '\n';
    s->style = kq_format_style(&o->format);
    if (!o->format.precision) /* the value is what -3! shows of it */
        s->style.precision = kq_style_default.precision;
    dump_stamp_init(&s->stamp, o->common.time_format);
    kq_out_init_mem(&s->cell);
    s->n = dump_fields_parse(o->show.fields ? o->show.fields : default_fields, s->fields, err);
    if (s->n)
        return &s->base;
    free_csv(&s->base);
    return NULL;
}
