/*
 * utf8.h - checking, reading and writing UTF-8.
 *
 * kdb+ does not care about encodings: strings and symbols are bytes.  JSON
 * does, so its writer checks what it is about to send and escapes the rest.
 * Well-formed means what RFC 3629 says: no overlong forms, no surrogates,
 * nothing above U+10FFFF.
 */
#ifndef KQ_BASE_UTF8_H
#define KQ_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Length of the longest prefix of `s` that is well-formed (`len` if all is). */
size_t kq_utf8_prefix(const char *s, size_t len);

/* Length of the longest prefix of `s` that is ASCII. */
size_t kq_utf8_ascii(const char *s, size_t len);

static inline bool kq_utf8_valid(const char *s, size_t len)
{
    return kq_utf8_prefix(s, len) == len;
}

/*
 * Decode the code point at `s`, of which `len` bytes may be read: returns the
 * bytes it takes (1..4) and fills *cp; 0 when it is cut off or malformed, and
 * for len 0.
 */
size_t kq_utf8_decode(const char *s, size_t len, uint32_t *cp);

/* Bytes (1..4) of a sequence that starts with `lead`; 0 when none does. */
size_t kq_utf8_len(char lead);

/* Write `cp` to `dst` (room for 4 bytes) and return its length; 0 for
 * surrogates and what lies above U+10FFFF. */
size_t kq_utf8_encode(char *dst, uint32_t cp);

/* Code points in `s`; every byte that belongs to none counts as one. */
size_t kq_utf8_count(const char *s, size_t len);

#endif
