/* ISC license. */

#ifndef S6ACTIVATION_SERVE_H
#define S6ACTIVATION_SERVE_H

#include <stdint.h>

#include <skalibs/iopause.h>
#include <skalibs/tai.h>

#include "libfdholderd/accept.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/verbs.h"

struct serve_options
{
  tain timeout ;  /* for one exchange of a client; tain_infinite_relative for none */
  tain lameduck ;  /* from SIGTERM to the end, likewise */
} ;

struct serve
{
  struct holder *holder ;
  struct serve_options options ;
  struct acceptor acceptor ;
  struct slots slots ;
  iopause_fd *poll ;
  int signalfd ;
  tain end ;  /* of the lame duck */
  uint8_t islameduck ;
} ;

 /* listenfd must listen; it is set to O_NONBLOCK. Traps the signals. STAMP
    must be set. 0 and errno on failure. */
extern int serve_init (struct serve *, struct holder *, int listenfd, struct serve_options const *) ;

 /* Until SIGTERM and the end of what was under way. */
extern void serve_run (struct serve *) ;
extern void serve_free (struct serve *) ;

#endif
