/* ISC license. */

/* A keeper, with a worker that does what the test likes: a process that sleeps,
   and a channel whose other end is ours. At "s", its log in the file log. */

#ifndef S6ACTIVATION_TESTS_LONEKEEPER_H
#define S6ACTIVATION_TESTS_LONEKEEPER_H

#include <sys/resource.h>
#include <sys/types.h>

enum { LONEKEEPER_SOON_MS = 5000 } ;

struct lonekeeper
{
  pid_t pid ;
  int ready ;  /* its stdout */
  int channel ;  /* our end; -1: closed */
  pid_t worker ;  /* the process that is taken for one */
} ;

 /* How many descriptors those that begin from now on may have; 0: as we may. It stays where it is. */
extern void lonekeeper_limit (struct rlimit const *) ;

extern pid_t lonekeeper_sleeper (void) ;
extern void lonekeeper_begin (struct lonekeeper *) ;
extern int lonekeeper_isready (struct lonekeeper const *, unsigned int milliseconds) ;
extern void lonekeeper_tell (struct lonekeeper const *, char kind, int islast, char const *id, int fd) ;  /* as keeping_tell */
extern int lonekeeper_order (struct lonekeeper const *) ;  /* the next one; -1: none comes soon */
extern void lonekeeper_close (struct lonekeeper *) ;  /* the channel */
extern void lonekeeper_kill_worker (struct lonekeeper const *) ;
extern int lonekeeper_exit_code (struct lonekeeper const *) ;  /* waits. 255: it does not end, or by a signal */
extern void lonekeeper_end (struct lonekeeper *, int code, char const *name) ;  /* a point: it exits so. All is cleared away */
extern void lonekeeper_stop (struct lonekeeper *) ;  /* the same, by SIGTERM; another: no worker is left */

#endif
