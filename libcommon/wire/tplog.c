/*
 * tplog.c - magic bytes of q files.
 */
#include "wire/tplog.h"

#include "wire/cursor.h"

#include <string.h>

static const uint8_t log_header[KQ_TPLOG_HEADER_LEN] = {0xff, 0x01};

static bool starts(const uint8_t *p, size_t n, const void *magic, size_t len)
{
    return n >= len && memcmp(p, magic, len) == 0;
}

enum kq_qfile kq_qfile_detect(const uint8_t *p, size_t n)
{
    if (starts(p, n, log_header, sizeof log_header))
        return KQ_QFILE_LOG;
    if (starts(p, n, "\xff\x01", 2))
        return KQ_QFILE_OBJECT;
    if (starts(p, n, "\xfe\x20", 2))
        return KQ_QFILE_VECTOR;
    if (starts(p, n, "\xfd\x20", 2))
        return KQ_QFILE_PAGED;
    return starts(p, n, "kxzipped", 8) ? KQ_QFILE_ZIPPED : KQ_QFILE_NONE;
}

size_t kq_qfile_start(enum kq_qfile kind)
{
    switch (kind) {
    case KQ_QFILE_LOG: return KQ_TPLOG_HEADER_LEN;
    case KQ_QFILE_OBJECT: return 2;
    case KQ_QFILE_VECTOR: return KQ_QVECTOR_HEADER_LEN;
    default: return 0;
    }
}

void kq_tplog_put_header(struct kq_buf *out)
{
    kq_buf_append(out, log_header, sizeof log_header);
}

bool kq_qvector_parse(const uint8_t *p, size_t n, struct kq_qvector *v, struct kq_err *err)
{
    if (n < KQ_QVECTOR_HEADER_LEN || kq_qfile_detect(p, n) != KQ_QFILE_VECTOR)
        return kq_fail(err, KQ_EPROTO, "not a q vector file");
    if (p[2] < 1 || p[2] > 19 || p[2] == 3)
        return kq_fail(err, KQ_EPROTO, "q vector file of type %u is not a simple vector", p[2]);
    if (p[3] > 4)
        return kq_fail(err, KQ_EPROTO, "q vector file with unknown attribute %u", p[3]);
    *v = (struct kq_qvector){.type = p[2], .attr = p[3], .count = kq_load_u64(p + 8, false)};
    return true;
}
