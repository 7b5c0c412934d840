/*
 * ws.h - WebSocket frames of one direction, for captures.
 *
 * Only what is needed to look on: payloads are unmasked and cut into messages,
 * control frames are passed over.  An engine without I/O.
 */
#ifndef KQ_DUMP_WS_H
#define KQ_DUMP_WS_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct dump_ws; /* one direction */

/* A piece of a message. */
struct dump_ws_piece {
    const uint8_t *p; /* in the input or in the dump_ws, valid until the next call */
    size_t n;
    bool text;
    bool first; /* a message begins here */
    bool last;  /* and ends here */
};

struct dump_ws *dump_ws_new(void);
/* NULL is allowed. */
void dump_ws_free(struct dump_ws *w);

/*
 * Take a piece from *p, of which *n bytes are left: 1 with *piece; 0 when all
 * was taken; -1 with `err` (KQ_EPROTO) for what is no WebSocket frame.
 */
int dump_ws_next(struct dump_ws *w, const uint8_t **p, size_t *n, struct dump_ws_piece *piece,
                 struct kq_err *err);

#endif
