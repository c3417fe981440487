/* ISC license. */

/* A keeper and its worker, under preload-faults.so, and what was acknowledged:
   for tests that make one call after the other fail. */

#ifndef S6ACTIVATION_TESTS_FAULTYKEEPER_H
#define S6ACTIVATION_TESTS_FAULTYKEEPER_H

#include <sys/types.h>

#include "faults.h"

struct faultykeeper
{
  pid_t pid ;  /* the keeper */
  struct faults *faults ;
  unsigned int ended ;  /* keepers that have ended where none should */
} ;

 /* In a directory with all rights for everybody, with something held, at "s"; logs to the file log. */
extern void faultykeeper_begin (struct faultykeeper *) ;
extern void faultykeeper_end (struct faultykeeper *) ;  /* two points: SIGTERM ends all */

extern void faultykeeper_start (struct faultykeeper *) ;  /* bails out, if nothing fails and it does not start */
extern void faultykeeper_kill (struct faultykeeper *) ;

 /* A store, a replace, a delete, a dump: what was answered is noted. */
extern void faultykeeper_operate (void) ;

 /* When nothing fails any longer: a keeper that has ended is started again; what was
    acknowledged is there and nothing else; the same when the worker was killed (iskill).
    0, or what is wrong. */
extern char const *faultykeeper_look (struct faultykeeper *, int iskill) ;

 /* Whose calls fail. */
enum faultykeeper_aim { FAULTYKEEPER_KEEPER, FAULTYKEEPER_WORKER, FAULTYKEEPER_ANY } ;

 /* A thing to be done, while one call of those functions after the other fails, in those
    that live now, until none does any longer; each time all is looked at, with a worker
    killed, or not. */
typedef void faultykeeper_func (struct faultykeeper *) ;
struct faultykeeper_trial
{
  char const *name ;
  enum faultykeeper_aim aim ;
  int iskill ;
  faultykeeper_func *f ;
} ;
extern void faultykeeper_until_none (struct faultykeeper *, struct faultykeeper_trial const *, enum fault_function) ;

#endif
