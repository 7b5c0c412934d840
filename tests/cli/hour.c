/*
 * hour.c - writes a capture of an hour on a kdb+ server: hour FILE
 *
 * From 09:00 to 10:00 on 2024-01-02, and the same every time: a feed that
 * publishes, traders, a risk engine, dashboards, an operator with heavy
 * queries that are answered compressed, and somebody new who makes mistakes.
 * From 09:35 to 09:43 everything takes far longer.  Two requests stay without
 * an answer.
 */
#include "../capture.h"

#include "base/buf.h"
#include "base/mem.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "wire/compress.h"
#include "wire/encode.h"

#include <math.h>
#include <stdlib.h>

#define START_US UINT64_C(1704186000000000)
#define SECOND   UINT64_C(1000000)
#define HOUR     (3600 * SECOND)

/* One kind of client. */
struct client {
    const char *user;
    int n;            /* how many of them */
    double think_s;   /* mean time between two requests */
    double median_ms; /* of the server's time for one */
    int rows;         /* in the answer */
    bool sends;       /* publishes, and asks nothing */
    const char *asks[4];
};

static const struct client clients[] = {
    {"feed", 2, 0.9, 0, 12, true, {NULL}},
    {"trader",
     4,
     3,
     2.5,
     40,
     false,
     {"select from trade where sym=`IBM,time>09:30:00.000",
      "select last price by sym from trade where sym in `IBM`MSFT",
      "select vwap:size wavg price from trade where sym=`AAPL",
      "exec max price from quote where sym=`GOOG"}},
    {"risk", 2, 6, 45, 200, false, {"exposure[`desk1]", "exposure[`desk2]", "var95[`all;10]"}},
    {"web", 6, 1.6, 0.6, 5, false, {"getQuotes[`IBM`MSFT]", "status[]", "getQuotes enlist `SAP"}},
    {"ops", 1, 45, 900, 20000, false, {"select count i by sym, 0D00:05 xbar time from trade"}},
    {"new",
     1,
     25,
     1,
     0,
     false,
     {"slect from trade", "1+`a",
      "select from trade where note like \"<script>alert('&')</script>\""}},
};

struct event {
    uint64_t at_us;
    size_t n; /* keeps the order of what happens at once */
    int conn, side;
    const char *user; /* connects; else the message */
    struct kq_buf msg;
};

static struct {
    struct event *event;
    size_t n, cap;
    uint64_t seed;
} hour = {.seed = 88172645463325252u};

/* ---- chance ---- */

static double chance(void)
{
    hour.seed ^= hour.seed << 13;
    hour.seed ^= hour.seed >> 7;
    hour.seed ^= hour.seed << 17;
    return (double)(hour.seed >> 11) / 9007199254740992.0;
}

static int choose(int n)
{
    return (int)(chance() * n);
}

/* About normal, mean 0 and deviation 1. */
static double bell(void)
{
    double sum = 0;
    for (int i = 0; i < 12; i++)
        sum += chance();
    return sum - 6;
}

static uint64_t wait_us(double mean_s)
{
    return (uint64_t)(-log(1 - chance()) * mean_s * 1e6);
}

/* ---- events ---- */

static void add(uint64_t at_us, int conn, int side, const char *user, struct kq_buf msg)
{
    if (hour.n == hour.cap) {
        hour.cap = hour.cap ? 2 * hour.cap : 1024;
        hour.event = kq_realloc(hour.event, hour.cap * sizeof *hour.event);
    }
    hour.event[hour.n] = (struct event){at_us, hour.n, conn, side, user, msg};
    hour.n++;
}

static void add_message(uint64_t at_us, int conn, int side, enum kq_kind kind, struct kq_obj *x)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_encode_msg(&b, kind, x, NULL, NULL);
    kq_unref(x);
    kq_compress_tail(&b, 0);
    add(at_us, conn, side, NULL, b);
}

