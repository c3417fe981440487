/* ISC license. */

#ifndef S6ACTIVATION_STARTS_H
#define S6ACTIVATION_STARTS_H

 /*
    Starting supervisors, and what their ends mean. A process that cannot be made,
    or a program that cannot be executed, concerns all of them, and is tried again
    after 1 s, doubling to 10; a pipe that cannot be made concerns its service.
 */

#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "libsvscan/registry.h"

struct starts
{
  struct registry *registry ;
  struct log *log ;
  char const *path ;  /* of s6-supervise; "" or 0: to be looked for */
  char const *const *envp ;
  int console ;  /* stderr of the supervisor that is for the catch-all logger; -1: as it is */
  uint8_t isended ;  /* nothing is started any more */
  uint16_t pause ;  /* seconds, of the last one; 0: the last start succeeded */
  int error ;  /* that was told of last */
  tain until ;  /* the end of the pause */
} ;

extern void starts_init (struct starts *, struct registry *, struct log *, char const *const *envp, int console) ;

 /* Starts the first of those that are due, or sees that it cannot be started. 0: there
    is none, or none can be started now. */
extern int starts_one (struct starts *, tain const *now) ;
extern void starts_next (struct starts const *, tain *when) ;  /* lowers it to when there is more to start */

 /* For children_init. */
extern void starts_ended (void *, struct child *, int status) ;

#endif
