/*
 * tls_digest.h - the digests of kdb+'s password file, from libcrypto.
 *
 * Lazily loaded like the rest of OpenSSL, so a server without a password file
 * never maps it.
 */
#ifndef KQ_NET_TLS_DIGEST_H
#define KQ_NET_TLS_DIGEST_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define KQ_MD5_HEX  33 /* with the NUL */
#define KQ_SHA1_HEX 41

/* Lower-case hex digest of `n` bytes; false with KQ_ECONNECT when OpenSSL is
 * missing or refuses the algorithm. */
bool kq_tls_md5_hex(const void *data, size_t n, char out[KQ_MD5_HEX], struct kq_err *err);
bool kq_tls_sha1_hex(const void *data, size_t n, char out[KQ_SHA1_HEX], struct kq_err *err);

#endif
