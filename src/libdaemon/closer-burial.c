/* ISC license. */

 /* Connections are closed by a process that has a table of its own: what it is
    sent, and how it begins. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <time.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>

#include "libdaemon/closer-internal.h"
#include "libfdwire/rights.h"

enum { PATIENCE = 20000 } ;  /* pauses */

static int send_one (int to, int fd)
{
  union rights_room rights ;
  char byte = 0 ;
  struct iovec v = { .iov_base = &byte, .iov_len = 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  rights_attach(&msg, &rights, &fd, 1) ;
  return rights_send(to, &msg) == 1 ;
}

 /* It begins with copies of what is open when it comes to that: of no
    connection yet. 0: it has died. */

int closer_await_burial (struct closer *c)
{
  static struct timespec const pause = { .tv_nsec = 100000 } ;
  if (!c->burier) return (errno = ENOSYS, 0) ;
  for (unsigned int i = 0 ; i < PATIENCE && !__atomic_load_n(&c->shared->isapart, __ATOMIC_SEQ_CST) ; i++)
  {
    if (waitpid(c->burier, 0, WNOHANG)) return (c->burier = 0, errno = EAGAIN, 0) ;
    nanosleep(&pause, 0) ;
  }
  return 1 ;
}

 /* It has it before we close ours, and closes its own after: so our close is
    not the last one, and does not wait. */

int closer_trybury (struct closer *c, int fd)
{
  if (!c->burier || !closer_await_burial(c)) return (errno = ENOSYS, 0) ;
  if (!send_one(c->burial[1], fd)) return 0 ;
  fd_close(fd) ;
  __atomic_add_fetch(&c->shared->buried, 1, __ATOMIC_SEQ_CST) ;
  return 1 ;
}

void closer_bury (struct closer *c, int fd)
{
  int e = errno ;
  if (!closer_trybury(c, fd)) closer_close(c, fd, 0, 0) ;
  errno = e ;
}

static int open_channel (struct closer *c)
{
  if (c->burial[1] >= 0) return 1 ;
  return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, c->burial) == 0 ;
}

int closer_start_burial (struct closer *c)
{
  if (c->burier) return 1 ;
  if (!closer_canleave_table()) return 0 ;
  if (!c->shared && !closer_begin_sharing(c)) return 0 ;
  if (!open_channel(c)) return 0 ;
  c->shared->isapart = 0 ;
  c->burier = closer_burier_start(c->shared, c->burial[0]) ;
  return !!c->burier ;
}

int closer_begin_burial (struct closer *c)
{
  return closer_start_burial(c) && closer_await_burial(c) ;
}
