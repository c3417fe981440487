/* ISC license. */

#ifndef S6ACTIVATION_ACCEPT_H
#define S6ACTIVATION_ACCEPT_H

 /* New connections: taken, judged, given to the slots. No failure of
    accept(2) is fatal, and none makes the loop spin. */

#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/backoff.h"
#include "libfdholderd/slots.h"

struct acceptor
{
  int fd ;  /* -1: no more are accepted */
  struct backoff backoff ;
  uint8_t missed ;  /* the last accept failed for a reason that passes by itself */
  uint8_t arepassed ;  /* the listening socket has had options on that its connections inherit */
  tain look ;  /* when it is looked at again */
} ;

extern void accept_init (struct acceptor *, int fd) ;
extern int accept_isready (struct acceptor *, struct slots const *, tain const *now) ;  /* poll for it? */
extern void accept_next (struct acceptor *, struct slots const *, tain const *now, tain *when) ;  /* when it will be */
extern void accept_some (struct acceptor *, struct slots *, tain const *now) ;

#endif
