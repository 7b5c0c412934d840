/*
 * dump_capture.c - writes a capture of kdb+ traffic to measure kq-dump with.
 *
 *      dump_capture FILE MEGABYTES mixed|tiny
 *
 * mixed: 200 connections; queries with answers of 1 to 1000 rows, and updates
 * of as many.  tiny: 8 connections, updates of one row, as many in a segment
 * as fit.
 */
#include "../capture.h"

#include "base/buf.h"
#include "base/num.h"
#include "obj/dict.h"
#include "obj/list.h"
#include "wire/encode.h"

#include <stdlib.h>

enum { KINDS = 8 };

static const int64_t rows_of[KINDS] = {1, 10, 50, 100, 150, 200, 400, 1000};

static struct {
    struct capture out;
    uint64_t frames, seed;
} cap;

static uint64_t next_random(void)
{
    cap.seed ^= cap.seed << 13;
    cap.seed ^= cap.seed >> 7;
    cap.seed ^= cap.seed << 17;
    return cap.seed;
}

static struct kq_obj *column(int type, int64_t n)
{
    struct kq_obj *v = kq_vec_new(type, n);
    static const char *const names[] = {"IBM", "MSFT", "AAPL", "GOOG", "ORCL", "SAP"};
    for (int64_t i = 0; i < n; i++) {
        if (type == KQ_SYMBOL)
            kq_syms(v)[i] = kq_symz(names[next_random() % 6]);
        else if (type == KQ_FLOAT)
            kq_floats(v)[i] = (double)(next_random() % 100000) / 100;
        else
            kq_longs(v)[i] = (int64_t)(next_random() % 1000);
    }
    return v;
}

static struct kq_obj *table(int64_t n)
{
    struct kq_obj *names = kq_vec_new(KQ_SYMBOL, 4);
    static const char *const texts[] = {"time", "sym", "price", "size"};
    for (int i = 0; i < 4; i++)
        kq_syms(names)[i] = kq_symz(texts[i]);
    struct kq_obj *columns = kq_list_of(4, column(KQ_TIMESPAN, n), column(KQ_SYMBOL, n),
                                        column(KQ_FLOAT, n), column(KQ_LONG, n));
    struct kq_obj *t = kq_table(names, columns);
    kq_unref(names);
    kq_unref(columns);
    return t;
}

static struct kq_buf message(enum kq_kind kind, struct kq_obj *x)
{
    struct kq_buf b;
    kq_buf_init(&b, KQ_BUF_NOMAX);
    kq_encode_msg(&b, kind, x, NULL, NULL);
    kq_unref(x);
    return b;
}

static void send_message(int c, int side, const struct kq_buf *m)
{
    capture_bytes(&cap.out, c, side, m->data, m->len);
    cap.frames++;
}

static void write_mixed(uint64_t size)
{
    struct kq_buf ask[KINDS], answer[KINDS], update[KINDS];
    char text[100];
    for (int i = 0; i < KINDS; i++) {
        snprintf(text, sizeof text, "select from trade where date=2024.01.%02d,sym=`IBM,price>%d",
                 10 + i, 100 * i);
        ask[i] = message(KQ_SYNC, kq_stringz(text));
        answer[i] = message(KQ_RESPONSE, table(rows_of[i]));
        update[i] = message(KQ_ASYNC, kq_list_of(3, kq_atom_symz("upd"), kq_atom_symz("trade"),
                                                 table(rows_of[KINDS - 1 - i])));
    }
    while (cap.out.written < size) {
        int c = (int)(next_random() % CAPTURE_CONNS), k = (int)(next_random() % KINDS);
        if (next_random() % 2) {
            send_message(c, 0, &ask[k]);
            cap.out.now_us += 100 + next_random() % 3000;
            send_message(c, 1, &answer[k]);
        } else {
            send_message(c, 1, &update[k]);
        }
    }
    for (int i = 0; i < KINDS; i++) {
        kq_buf_release(&ask[i]);
        kq_buf_release(&answer[i]);
        kq_buf_release(&update[i]);
    }
}

static void write_tiny(uint64_t size)
{
    struct kq_obj *row = kq_list_of(3, kq_atom_int(KQ_TIMESPAN, 34200000000000),
                                    kq_atom_symz("IBM"), kq_float(100.25));
    struct kq_buf one =
        message(KQ_ASYNC, kq_list_of(3, kq_stringz(".u.upd"), kq_atom_symz("trade"), row));
    struct kq_buf many;
    kq_buf_init(&many, KQ_BUF_NOMAX);
    while (many.len < 100 * CAPTURE_MSS)
        kq_buf_append(&many, one.data, one.len);
    while (cap.out.written < size) {
        capture_bytes(&cap.out, (int)(next_random() % 8), 0, many.data, many.len);
        cap.frames += many.len / one.len;
    }
    kq_buf_release(&one);
    kq_buf_release(&many);
}

int main(int argc, char **argv)
{
    uint64_t mb = 0;
    if (argc != 4 || !kq_parse_u64(argv[2], strlen(argv[2]), &mb)) {
        fprintf(stderr, "usage: dump_capture FILE MEGABYTES mixed|tiny\n");
        return 2;
    }
    FILE *f = fopen(argv[1], "wb");
    if (!f) {
        perror(argv[1]);
        return 9;
    }
    capture_start(&cap.out, f, UINT64_C(1704186000000000));
    cap.seed = 88172645463325252u;
    for (int c = 0; c < CAPTURE_CONNS; c++)
        capture_connect(&cap.out, c, (uint32_t)next_random(), "trader");
    if (strcmp(argv[3], "tiny") == 0)
        write_tiny(mb * 1000000);
    else
        write_mixed(mb * 1000000);
    fprintf(stderr, "%llu bytes, %llu packets, %llu frames\n", (unsigned long long)cap.out.written,
            (unsigned long long)cap.out.packets, (unsigned long long)cap.frames);
    return fclose(f) == 0 ? 0 : 9;
}
