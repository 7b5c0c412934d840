/*
 * guess.h - column types from the look of the first records (--types=?).
 */
#ifndef KQ_PIPE_GUESS_H
#define KQ_PIPE_GUESS_H

#include "base/err.h"
#include "text/csvin.h"

#include <stdbool.h>
#include <stddef.h>

/* Columns that can be guessed. */
enum { PIPE_GUESS_MAX = 1000 };

/*
 * Look at the whole records in data[0..len) (all with `eof`), the first of
 * which is a header if `header`, and write a letter for each column and a NUL
 * to `types`: J F D P T N G B where every field that is not empty reads as
 * that, else S, or * for texts with blanks.  False with KQ_EDATA when there is
 * no record.
 */
bool pipe_guess(const struct kq_csv_dialect *d, bool header, const char *data, size_t len, bool eof,
                char types[PIPE_GUESS_MAX + 1], struct kq_err *err);

#endif
