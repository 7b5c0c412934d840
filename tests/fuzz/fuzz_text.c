/*
 * fuzz_text.c - whatever a peer can send must print in every format.
 *
 * The first byte chooses style and byte order, the rest is an object as on the
 * wire.  Views and owned objects must print alike, JSON must be UTF-8 without
 * control characters, a terminal's lines must fit.
 */
#include "base/utf8.h"
#include "text/console.h"
#include "text/csv.h"
#include "text/jsonval.h"
#include "text/raw.h"
#include "text/repr.h"
#include "wire/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum format { CONSOLE, TERMINAL, REPR, JSON_ROWS, JSON_COLUMNS, JSON_TYPED, CSV, RAW, FORMATS };
enum { COLUMNS = 20, MAX_INPUT = 4096 };

static void print(struct kq_out *o, const struct kq_obj *x, enum format f, struct kq_style s)
{
    struct kq_csv csv = kq_csv_default;
    csv.delim = s.depth ? '.' : ',';
    if (f == TERMINAL) {
        s.rows = 10;
        s.columns = COLUMNS;
        s.terminal = true;
    }
    switch (f) {
    case CONSOLE:
    case TERMINAL: kq_console(o, x, &s); return;
    case REPR: kq_repr(o, x, &s); return;
    case JSON_ROWS:
    case JSON_COLUMNS:
    case JSON_TYPED:
        kq_json_document(o, x, (enum kq_json_mode)(f - JSON_ROWS), s.depth > 0, &s);
        return;
    case CSV: kq_csv_put(o, x, &csv, &s); return;
    default: kq_raw_put(o, x, '\n', &s);
    }
}

static void check_json(const struct kq_out *o)
{
    if (!kq_utf8_valid(o->buf, o->len))
        abort();
    for (size_t i = 0; i < o->len; i++) {
        if ((uint8_t)o->buf[i] < 0x20 && o->buf[i] != '\n')
            abort();
    }
}

static void check_lines(const struct kq_out *o)
{
    for (size_t i = 0, width = 0; i < o->len; i++) {
        width = o->buf[i] == '\n' ? 0 : width + 1;
        if (width >= COLUMNS || (!width != ((uint8_t)o->buf[i] < 0x20)))
            abort();
    }
}

static void check_format(const struct kq_obj *owned, const struct kq_obj *view, enum format f,
                         struct kq_style style)
{
    struct kq_out a, b;
    kq_out_init_mem(&a);
    kq_out_init_mem(&b);
    print(&a, owned, f, style);
    print(&b, view, f, style);
    if (a.len != b.len || memcmp(a.buf, b.buf, a.len) != 0)
        abort();
    if (f >= JSON_ROWS && f <= JSON_TYPED)
        check_json(&a);
    if (f == TERMINAL)
        check_lines(&a);
    kq_out_release(&a);
    kq_out_release(&b);
}

static struct kq_style style_of(uint8_t bits)
{
    struct kq_style s = kq_style_default;
    s.precision = bits & 1 ? 17 : 7;
    s.null_text = bits & 2 ? "a,\"null\"" : NULL;
    s.int64_string = bits & 4;
    s.times = bits & 8 ? KQ_TIMES_COMMA : KQ_TIMES_ISO;
    s.max_items = bits & 16 ? 3 : 0;
    s.depth = bits & 32 ? 2 : 0;
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct kq_decode_opts opts = {.views = true, .max_size = MAX_INPUT};
    if (size < 2 || size > MAX_INPUT)
        return 0;
    bool big = data[0] & 128;
    struct kq_rcbuf *frame = kq_rcbuf_new(size - 1);
    memcpy(frame->data, data + 1, size - 1);
    struct kq_obj *view = kq_decode(frame, 0, size - 1, big, &opts, NULL);
    struct kq_obj *owned = kq_decode_bytes(data + 1, size - 1, big, &opts, NULL);
    for (int f = 0; view && owned && f < FORMATS; f++)
        check_format(owned, view, (enum format)f, style_of(data[0]));
    kq_unref(view);
    kq_unref(owned);
    kq_rcbuf_unref(frame);
    return 0;
}
