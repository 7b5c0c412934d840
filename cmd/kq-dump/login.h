/*
 * login.h - do these bytes begin a kdb+ connection?
 *
 * On a known port every text up to a NUL is a login; elsewhere it must look
 * like one that somebody configured, or half the traffic of a network would be
 * taken for kdb+.
 */
#ifndef KQ_DUMP_LOGIN_H
#define KQ_DUMP_LOGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that are held until it is clear what they are. */
enum { DUMP_LOGIN_MAX = 65536 };

/*
 * Length of the login at the start of the bytes, with its NUL, and whether it
 * ends in a capability; 0 when there is none, or none yet.  `trust`: the port
 * says that it is kdb+.
 */
size_t dump_login_len(const uint8_t *p, size_t n, bool trust, bool *has_cap);

/* Whatever follows them, these bytes cannot become a login. */
bool dump_login_hopeless(const uint8_t *p, size_t n, bool trust);

#endif
