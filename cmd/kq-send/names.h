/*
 * names.h - the names that a server knows, for completion at the prompt.
 *
 * One query asks for all of them; what comes back is kept sorted, and a word
 * is completed from there without asking again.
 */
#ifndef KQ_SEND_NAMES_H
#define KQ_SEND_NAMES_H

#include "base/str.h"
#include "obj/obj.h"

#include <stdbool.h>
#include <stddef.h>

/*
 * q text whose result is the symbol vector of all names: variables, functions,
 * columns, keywords, and members of namespaces with their namespace.  It needs
 * nothing newer than kdb+ 2.4, and what a server does not have it leaves out.
 */
extern const char send_names_query[];

struct send_names {
    struct kq_str *at; /* sorted, without doubles */
    size_t n;
    char *store; /* what they lie in */
};

/*
 * Take the names from the answer to the query; those that are no q names (or
 * could steer a terminal) are left out.  Anything but a symbol vector is an
 * empty list: such a server knows no names.
 */
void send_names_set(struct send_names *names, const struct kq_obj *answer);
void send_names_release(struct send_names *names);

/* The word that ends where the text ends, and is to be completed: empty within
 * a string and behind what is no part of a name. */
struct kq_str send_names_word(struct kq_str text);

/* What a word can become. */
struct send_matches {
    struct kq_str *at; /* into the names, sorted; owned by the caller: free() */
    size_t n;
    size_t common; /* so many bytes are the same in all, at least the word's */
};

/*
 * All names that begin with `word`.  Behind the word they go as far as their
 * next dot: ".Q" becomes ".Q." first, and that one of its members.
 */
struct send_matches send_names_match(const struct send_names *names, struct kq_str word);

#endif
