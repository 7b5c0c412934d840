/*
 * elem.h - one element of a vector (or an atom) as text.
 *
 * This is the only place that knows how a date looks.  A formatter sets up a
 * struct kq_elems for each vector once, which chooses the function for its
 * type, and then has the elements written one by one: no type is looked at in
 * a loop over rows.  Formats that treat texts in their own way (quoting in
 * csv, escaping in JSON, one-line q text of nested items) put a function of
 * their own in `put`.
 */
#ifndef KQ_TEXT_ELEM_H
#define KQ_TEXT_ELEM_H

#include "base/digits.h"
#include "base/out.h"
#include "obj/obj.h"
#include "text/style.h"

#include <stddef.h>
#include <stdint.h>

/* Room that an element of fixed width may need, quotes included; a null text
 * from the style can be longer, and so can symbols. */
enum { KQ_ELEM_MAX = 64 };

enum kq_form {
    KQ_FORM_BARE, /* as q's string: no suffix, quotes or backtick; nulls empty
                     or the style's text; booleans 0 and 1; infinities 0W 0w */
    KQ_FORM_CSV,  /* the same with times as the style says */
    KQ_FORM_ITEM, /* inside a q vector: 0N 0n 0W, but no suffix yet */
    KQ_FORM_JSON, /* a JSON value: quoted where it must be, null, true; symbols
                     and chars are not escaped here, see json.h */
};

struct kq_elems {
    /* Write element i, return its bytes.  Ask for elements in order, each
     * once: symbols are read from a stream.  An atom is its only element. */
    size_t (*put)(struct kq_elems *e, struct kq_out *o, int64_t i);
    const struct kq_obj *x; /* borrowed; of an enumeration its values */
    const struct kq_style *style;
    void *user;          /* for a `put` from outside */
    const uint8_t *data; /* payload of fixed width */
    const char *null;    /* text of a null */
    const char *inf;     /* of an infinity, "-" goes in front; NULL: digits */
    uint32_t nulllen;    /* bytes of null */
    uint8_t json;        /* 1: KQ_FORM_JSON, infinities stand in quotes */
    uint8_t quote;       /* 1: all texts of this vector do */
    int8_t precision;    /* \P or KQ_SHORTEST */
    struct kq_symiter syms;
    const char *safe; /* up to here eight bytes can be read; NULL: nowhere */
};

/*
 * Get ready for the elements of `x`, a simple vector, an atom or an enumeration
 * of symbols.  For any other object false: `put` is then NULL and the caller
 * chooses one.  `style` and `x` must stay.
 */
bool kq_elems_init(struct kq_elems *e, const struct kq_obj *x, enum kq_form form,
                   const struct kq_style *style);

/* Start again with element 0. */
static inline void kq_elems_rewind(struct kq_elems *e)
{
    e->syms = kq_symiter(e->x);
}

/*
 * The next symbol and its length.  Texts of up to 7 bytes, which is most of
 * them, also come in *word (first byte lowest, zeros behind), so that a `put`
 * can look at them and store them without a loop.
 */
static inline size_t kq_elems_symbol(struct kq_elems *e, const char **s, uint64_t *word)
{
    size_t len;
    if (e->syms.next && e->syms.next <= e->safe) {
        uint64_t w = kq_load8(e->syms.next);
        uint64_t nul = (w - KQ_BYTES8(1)) & ~w & KQ_BYTES8(0x80);
        if (nul) {
            len = (size_t)__builtin_ctzll(nul) / 8;
            *s = e->syms.next;
            *word = w & (((nul & -nul) >> 7) - 1);
            e->syms.next += len + 1;
            return len;
        }
    }
    *s = kq_symiter_next(&e->syms, &len);
    *word = 0;
    if (len < 8)
        memcpy(word, *s, len);
    *word = le64toh(*word);
    return len;
}

static inline size_t kq_elems_put(struct kq_elems *e, struct kq_out *o, int64_t i)
{
    return e->put(e, o, i);
}

/*
 * Bytes of the longest among elements 0..n-1, without writing them where the
 * type allows; rewinds before and after.  Works for a foreign `put`, too.
 */
size_t kq_elems_width(struct kq_elems *e, int64_t n);

/* One atom, or element i of a vector, in a call; not for loops. */
void kq_elem_put(struct kq_out *o, const struct kq_obj *x, int64_t i, enum kq_form form,
                 const struct kq_style *style);

#endif