static struct kq_obj *table(int64_t n)
{
    static const char *const names[] = {"IBM", "MSFT", "AAPL", "GOOG", "SAP"};
    struct kq_obj *sym = kq_vec_new(KQ_SYMBOL, n), *price = kq_vec_new(KQ_FLOAT, n);
    struct kq_obj *head = kq_vec_new(KQ_SYMBOL, 2);
    for (int64_t i = 0; i < n; i++) {
        kq_syms(sym)[i] = kq_symz(names[i % 5]);
        kq_floats(price)[i] = floor(10000 + 100 * bell()) / 100;
    }
    kq_syms(head)[0] = kq_symz("sym");
    kq_syms(head)[1] = kq_symz("price");
    struct kq_obj *columns = kq_list_of(2, sym, price), *t = kq_table(head, columns);
    kq_unref(head);
    kq_unref(columns);
    return t;
}

/* ---- clients ---- */

static bool is_slow(uint64_t us)
{
    return us > 35 * 60 * SECOND && us < 43 * 60 * SECOND;
}

static uint64_t served_us(const struct client *c, uint64_t at_us)
{
    double us = c->median_ms * 1000 * exp(0.6 * bell());
    return 30 + (uint64_t)(is_slow(at_us) ? us * 12 : us);
}

static void publish(const struct client *c, int conn, uint64_t us)
{
    while ((us += wait_us(c->think_s)) < HOUR)
        add_message(us, conn, 0, KQ_ASYNC,
                    kq_list_of(3, kq_stringz(".u.upd"), kq_atom_symz(choose(3) ? "quote" : "trade"),
                               table(1 + choose(c->rows))));
}

static struct kq_obj *answer(const struct client *c, int ask, uint64_t us)
{
    if (!c->rows && ask < 2)
        return ask ? kq_error("type", 4) : kq_error("slect", 5);
    if (is_slow(us) && chance() < 0.03)
        return kq_error("wsfull", 6);
    return table(c->rows);
}

static void query(const struct client *c, int conn, uint64_t us)
{
    int asks = 0;
    while (asks < 4 && c->asks[asks])
        asks++;
    while ((us += wait_us(c->think_s)) < HOUR) {
        int ask = choose(asks);
        add_message(us, conn, 0, KQ_SYNC, kq_stringz(c->asks[ask]));
        us += served_us(c, us);
        if (us < HOUR)
            add_message(us, conn, 1, KQ_RESPONSE, answer(c, ask, us));
    }
}

static int in_time(const void *a, const void *b)
{
    const struct event *x = a, *y = b;
    if (x->at_us != y->at_us)
        return x->at_us < y->at_us ? -1 : 1;
    return x->n < y->n ? -1 : 1;
}

static void make_events(void)
{
    const struct kq_buf none = {0};
    int conn = 0;
    for (size_t k = 0; k < sizeof clients / sizeof *clients; k++) {
        const struct client *c = &clients[k];
        for (int i = 0; i < c->n; i++, conn++) {
            uint64_t us = wait_us(20);
            add(us, conn, 0, c->user, none);
            if (c->sends)
                publish(c, conn, us + SECOND);
            else
                query(c, conn, us + SECOND);
        }
    }
    add_message(HOUR - 2, 2, 0, KQ_SYNC, kq_stringz("select from trade"));
    add_message(HOUR - 1, 3, 0, KQ_SYNC, kq_stringz("select from quote"));
    qsort(hour.event, hour.n, sizeof *hour.event, in_time);
}

int main(int argc, char **argv)
{
    struct capture cap;
    FILE *f = argc == 2 ? fopen(argv[1], "wb") : NULL;
    if (!f) {
        fprintf(stderr, "usage: hour FILE\n");
        return 2;
    }
    make_events();
    capture_start(&cap, f, START_US);
    for (size_t i = 0; i < hour.n; i++) {
        struct event *e = &hour.event[i];
        cap.now_us = START_US + e->at_us;
        if (e->user)
            capture_connect(&cap, e->conn, (uint32_t)(e->conn * 1000003), e->user);
        else
            capture_bytes(&cap, e->conn, e->side, e->msg.data, e->msg.len);
        kq_buf_release(&e->msg);
    }
    free(hour.event);
    return fclose(f) == 0 ? 0 : 9;
}
