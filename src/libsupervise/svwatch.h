/* ISC license. */

#ifndef S6ACTIVATION_SVWATCH_H
#define S6ACTIVATION_SVWATCH_H

 /*
    Waiting for services: look at each; if that does not decide it, listen to those
    that are not as they are wanted, look at them again, and hear what they tell.
    Who is as it is wanted costs no fifo; it is looked at once more at the end, and
    listened to if it has changed.
 */

#include <stdint.h>

#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "libfifodir/fifodir.h"
#include "libsupervise/wait.h"

enum svwatch_trouble
{
  SVWATCH_FINE,
  SVWATCH_UNSUPERVISED,  /* it was supervised once, and is not */
  SVWATCH_NEVER,  /* it never was, or there is no such directory */
  SVWATCH_ERROR  /* errno */
} ;

struct svwatch_dir
{
  char const *path ;
  struct fifodir_listener *listener ;  /* 0: not listened to */
  uint8_t isabsent ;  /* its supervisor is yet to come */
} ;

struct svwatch
{
  struct wait wait ;
  struct wait_service *services ;
  struct svwatch_dir *dirs ;
  iopause_fd *x ;
  unsigned int *heard ;  /* whose each x is */
  int ispatient ;  /* supervisors may come later */
  unsigned int pause ;  /* ms until absent ones are looked for again */
  unsigned int troubled ;  /* which one is in trouble */
} ;

 /* 0 and errno: ENOMEM. The paths stay the caller's. */
extern int svwatch_init (struct svwatch *, char const *const *paths, unsigned int n, enum wait_want, int isany, int ispatient) ;
extern void svwatch_free (struct svwatch *) ;  /* its fifos, too; keeps errno */

extern enum svwatch_trouble svwatch_look (struct svwatch *) ;  /* at all of them */
extern enum svwatch_trouble svwatch_listen (struct svwatch *) ;  /* to those that need it. A descriptor each */

enum svwatch_event
{
  SVWATCH_DECIDED,  /* wait_verdict says how */
  SVWATCH_LATE,  /* the time is over */
  SVWATCH_OTHER,  /* there is something to read at the other descriptor */
  SVWATCH_TROUBLE  /* of which trouble it is */
} ;

 /* Until something of this. STAMP must be set. other: -1: none. */
extern enum svwatch_event svwatch_wait (struct svwatch *, int other, tain const *deadline, enum svwatch_trouble *) ;

#endif
