/* ISC license. */

 /* What it is told from outside: by signals, and by its keeper. */

#include <fcntl.h>
#include <signal.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/serve-internal.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/upgrade.h"
#include "libfdwire/wire-keep.h"

 /* Descriptor 0 must not become anybody's connection: it is covered. Who was
    not accepted may have sent descriptors, so that to close the socket may
    wait: its last reference goes to the helpers. */

static void stop_listening (struct serve *s)
{
  int copy = fcntl(s->acceptor.fd, F_DUPFD_CLOEXEC, 3) ;
  int fd = openc_read("/dev/null") ;
  loop_watch_stop(&s->loop, &s->listening) ;
  if (fd < 0 || fd_move(s->acceptor.fd, fd) == -1) fd_close(s->acceptor.fd) ;
  if (copy >= 0) fdtable_close(&s->holder->fdtable, copy, 0) ;
  s->acceptor.fd = -1 ;
  s->holder->kept.listening = -1 ;
}

static void enter_lameduck (struct serve *s)
{
  if (s->islameduck) return ;
  log_line(&s->holder->log, LOG_INFO, "terminating: waiting for what is under way") ;
  upgrade_cancel(&s->upgrade, &STAMP) ;
  s->islameduck = 1 ;
  tain_add(&s->end, &STAMP, &s->options.lameduck) ;
  stop_listening(s) ;
  slots_leave_all(&s->slots) ;
  slots_lameduck(&s->slots, &STAMP) ;
}

void serve_obey (void *data, int number, pid_t pid)
{
  struct serve *s = data ;
  (void)pid ;
  switch (number)
  {
    case SIGTERM : enter_lameduck(s) ; break ;
    case SIGCHLD :
      closer_reap(&s->holder->closer) ;
      inspect_reap(&s->holder->inspect) ;
      upgrade_reap(&s->upgrade) ;
      break ;
    case SIGUSR1 : if (!s->islameduck) upgrade_ask(&s->upgrade) ; break ;
    case SIGHUP : policy_reload(&s->holder->policy) ; break ;
    default : break ;
  }
}

void serve_order (void *data, char order)
{
  switch (order)
  {
    case WIRE_ORDER_TERMINATE : serve_obey(data, SIGTERM, 0) ; break ;
    case WIRE_ORDER_UPGRADE : serve_obey(data, SIGUSR1, 0) ; break ;
    case WIRE_ORDER_RELOAD : serve_obey(data, SIGHUP, 0) ; break ;
    default : break ;
  }
}
