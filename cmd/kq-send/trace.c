/*
 * trace.c - one line a frame through the log, the hexdump below it.
 */
#include "trace.h"

#include "base/log.h"
#include "base/out.h"
#include "text/hex.h"
#include "wire/header.h"

#include <unistd.h>

static void dump(const uint8_t *p, size_t n)
{
    struct kq_out o;
    kq_out_init_fd(&o, STDERR_FILENO);
    kq_hex_dump(&o, p, n, 0, "    ");
    kq_out_flush(&o);
    kq_out_release(&o);
}

void send_trace(char direction, const void *frames, size_t n)
{
    const uint8_t *p = frames;
    struct kq_header h;
    if (!kq_log_on(KQ_LOG_VV))
        return;
    for (size_t at = 0; n - at >= KQ_HEADER_LEN && kq_header_parse(p + at, &h, NULL);
         at += (size_t)h.total) {
        if (h.total > n - at)
            return;
        kq_log(KQ_LOG_VV, "%c %s message of %llu bytes%s%s", direction, kq_kind_name(h.kind),
               (unsigned long long)h.total, h.compressed ? ", compressed" : "",
               h.big ? ", big-endian" : "");
        if (kq_log_on(KQ_LOG_VVV))
            dump(p + at, (size_t)h.total);
    }
}
