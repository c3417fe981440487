/* ISC license. */

#ifndef S6ACTIVATION_SVVIEW_H
#define S6ACTIVATION_SVVIEW_H

 /* All that can be seen of a service from outside, at one moment. */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"

 /* What a status that could not be written for long does not know. */
enum svview_doubt
{
  SVVIEW_NODOUBT,
  SVVIEW_NOPROCESS,  /* there is none of that number */
  SVVIEW_OTHERAGE  /* it is much younger, or older, than the status has it; or the clock was set */
} ;

struct svview
{
  char const *dir ;
  int issupervised ;  /* 0: nothing else is known */
  struct svstatus status ;
  int isnormallyup ;  /* there is no down file */
  tain now ;  /* wall clock, as all labels */
  int hasnext ;
  tain next ;  /* its next start */
  unsigned int deaths ;  /* in its tally */
  int istallyfull ;  /* there may have been more */
  enum svview_doubt doubt ;
  uint64_t age ;  /* seconds, of the process, where it is known */
} ;

 /* Waits for a moment if there is a doubt, for it may be out of date already. 0 and errno. */
extern int svview_read (struct svview *, char const *dir) ;

 /* From then to now; 0 if that is yet to come. */
extern uint64_t svview_seconds (tain const *from, tain const *to) ;

#endif
