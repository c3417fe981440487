/* ISC license. */

/* A daemon within the process: its store, rules and connections, without
   accept and poll's waiting. Time is what the test says it is. */

#ifndef S6ACTIVATION_TESTS_FUZZHOLDER_H
#define S6ACTIVATION_TESTS_FUZZHOLDER_H

#include <sys/stat.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdholderd/slots.h"
#include "libfdholderd/verbs.h"

enum fuzzholder_uids
{
  FUZZ_UID_ALL = 1001,    /* every right on every id */
  FUZZ_UID_SOME = 1002,   /* stores ids that begin with a, retrieves all, lists */
  FUZZ_UID_NONE = 1003,   /* may connect */
  FUZZ_UID_DENIED = 1004
} ;

enum fuzzholder_numbers
{
  FUZZ_SLOTS = 3,
  FUZZ_FILES = 5  /* what clients attach; the last is a connection to the daemon itself */
} ;

struct fuzzholder
{
  struct holder holder ;
  struct slots slots ;
  struct loop loop ;  /* nothing waits in it: readiness is looked at here */
  tain now ;
  int files[FUZZ_FILES] ;
  struct stat stats[FUZZ_FILES] ;  /* of files */
  int lowest ;  /* the first free descriptor number, between two inputs */
} ;

extern struct fuzzholder *fuzzholder_new (void) ;  /* aborts on failure */

 /* Between inputs: an empty store for max descriptors; at the end, checks that nothing is left. */
extern void fuzzholder_begin (struct fuzzholder *, unsigned int max) ;
extern void fuzzholder_end (struct fuzzholder *) ;

 /* The daemon's end of a connection. Consumes fd. */
extern void fuzzholder_connect (struct fuzzholder *, int fd, uid_t uid) ;

 /* One turn of the loop, and the checks of everything that must hold after it. */
extern void fuzzholder_turn (struct fuzzholder *) ;

 /* Is that one of the files that a client could have stored? */
extern int fuzzholder_knows (struct fuzzholder const *, int fd) ;

extern int fuzz_first_free (void) ;  /* the lowest number that is no descriptor */
extern void fuzz_must (int) ;  /* aborts if it is 0 */

#endif
