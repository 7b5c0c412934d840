/*
 * dry.c - the frames are decoded again, so what is shown is what a server
 * would get.
 */
#include "dry.h"

#include "text/console.h"
#include "text/csv.h"
#include "text/hex.h"
#include "text/jsonval.h"
#include "text/raw.h"
#include "text/repr.h"
#include "wire/decode.h"
#include "wire/header.h"
#include "wire/tplog.h"

/* Formats of bytes show everything. */
static bool is_bytes(int format)
{
    return format == KQ_FORMAT_IPC || format == KQ_FORMAT_PAYLOAD || format == KQ_FORMAT_TPLOG;
}

bool pipe_dry_is_one(const struct pipe_opts *o)
{
    return !is_bytes(o->format.format);
}

void pipe_dry_begin(struct kq_out *out, const struct pipe_opts *o)
{
    struct kq_buf head;
    if (o->format.format != KQ_FORMAT_TPLOG)
        return;
    kq_buf_init(&head, KQ_TPLOG_HEADER_LEN);
    kq_tplog_put_header(&head);
    kq_out_write(out, head.data, head.len);
    kq_buf_release(&head);
}

static void print_value(struct kq_out *out, const struct pipe_opts *o, const struct kq_obj *x)
{
    struct kq_style style = kq_format_style(&o->format);
    struct kq_csv csv = kq_csv_default;
    csv.delim = o->format.format == KQ_FORMAT_TSV ? '\t' : ',';
    switch (o->format.format) {
    case KQ_FORMAT_TEXT:
    case KQ_FORMAT_CONSOLE: kq_console(out, x, &style); break;
    case KQ_FORMAT_JSON:
    case KQ_FORMAT_JSONL:
        kq_json_document(out, x, (enum kq_json_mode)o->format.json,
                         o->format.format == KQ_FORMAT_JSONL, &style);
        break;
    case KQ_FORMAT_CSV:
    case KQ_FORMAT_TSV: kq_csv_put(out, x, &csv, &style); break;
    case KQ_FORMAT_RAW: kq_raw_put(out, x, '\n', &style); break;
    case KQ_FORMAT_NONE: break;
    default: kq_repr(out, x, &style); kq_out_char(out, '\n');
    }
}

static bool print_first(struct kq_out *out, const struct pipe_opts *o, struct kq_rcbuf *frames,
                        size_t len, struct kq_err *err)
{
    static const struct kq_decode_opts views = {.views = true};
    if (o->format.format == KQ_FORMAT_HEX) {
        kq_hex_dump(out, frames->data, len, 0, "");
        return true;
    }
    struct kq_obj *x = kq_decode(frames, KQ_HEADER_LEN, len - KQ_HEADER_LEN, false, &views, err);
    if (x)
        print_value(out, o, x);
    kq_unref(x);
    return x != NULL;
}

bool pipe_dry_print(struct kq_out *out, const struct pipe_opts *o, const struct pipe_batch *b,
                    struct kq_err *err)
{
    const uint8_t *p = b->frames->data;
    size_t left = b->frames->len, skip = o->format.format == KQ_FORMAT_IPC ? 0 : KQ_HEADER_LEN;
    struct kq_header h;
    if (pipe_dry_is_one(o))
        return kq_header_parse(p, &h, err) && print_first(out, o, b->frames, (size_t)h.total, err);
    for (; left; p += h.total, left -= (size_t)h.total) {
        if (!kq_header_parse(p, &h, err))
            return false;
        kq_out_write(out, p + skip, (size_t)h.total - skip);
    }
    return true;
}
