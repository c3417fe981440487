/* ISC license. */

/* A scan directory of its own, under an s6-svscan whose system calls can be made to fail.
   What is in it are links, to a, to b, which has a logger, and to c; the supervisors are
   not real ones: they write down that they were there, and that of b tells its logger
   so, too. Nothing of it is left by lonescan_end, whatever has happened. */

#ifndef S6ACTIVATION_TESTS_LONESCAN_H
#define S6ACTIVATION_TESTS_LONESCAN_H

#include <sys/types.h>

#include "breaker.h"

enum lonescan_part { LONESCAN_A, LONESCAN_B, LONESCAN_LOGGER, LONESCAN_C, LONESCAN_PARTS } ;
enum { LONESCAN_PATH = 128 } ;

struct lonescan
{
  char dir[32] ;
  struct breaker *breaker ;  /* of the one that was started last */
  pid_t pid ;  /* it; 0: it has ended */
  int code ;  /* how, as wait(2) tells it */
} ;

struct lonescan_state
{
  unsigned int begun ;  /* times that its supervisor was started */
  unsigned int copies ;  /* of it that live, or nobody has taken notice of their end */
  pid_t last ;  /* who was started last */
} ;

 /* In main, before all else: when that is the program that is executed as s6-supervise,
    it does not return. */
extern void lonescan_program (int argc, char const *const *argv) ;

extern void lonescan_make (struct lonescan *, char const *dir) ;
extern void lonescan_put (struct lonescan const *, char const *service, int isthere) ;  /* into the scan directory, or out of it */
extern void lonescan_start (struct lonescan *, unsigned int at, int number, unsigned int ms) ;  /* at 0: no fault */
extern int lonescan_runs (struct lonescan *) ;
extern int lonescan_order (struct lonescan const *, char const *letters) ;  /* 0: nobody hears it */
extern void lonescan_look (struct lonescan const *, enum lonescan_part, struct lonescan_state *) ;
extern unsigned int lonescan_pipes (struct lonescan const *) ;  /* names of pipes that there are */

 /* How many of b's supervisors the logger knows nothing of. */
extern unsigned int lonescan_unread (struct lonescan const *) ;
extern void lonescan_end (struct lonescan *) ;

#endif
