/*
 * bench_text.c - a table of a million rows as csv, console text, JSON and q.
 *
 * The table is the usual one: timestamp, symbol, price, size, flag, as views
 * into one buffer, the way a received message is.  The comparison is the
 * plainest program that does the job, one printf for each field.  Output goes
 * to /dev/null.
 */
#include "lib.h"

#include "obj/dict.h"
#include "obj/list.h"
#include "text/console.h"
#include "text/csv.h"
#include "text/jsonval.h"
#include "text/repr.h"

#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 1000000, COLS = 5, RUNS = 7 };

static const int64_t day_ns = INT64_C(86400000000000);
static const char *const names[] = {"IBM", "MSFT", "GOOG", "AAPL", "VODL", "BP", "C", "TSLA"};

struct bench_table {
    struct kq_obj *t;
    int64_t time[ROWS];
    int sym[ROWS];
    double price[ROWS];
    int64_t size[ROWS];
    uint8_t flag[ROWS];
    int fd;
    size_t bytes; /* of the last output */
};

static struct kq_obj *view(int type, const void *data, size_t bytes)
{
    struct kq_rcbuf *b = kq_rcbuf_new(bytes);
    memcpy(b->data, data, bytes);
    struct kq_obj *o = kq_vec_view(type, ROWS, b->data, b);
    kq_rcbuf_unref(b);
    return o;
}

static struct kq_obj *symbols(const int *which)
{
    char *text = malloc(ROWS * 5), *p = text;
    for (int i = 0; i < ROWS; i++)
        p = stpcpy(p, names[which[i]]) + 1;
    struct kq_obj *o = view(KQ_SYMBOL, text, (size_t)(p - text));
    free(text);
    return o;
}

static struct bench_table *make_table(void)
{
    struct bench_table *b = calloc(1, sizeof *b);
    uint64_t r = 88172645463325252u;
    for (int i = 0; i < ROWS; i++) {
        r ^= r << 13, r ^= r >> 7, r ^= r << 17;
        b->time[i] = 8766 * day_ns + i * INT64_C(23400000) + (int64_t)(r % 1000000);
        b->sym[i] = (int)(r >> 20) & 7;
        b->price[i] = (double)(r >> 8 & 0xffff) / 100 + 1;
        b->size[i] = (int64_t)(r >> 30 & 0xfff) * 100;
        b->flag[i] = r >> 50 & 1;
    }
    struct kq_obj *columns = kq_list_of(COLS, view(KQ_TIMESTAMP, b->time, sizeof b->time),
                                        symbols(b->sym), view(KQ_FLOAT, b->price, sizeof b->price),
                                        view(KQ_LONG, b->size, sizeof b->size),
                                        view(KQ_BOOLEAN, b->flag, sizeof b->flag));
    struct kq_obj *header = kq_vec_new(KQ_SYMBOL, COLS);
    static const char *const labels[COLS] = {"time", "sym", "price", "size", "flag"};
    for (int i = 0; i < COLS; i++)
        kq_syms(header)[i] = kq_symz(labels[i]);
    b->t = kq_table(header, columns);
    kq_unref(header);
    kq_unref(columns);
    b->fd = open("/dev/null", O_WRONLY);
    return b;
}

static void finish(struct bench_table *b, struct kq_out *o)
{
    kq_out_flush(o);
    b->bytes = o->total;
    kq_out_release(o);
}

static void run_printf(void *arg)
{
    struct bench_table *b = arg;
    FILE *f = fopen("/dev/null", "w");
    long n = fprintf(f, "time,sym,price,size,flag\n");
    for (int i = 0; i < ROWS; i++) {
        int64_t ns = b->time[i] % day_ns, s = ns / 1000000000;
        n += fprintf(f, "%04d-%02d-%02dT%02d:%02d:%02d.%09d,", 2024, 1, 1, (int)(s / 3600),
                     (int)(s / 60 % 60), (int)(s % 60), (int)(ns % 1000000000));
        n += fprintf(f, "%s,", names[b->sym[i]]);
        n += fprintf(f, "%.7g,", b->price[i]);
        n += fprintf(f, "%" PRId64 ",", b->size[i]);
        n += fprintf(f, "%d\n", b->flag[i]);
    }
    fclose(f);
    b->bytes = (size_t)n;
}

static void run_csv(void *arg)
{
    struct bench_table *b = arg;
    struct kq_out o;
    struct kq_style style = kq_style_default;
    style.precision = KQ_SHORTEST;
    kq_out_init_fd(&o, b->fd);
    kq_csv_put(&o, b->t, &kq_csv_default, &style);
    finish(b, &o);
}

static void run_console(void *arg)
{
    struct bench_table *b = arg;
    struct kq_out o;
    kq_out_init_fd(&o, b->fd);
    kq_console(&o, b->t, &kq_style_default);
    finish(b, &o);
}

static void run_clipped(void *arg)
{
    struct bench_table *b = arg;
    struct kq_style s = kq_style_default;
    struct kq_out o;
    s.rows = 25;
    s.columns = 80;
    kq_out_init_fd(&o, b->fd);
    kq_console(&o, b->t, &s);
    finish(b, &o);
}

static void run_json(struct bench_table *b, enum kq_json_mode mode)
{
    struct kq_out o;
    kq_out_init_fd(&o, b->fd);
    kq_json_document(&o, b->t, mode, true, &kq_style_default);
    finish(b, &o);
}

static void run_jsonl(void *arg)
{
    run_json(arg, KQ_JSON_ROWS);
}

static void run_json_columns(void *arg)
{
    run_json(arg, KQ_JSON_COLUMNS);
}

static void run_json_typed(void *arg)
{
    run_json(arg, KQ_JSON_TYPED);
}

static void run_repr(void *arg)
{
    struct bench_table *b = arg;
    struct kq_out o;
    kq_out_init_fd(&o, b->fd);
    kq_repr(&o, b->t, &kq_style_default);
    finish(b, &o);
}

static void report(const char *name, struct bench_table *b, void (*fn)(void *), double floor)
{
    char label[64];
    double ns = bench_run(RUNS, fn, b).median_ns;
    snprintf(label, sizeof label, "%s (%.0f MB/s)", name, (double)b->bytes * 1e3 / ns);
    bench_row(label, ns / (ROWS * COLS), "ns/cell", floor);
}

int main(void)
{
    struct bench_table *b = make_table();
    double floor = bench_run(3, run_printf, b).median_ns / (ROWS * COLS);
    bench_row("table 1M x 5: printf per field", floor, "ns/cell", 0);
    report("table to csv", b, run_csv, floor);
    report("table to console text", b, run_console, floor);
    report("table to jsonl", b, run_jsonl, floor);
    report("table to JSON columns", b, run_json_columns, floor);
    report("table to typed JSON", b, run_json_typed, floor);
    report("table to q text", b, run_repr, floor);
    report("table to a terminal, clipped", b, run_clipped, 0);
    kq_unref(b->t);
    close(b->fd);
    free(b);
    return 0;
}
