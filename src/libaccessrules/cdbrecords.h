/* ISC license. */

#ifndef S6ACTIVATION_CDBRECORDS_H
#define S6ACTIVATION_CDBRECORDS_H

#include <stdint.h>

#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>

 /* Rules on their way into a cdb: nothing is written before all have been read. They are
    in a stralloc that begins as zero, and that the caller frees. */

 /* Adds a rule that allows, with what it has in env and exec, the NUL of exec taken off: each
    at most 65535 bytes. 0 in the place of that: one that denies. 0: no memory. */
extern int cdbrecords_add (stralloc *, char const *key, accessrules_params const *) ;

 /* How many bytes that cdb will have. */
extern uint64_t cdbrecords_size (stralloc const *) ;

 /* Writes it to an empty file, which stays open. 0 and errno: it is not whole. */
extern int cdbrecords_write (stralloc const *, int fd) ;

#endif
