/*
 * fault.h - which faults are asked for, and whether one strikes now.
 *
 * A SPEC is NAME[=VALUE] and selectors, joined by commas: "rst,msg=3",
 * "delay=50ms,p=0.2", "length=+4,conn=2,kind=push".  Faults of a connection
 * are drawn when it is accepted, the others for each message.  Nothing here
 * touches a connection: inject.h does what is decided here.
 */
#ifndef KQ_LISTEN_FAULT_H
#define KQ_LISTEN_FAULT_H

#include "base/err.h"
#include "base/str.h"

#include <stdbool.h>
#include <stdint.h>

enum lst_fault_what {
    /* of a connection */
    LST_FAULT_RATE,  /* bytes a second */
    LST_FAULT_CHUNK, /* bytes sent in one piece */
    LST_FAULT_LIMIT, /* close after so many bytes */
    LST_FAULT_REFUSE_AUTH,
    LST_FAULT_NO_HANDSHAKE,
    LST_FAULT_SLOW_HANDSHAKE, /* ns */
    LST_FAULT_CAP,            /* the byte that answers the login */
    /* instead of handling a message */
    LST_FAULT_RST,
    LST_FAULT_CLOSE,
    LST_FAULT_HALF_CLOSE,
    LST_FAULT_HANG,
    /* before handling it */
    LST_FAULT_DELAY,  /* ns */
    LST_FAULT_JITTER, /* ns, 0 to that many */
    /* to its answer, or to a message of our own */
    LST_FAULT_LENGTH,   /* added to the length in the header */
    LST_FAULT_TYPE,     /* first byte of the object */
    LST_FAULT_TRUNCATE, /* bytes that are sent before we close */
    LST_FAULT_CORRUPT,  /* offset of a byte whose bits are inverted */
    LST_FAULT_COMPRESS, /* enum lst_bad_compress */
    LST_FAULT_ENDIAN,   /* big */
    LST_FAULT_RESERVED, /* header byte 3 */
    LST_FAULT_ASYNC_FIRST,
    LST_FAULT_SWAP,
    LST_FAULT_DUP,
    LST_FAULT_WRONG_KIND,
    LST_FAULT_COUNT
};

/* Added to the length: as large as the header can say. */
#define LST_LENGTH_MAX INT64_MAX

enum lst_bad_compress { LST_COMPRESS_ALWAYS, LST_COMPRESS_BAD, LST_COMPRESS_HUGE };

/* What selectors call a message: received ones, and those that we send unasked. */
enum lst_fault_kind { LST_FAULT_ANY = -1, LST_FAULT_ASYNC, LST_FAULT_SYNC, LST_FAULT_PUSH };

struct lst_fault {
    enum lst_fault_what what;
    int64_t value;
    double p;     /* probability */
    int64_t conn; /* only the Nth connection; 0: all */
    int64_t msg;  /* only the Nth message of a connection; 0: all */
    enum lst_fault_kind kind;
    bool of_rule; /* only a rule of -f brings it about */
    bool by_kind; /* kind was given: msg counts only messages of that kind */
};

/* At most so many: a set of faults is a word of bits. */
#define LST_FAULTS_MAX 64

/* All that are asked for; zero it, and seed it once. */
struct lst_faults {
    struct lst_fault fault[LST_FAULTS_MAX];
    int n;
    uint64_t random; /* state of the generator */
};

void lst_faults_seed(struct lst_faults *f, uint64_t seed);

/* Add a SPEC: its number, or -1 with KQ_EUSAGE. */
int lst_faults_add(struct lst_faults *f, struct kq_str spec, struct kq_err *err);

/* The same for the fault= of a rule, which strikes only what lst_faults_of_rule says. */
int lst_faults_add_for_rule(struct lst_faults *f, struct kq_str spec, struct kq_err *err);
/* Before the rules are read again: forget their faults. */
void lst_faults_drop_rules(struct lst_faults *f);
/* A rule with fault number `i` fits: the bit of it, unless chance decides otherwise. */
uint64_t lst_faults_of_rule(struct lst_faults *f, int i);

/* Does the outcome depend on chance, so that the seed is worth printing? */
bool lst_faults_are_random(const struct lst_faults *f);

/* Those that hold for connection number `conn`: bits by number. */
uint64_t lst_faults_of_conn(struct lst_faults *f, int64_t conn);

/*
 * Those that strike a message: of kind `kind` (not ANY), the `nth_any` of its
 * connection and the `nth_kind` of its kind there, from 1.
 */
uint64_t lst_faults_of_msg(struct lst_faults *f, int64_t conn, enum lst_fault_kind kind,
                           int64_t nth_any, int64_t nth_kind);

/* The fault of that sort in a set, or NULL. */
const struct lst_fault *lst_faults_get(const struct lst_faults *f, uint64_t set,
                                       enum lst_fault_what what);

/* A delay in ns for a message that these strike: delay plus a random part of jitter. */
int64_t lst_faults_delay_ns(struct lst_faults *f, uint64_t set);

/* "half-close". */
const char *lst_fault_name(enum lst_fault_what what);

#endif
