/* ISC license. */

/* A state, as a holder leaves it to the next image, made, packed and read: for tests of
   libfdholderd/state.h. It has two entries, four connections, one that is being closed: all
   that there can be. */

#ifndef S6ACTIVATION_TESTS_STATEBYTES_H
#define S6ACTIVATION_TESTS_STATEBYTES_H

#include <stddef.h>

#include <skalibs/stralloc.h>

#include "libfdholderd/state-internal.h"
#include "libfdwire/wire-state.h"

enum { STATEBYTES_FIRST = 100 } ;  /* of its descriptors, which the test has open */

extern struct wire_state_entry statebytes_entries[2] ;
extern struct wire_state_connection statebytes_connections[4] ;
extern struct wire_state_closing statebytes_closing ;
extern stralloc statebytes_bytes ;

extern struct wire_id statebytes_id (char const *) ;
extern void statebytes_choose (void) ;  /* all of it as it is at first */
extern void statebytes_pack (void) ;  /* into bytes, with its digest */
extern void statebytes_seal (void) ;  /* appends the digest */

 /* Reads so many of the bytes from fd, a file of nothing, which is consumed. 0: they are
    good, else why not. */
extern char const *statebytes_load_from (int fd, struct state *, size_t len, int areours, int issealed) ;
extern char const *statebytes_load (struct state *, size_t len, int areours) ;  /* from a file */

 /* A point: they are refused, for that reason. */
extern void statebytes_refused (char const *why, char const *name) ;
extern void statebytes_refused_anew (char const *why, char const *name) ;  /* packed before, and all as at first after it */

#endif
