/*
 * shape.c - one function for each family of formats.
 */
#include "shape.h"

#include "text/console.h"
#include "text/csv.h"
#include "text/data.h"
#include "text/hex.h"
#include "text/jsonobj.h"
#include "text/jsonval.h"
#include "text/raw.h"
#include "text/repr.h"
#include "wire/decode.h"
#include "wire/encode.h"

static void put_csv(struct kq_out *o, const struct kq_obj *x, char delimiter,
                    const struct kq_style *style)
{
    struct kq_csv form = kq_csv_default;
    form.delim = delimiter;
    kq_csv_put(o, x, &form, style);
}

static void put_text(struct kq_out *o, const struct kq_obj *x, const struct kq_opt_format *f)
{
    struct kq_style style = kq_format_style(f);
    enum kq_json_mode mode = (enum kq_json_mode)f->json;
    switch (f->format) {
    case KQ_FORMAT_TEXT: kq_console(o, x, &style); break;
    case KQ_FORMAT_JSON: kq_json_document(o, x, mode, false, &style); break;
    case KQ_FORMAT_JSONL: kq_json_document(o, x, mode, true, &style); break;
    case KQ_FORMAT_CSV: put_csv(o, x, ',', &style); break;
    case KQ_FORMAT_TSV: put_csv(o, x, '\t', &style); break;
    case KQ_FORMAT_RAW: kq_raw_put(o, x, '\n', &style); break;
    case KQ_FORMAT_NONE: break;
    default: kq_repr(o, x, &style); kq_out_char(o, '\n');
    }
}

static void put_bytes(struct kq_buf *out, const struct kq_obj *x, enum kq_kind kind, int format)
{
    size_t before = out->len;
    if (format == KQ_FORMAT_PAYLOAD || format == KQ_FORMAT_TPLOG)
        kq_encode(out, x, NULL, NULL);
    else
        kq_encode_msg(out, kind, x, NULL, NULL);
    if (format != KQ_FORMAT_HEX)
        return;
    struct kq_out text;
    kq_out_init_mem(&text);
    kq_hex_plain(&text, out->data + before, out->len - before);
    kq_out_char(&text, '\n');
    out->len = before;
    kq_buf_append(out, text.buf, text.len);
    kq_out_release(&text);
}

void lst_shape_write(struct kq_buf *out, const struct kq_obj *x, enum kq_kind kind,
                     const struct kq_opt_format *format)
{
    switch (format->format) {
    case KQ_FORMAT_IPC:
    case KQ_FORMAT_PAYLOAD:
    case KQ_FORMAT_TPLOG:
    case KQ_FORMAT_HEX: put_bytes(out, x, kind, format->format); return;
    default: break;
    }
    struct kq_out text;
    kq_out_init_mem(&text);
    put_text(&text, x, format);
    kq_buf_append(out, text.buf, text.len);
    kq_out_release(&text);
}

/* A whole message, or the body of one. */
static struct kq_obj *read_bytes(const uint8_t *data, size_t len, struct kq_err *err)
{
    struct kq_header head;
    if (len <= KQ_HEADER_LEN || !kq_header_parse(data, &head, NULL) || head.total != len)
        return kq_decode_bytes(data, len, false, NULL, err);
    struct kq_buf copy;
    kq_buf_init(&copy, KQ_BUF_NOMAX);
    kq_buf_append(&copy, data, len);
    struct kq_rcbuf *frame = kq_rcbuf_wrap(copy.data, len, NULL, NULL);
    struct kq_msg msg = {.head = head, .frame = frame, .len = len};
    struct kq_obj *value = kq_decode_msg(&msg, NULL, err);
    kq_rcbuf_unref(frame);
    kq_buf_release(&copy);
    return value;
}

struct kq_obj *lst_shape_read(enum lst_reply_format format, const void *data, size_t len,
                              struct kq_err *err)
{
    struct kq_str text = kq_str_trim(kq_str(data, len));
    switch (format) {
    case LST_REPLY_IPC: return read_bytes(data, len, err);
    case LST_REPLY_JSON: return kq_json_parse(text.s, text.len, err);
    case LST_REPLY_Q: break;
    }
    return text.len ? kq_data_parse(text.s, text.len, err) : kq_generic_null();
}
