/*
 * term.h - what standard output is: a terminal or not, its size, colour.
 */
#ifndef KQ_CLI_TERM_H
#define KQ_CLI_TERM_H

#include <stdbool.h>

struct kq_term {
    bool tty;
    int rows;    /* of the terminal, 10..2000 as q's \c; 0 when it is none */
    int columns; /* likewise */
};

/* Ask about `fd`.  LINES and COLUMNS win over what the terminal says. */
void kq_term_ask(struct kq_term *t, int fd);

/*
 * Colour or not: `when` is enum kq_when.  For auto: NO_COLOR (not empty) and
 * TERM=dumb say no, CLICOLOR_FORCE (not empty, not 0) yes, else a terminal decides.
 */
bool kq_term_color(const struct kq_term *t, int when);

#endif
