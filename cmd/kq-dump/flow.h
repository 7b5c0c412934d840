/*
 * flow.h - packets to connections.
 *
 * Finds the connection of each segment, notices beginnings, ends and port
 * reuse, decides which end is the server, and passes the bytes of both
 * directions in order to a struct dump_stream.  Memory is bounded over all
 * connections: the one that has been idle longest gives up its own first.
 */
#ifndef KQ_DUMP_FLOW_H
#define KQ_DUMP_FLOW_H

#include "link.h"
#include "stream.h"

struct dump_flows;

/* `ports`: those of servers, as dump_ports_have reads them; NULL: any. */
struct dump_flows *dump_flows_new(struct dump_streams *streams, const char *ports);
void dump_flows_free(struct dump_flows *f);

/* A frame of the capture.  False: the next stage wants no more. */
bool dump_flows_frame(struct dump_flows *f, int link_type, const uint8_t *p, size_t caplen,
                      int64_t when_ns);

/*
 * Another file begins with a packet of `when_ns`.  Connections go on in it, as
 * in the files of a ring, unless that was before the last packet: then they end.
 * False: the next stage wants no more.
 */
bool dump_flows_resume(struct dump_flows *f, int64_t when_ns);

/* No more frames, of these connections at least: they end and are forgotten. */
bool dump_flows_end(struct dump_flows *f);

#endif
