/* ISC license. */

#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "liblogger/logger-internal.h"

struct probe
{
  struct loop loop ;
  struct loop_watch watch ;
  struct loop_timer now ;  /* so that nobody waits */
  unsigned int edges ;
} ;

static void on_edge (void *data, unsigned int events, tain const *now)
{
  struct probe *p = data ;
  (void)events ;
  (void)now ;
  p->edges++ ;
}

static void on_time (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

 /* Is told of what is written, and does not read it. */

static int hears (struct probe *p, int fd)
{
  unsigned int before = p->edges ;
  loop_timer_set(&p->loop, &p->now, &STAMP) ;
  if (write(fd, "x", 1) != 1) return 0 ;
  return loop_turn(&p->loop) && p->edges > before ;
}

static int probe (struct probe *p, int const *fds)
{
  int ok ;
  loop_watch_init(&p->watch, &on_edge, p) ;
  loop_timer_init(&p->now, &on_time, p) ;
  if (!loop_watch_start(&p->loop, &p->watch, fds[0], LOOP_READ | LOOP_EDGE)) return 0 ;
  ok = hears(p, fds[1]) && hears(p, fds[1]) ;
  loop_watch_stop(&p->loop, &p->watch) ;
  return ok ;
}

int logger_hasedges (void)
{
  struct probe p = { .edges = 0 } ;
  int fds[2] ;
  int ok ;
  if (!loop_hasedges() || pipecoe(fds) == -1) return 0 ;
  ok = loop_init(&p.loop) ;
  if (ok)
  {
    ok = probe(&p, fds) ;
    loop_end(&p.loop) ;
  }
  fd_close(fds[0]) ;
  fd_close(fds[1]) ;
  return ok ;
}
