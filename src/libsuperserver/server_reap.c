/* ISC license. */

#include <sys/wait.h>

#include <skalibs/tai.h>

#include "internal.h"

#include "libdaemon/backoff.h"
#include "libdaemon/clock.h"

 /*
   The kernel looks at every child when it is asked for any that has ended,
   and at one when it is asked for one. While there are many, a SIGCHLD is
   taken at its word: the child that it names. Those that ended with it,
   unnamed, are found by a sweep: soon, and after as many as make its cost
   small for each, and before a client is refused for their sake.
 */

enum { SWEEP_ALWAYS = 48, SWEEP_SHARE = 8, SWEEP_DELAY = 20 } ;

static void forget (struct server *s, pid_t pid, int status)
{
  unsigned char key[SUPERSERVER_KEYSIZE] ;
  int known = 0 ;
  if (!children_remove(&s->children, pid, key, &known)) return ;
  backoff_reset(&s->backoff) ;
  server_log_end(s, pid, key, known, status) ;
  server_log_status(s) ;
}

void server_sweep (struct server *s)
{
  s->sweep = tain_infinite ;
  s->unswept = 0 ;
  for (;;)
  {
    int status ;
    pid_t pid = waitpid(-1, &status, WNOHANG) ;
    if (pid <= 0) break ;
    forget(s, pid, status) ;  /* or somebody else's, left to us by who executed into us */
  }
}

void server_reap (struct server *s, pid_t pid)
{
  int status ;
  if (s->children.running <= SWEEP_ALWAYS || s->unswept >= s->children.running / SWEEP_SHARE || pid <= 0)
  {
    server_sweep(s) ;
    return ;
  }
  if (waitpid(pid, &status, WNOHANG) == pid) forget(s, pid, status) ;
  s->unswept++ ;
  if (!tain_less(&s->sweep, &tain_infinite)) clock_after(&s->sweep, &STAMP, SWEEP_DELAY) ;
}
