/* ISC license. */

/* Each system call of a daemon, in each of some phases, fails in a round of its own: once,
   or for a while. Many rounds are played at the same time.

     PROGRAM              a sample: every so manieth round
     PROGRAM N [FROM]     every Nth, from that one
     PROGRAM all          every call, every error; by hand, for it takes minutes */

#ifndef S6ACTIVATION_TESTS_FAULTROUNDS_H
#define S6ACTIVATION_TESTS_FAULTROUNDS_H

enum { FAULTROUNDS_CALLS_MAX = 400, FAULTROUNDS_SOON_MS = 15000, FAULTROUNDS_LOOK_MS = 10 } ;

struct faultround
{
  unsigned int phase ;
  unsigned int at ;  /* the call that fails, from 1 */
  int number ;  /* errno */
  unsigned int ms ;  /* and for so long all calls of its kind; 0: it alone */
} ;

struct faultrounds
{
  char const *const *phases ;  /* their names */
  unsigned int n ;
  unsigned int step ;  /* of the sample */

   /* 1: all was well; what was not it has told. worker: of those that play at the same time.
      calls: how many there were. */
  int (*play) (struct faultround const *, unsigned int worker, unsigned int *calls) ;
} ;

 /* What main returns. */
extern int faultrounds_main (int argc, char const *const *argv, struct faultrounds const *) ;

#endif
