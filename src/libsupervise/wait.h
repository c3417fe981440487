/* ISC license. */

#ifndef S6ACTIVATION_WAIT_H
#define S6ACTIVATION_WAIT_H

 /*
    Are these services as they are wanted to be? No system call is made here.

    A status says how a service is, and what is believed of it is that. Letters say
    how it was in between: what was up for a moment has been up. Letters may be lost,
    or come when a later status is known already, so a status follows them.

      UNKNOWN       no status yet: its supervisor is starting
      DOWN          run is dead; finish may run
      FINISHED      finish is over, too
      UP            run lives
      READY         and has said that it is ready
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"

enum wait_want
{
  WAIT_UP,
  WAIT_READY,
  WAIT_DOWN,
  WAIT_FINISHED,
  WAIT_RESTARTED,  /* it was down, and is up */
  WAIT_RESTARTEDREADY
} ;

enum wait_state
{
  WAIT_ISUNKNOWN,
  WAIT_ISDOWN,
  WAIT_ISFINISHED,
  WAIT_ISUP,
  WAIT_ISREADY
} ;

enum wait_failure
{
  WAIT_NOFAILURE,
  WAIT_FAILED,  /* for good, where it was to come up */
  WAIT_LOST  /* its supervisor has gone before it was as it is wanted */
} ;

struct wait_service
{
  enum wait_state state ;
  enum wait_failure failure ;
  tain changed ;  /* since when it is up, if a status has said so */
  uint8_t isdated ;  /* one has */
  uint8_t wasdown ;
  uint8_t fits ;
} ;

struct wait
{
  struct wait_service *services ;  /* the caller's */
  unsigned int n ;
  enum wait_want want ;
  int isany ;  /* one that fits is enough; and one that fails */
  unsigned int fitting ;
  unsigned int failed ;
} ;

enum wait_verdict
{
  WAIT_GOON,
  WAIT_DONE,
  WAIT_FAILURE  /* all is decided, and some have failed */
} ;

extern void wait_init (struct wait *, enum wait_want, int isany, struct wait_service *, unsigned int n) ;
extern void wait_status (struct wait *, unsigned int, struct svstatus const *) ;
extern void wait_letter (struct wait *, unsigned int, char) ;
extern void wait_forget (struct wait *, unsigned int) ;  /* it is as if it had no supervisor yet */
extern enum wait_verdict wait_verdict (struct wait const *) ;

#endif
