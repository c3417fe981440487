/* ISC license. */

/* A store within the process, which nobody watches, and who looks into it. */

#ifndef S6ACTIVATION_TESTS_LONESTORE_H
#define S6ACTIVATION_TESTS_LONESTORE_H

#include <stdint.h>

#include "libfdholderd/inspect.h"
#include "libfdholderd/store.h"

extern struct store lonestore ;

extern void lonestore_begin (struct inspect *, uint32_t max) ;
extern void lonestore_end (void) ;  /* closes all that is held */

 /* Stored for ever. A descriptor of which there is another reference already
    has one more; else it is consumed. */
extern struct store_entry *lonestore_hold (char const *id, int fd) ;

#endif
