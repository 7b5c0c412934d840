/*
 * sym.h - symbol interning.
 *
 * A symbol is a pointer to NUL-terminated text that exists once: equal symbols
 * are equal pointers.  Interned text is never freed (as in kdb+), so the table
 * has a limit; a decoder that only prints uses views and interns nothing.
 * This is one of the three globals of the house (see design, house style 9).
 */
#ifndef KQ_BASE_SYM_H
#define KQ_BASE_SYM_H

#include <stddef.h>
#include <stdint.h>

/* What stands in memory right before the text of a symbol.  The text and its
 * NUL are padded to a multiple of 8 bytes, so that it can be read in words. */
struct kq_symhead {
    uint32_t len;  /* bytes, without the NUL */
    uint32_t hash; /* of the text; stable within a process */
};

/*
 * The interned text of `len` bytes (no NUL inside: the caller has checked).
 * NULL when the table is full, see kq_sym_limit.
 */
const char *kq_sym(const char *s, size_t len);
/* Same for our own words; aborts when the table is full. */
const char *kq_symz(const char *s);

/* The null symbol, text of length 0. */
extern const char *const kq_sym_null;

static inline const struct kq_symhead *kq_sym_head(const char *sym)
{
    return (const struct kq_symhead *)(const void *)(sym - sizeof(struct kq_symhead));
}
static inline size_t kq_sym_len(const char *sym)
{
    return kq_sym_head(sym)->len;
}

/* Refuse new symbols above this many bytes of table (default 1 GiB). */
void kq_sym_limit(size_t bytes);
/* Symbols and bytes in the table now. */
void kq_sym_stats(size_t *count, size_t *bytes);

#endif
