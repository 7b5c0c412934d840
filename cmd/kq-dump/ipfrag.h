/*
 * ipfrag.h - pieces of IP packets put together again.
 *
 * Fragments are rare in TCP; a few packets at a time are enough.  Memory is
 * fixed: the oldest unfinished packet makes room for a new one.
 */
#ifndef KQ_DUMP_IPFRAG_H
#define KQ_DUMP_IPFRAG_H

#include "link.h"

struct dump_ipfrag;

struct dump_ipfrag *dump_ipfrag_new(void);
void dump_ipfrag_free(struct dump_ipfrag *f);

/*
 * Take a fragment.  True when it completes a packet: `ip` then describes the
 * whole, whose payload stays valid until the next call.
 */
bool dump_ipfrag_take(struct dump_ipfrag *f, struct dump_ip *ip);

#endif
