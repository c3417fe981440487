/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libfdholderd/accept.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/slots.h"

#include "libdaemon/backoff.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

 /* The kernel may know it where the headers do not. */
#if defined(__linux__) && !defined(SO_PASSPIDFD) && !defined(__sparc__) && !defined(__hppa__)
#define SO_PASSPIDFD 76
#endif

#define ACCEPT_GUEST "keeper"  /* his rule, for his account */

enum { ACCEPT_AT_ONCE = 32, ACCEPT_LOOK_SECONDS = 1 } ;

void accept_init (struct acceptor *a, int fd)
{
  a->fd = fd ;
  backoff_reset(&a->backoff) ;
  a->missed = 0 ;
  a->arepassed = 0 ;
  a->look = tain_zero ;
}

 /* Nobody knows which errno means a broken socket and which one a passing
    shortage: all are tried again, ever more slowly, and told once a minute. */

static void pause_accept (struct acceptor *a, struct complaints *c, tain const *now)
{
  backoff_begin(&a->backoff, now) ;
  complaint_line(c, LOG_WARNING, "unable to accept connections", 0, now, "unable to accept connections: ", strerror(errno), ": trying again") ;
}

 /* Accepted sockets inherit these from whoever set them on the listening one;
    their control messages would take the room of descriptors. */

static int const passes[] =
{
  SO_PASSCRED,
#ifdef SO_PASSSEC
  SO_PASSSEC,
#endif
#ifdef SO_PASSPIDFD
  SO_PASSPIDFD,
#endif
} ;
enum { PASSES = sizeof(passes) / sizeof(int) } ;

static void refuse_other_control_messages (int fd)
{
  int off = 0 ;
  for (unsigned int i = 0 ; i < PASSES ; i++) setsockopt(fd, SOL_SOCKET, passes[i], &off, sizeof(off)) ;
}

 /* Nearly nobody sets one: whether somebody has is looked at now and then, and
    not for each connection. Who waits since before has inherited them already. */

static void look_for_passes (struct acceptor *a, tain const *now)
{
  int value ;
  if (a->arepassed || tain_less(now, &a->look)) return ;
  for (unsigned int i = 0 ; i < PASSES ; i++)
  {
    socklen_t len = sizeof(value) ;
    if (getsockopt(a->fd, SOL_SOCKET, passes[i], &value, &len) == 0 && value) a->arepassed = 1 ;
  }
  tain_addsec(&a->look, now, ACCEPT_LOOK_SECONDS) ;
}

 /* A byte out of band that nobody has asked for is thrown away when the one
    after it is read, with the descriptors that it carries, and their close
    may wait. In line it is a byte like others. */

static void take_all_in_line (int fd)
{
  int on = 1 ;
  setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on)) ;
}

static void log_connection (struct log *log, struct ucred const *c, char const *what)
{
  char uid[UID_FMT] ;
  char gid[GID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(log, LOG_INFO)) return ;
  uid[uid_fmt(uid, c->uid)] = 0 ;
  gid[gid_fmt(gid, c->gid)] = 0 ;
  pid[pid_fmt(pid, c->pid)] = 0 ;
  log_line(log, LOG_INFO, "uid ", uid, " pid ", pid, " gid ", gid, ": ", what) ;
}

 /* Who could do what he likes with us may keep what we hold, and nothing else. */

static int admit_guest (struct rights *r, struct ucred const *c)
{
  if (c->uid && c->uid != geteuid()) return 0 ;
  strcpy(r->key, ACCEPT_GUEST) ;  /* it fits */
  return r->isguest = 1 ;
}

 /* Who is not allowed to connect is closed without an answer. */

static void welcome (struct slots *s, int fd, int arepassed, tain const *now)
{
  struct holder *h = s->holder ;
  struct ucred c ;
  struct rights rights ;
  socklen_t len = sizeof(c) ;
  fdtable_open_connection(&h->fdtable, fd) ;
  if (arepassed) refuse_other_control_messages(fd) ;  /* before anything is read, if only to be thrown away */
  take_all_in_line(fd) ;
  if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &c, &len) == -1)
  {
    fdtable_close_connection(&h->fdtable, fd) ;
    return ;
  }
  if (!policy_admit(&h->policy, &rights, c.uid, c.gid, now) && !admit_guest(&rights, &c))
  {
    log_connection(&h->log, &c, "connection denied") ;
    fdtable_close_connection(&h->fdtable, fd) ;
    return ;
  }
  log_connection(&h->log, &c, rights.isguest ? "connected, only to keep what is held" : "connected") ;
  slots_arrive(s, fd, &rights, c.pid, now) ;
}

 /* A client that has gone meanwhile, or a signal: once is nothing. */

static int is_passing (int e)
{
  return e == EAGAIN || e == EWOULDBLOCK || e == EINTR || e == ECONNABORTED ;
}

static int accept_one (struct acceptor *a, struct slots *s, tain const *now)
{
  int fd = accept4(a->fd, 0, 0, SOCK_NONBLOCK | SOCK_CLOEXEC) ;
  if (fd >= 0)
  {
    backoff_reset(&a->backoff) ;
    a->missed = 0 ;
    welcome(s, fd, a->arepassed, now) ;
    return 1 ;
  }
  if (errno == EAGAIN) slots_relieve(s) ;
  if (!a->backoff.milliseconds && !a->missed && is_passing(errno)) a->missed = 1 ;
  else pause_accept(a, &s->holder->complaints, now) ;
  return 0 ;
}

 /* While connections wait there may be a flood of them, and behind it those
    who need not wait. */

void accept_some (struct acceptor *a, struct slots *s, tain const *now)
{
  look_for_passes(a, now) ;
  for (unsigned int n = 0 ; n < ACCEPT_AT_ONCE && accept_one(a, s, now) && (s->waiting || slots_arebehind(s)) && slots_isopen(s, now) ; n++) ;
}

int accept_isready (struct acceptor *a, struct slots const *s, tain const *now)
{
  return a->fd >= 0 && slots_isopen(s, now) && !backoff_iswaiting(&a->backoff, now) ;
}

 /* A pause that is over is waited for no more: the next client ends the wait. */

void accept_next (struct acceptor *a, struct slots const *s, tain const *now, tain *when)
{
  if (a->fd >= 0 && slots_isopen(s, now) && backoff_iswaiting(&a->backoff, now)) backoff_next(&a->backoff, when) ;
}
