/* ISC license. */

/* What a keeper should hold, by what it was told: which of a fuzzholder's files
   under which of a few ids. */

#ifndef S6ACTIVATION_TESTS_FUZZHELD_H
#define S6ACTIVATION_TESTS_FUZZHELD_H

#include "fuzzholder.h"
#include "libfdwire/wire-keep.h"

enum { FUZZHELD_IDS = 4 } ;

struct fuzzheld
{
  int held[FUZZHELD_IDS] ;  /* a file; -1: nothing */
  int staged[FUZZHELD_IDS] ;  /* the same of a batch that is not whole; -2: it does not touch that id */
} ;

extern char const *fuzzheld_id (unsigned int) ;

extern void fuzzheld_begin (struct fuzzheld *) ;  /* it holds nothing */
extern void fuzzheld_tell (struct fuzzheld *, struct wire_keep const *, unsigned int id, unsigned int file) ;
extern void fuzzheld_drop_staged (struct fuzzheld *) ;

extern int fuzzheld_isso (struct fuzzheld const *, struct fuzzholder const *) ;  /* is that what its store has? */

#endif
