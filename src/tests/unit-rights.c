/* ISC license. */

/* libfdwire/rights.h: each descriptor of a message is given out once, close-
   on-exec, to whoever owns it then; what there was no room for is told. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "libfdwire/rights.h"
#include "support/tap.h"
#include "support/testdaemon.h"

struct got
{
  int fds[WIRE_FDS_MAX] ;
  unsigned int n ;
} ;

static int pair[2] ;
static struct got got ;

static void keep (void *data, int fd)
{
  struct got *g = data ;
  if (g->n < WIRE_FDS_MAX) g->fds[g->n] = fd ;
  g->n++ ;
}

 /* A C library's: some take no more than 1,024 bytes of control data. */

static int isnarrow = 0 ;

ssize_t sendmsg (int fd, struct msghdr const *msg, int flags)
{
  if (isnarrow && msg->msg_controllen > 1024) return errno = ENOMEM, -1 ;
  return syscall(SYS_sendmsg, fd, msg, flags) ;
}

static void send_fds (int const *fds, unsigned int n)
{
  union rights_room room ;
  struct iovec v = { .iov_base = "x", .iov_len = 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (n) rights_attach(&msg, &room, fds, n) ;
  if (rights_sendmsg(pair[0], &msg, MSG_NOSIGNAL) != 1) tap_bail("sendmsg") ;
}

static ssize_t receive (struct msghdr *msg)
{
  static union rights_room room ;
  static char byte ;
  static struct iovec v = { .iov_base = &byte, .iov_len = 1 } ;
  ssize_t r ;
  msg->msg_iov = &v ;
  msg->msg_iovlen = 1 ;
  got.n = 0 ;
  r = rights_receive(pair[1], msg, &room) ;
  if (r > 0)
  {
    unsigned int n = rights_take(msg, &keep, &got) ;
    tap_int(n, got.n, "as many are counted as are given out") ;
  }
  return r ;
}

 /* A message comes, with so many. */

static void receives (struct msghdr *msg, unsigned int n, char const *name)
{
  tap_int(receive(msg), 1, "%s: it comes", name) ;
  tap_int(got.n, n, "%s: with its descriptors", name) ;
}

static void close_all (void)
{
  while (got.n) close(got.fds[--got.n]) ;
}

static void check_order (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  send_fds(p, 2) ;
  receives(&msg, 2, "a message with two") ;
  for (unsigned int i = 0 ; i < 2 && i < got.n ; i++)
  {
    tap_int(fcntl(got.fds[i], F_GETFL) & O_ACCMODE, i ? O_WRONLY : O_RDONLY, "the two are in their order") ;
    tap_ok(testfile_same(got.fds[i], p[i]), "as what they were") ;
    tap_ok(got.fds[i] != p[i], "under numbers of their own") ;
    tap_int(fcntl(got.fds[i], F_GETFD), FD_CLOEXEC, "close-on-exec") ;
  }
  tap_ok(!rights_iscut(&msg), "none was lost") ;
  close_all() ;
  close(p[0]) ;
  close(p[1]) ;
}

static void check_none (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  send_fds(0, 0) ;
  receives(&msg, 0, "a message without any") ;
  tap_ok(!rights_iscut(&msg), "and it is not that any was lost") ;
  tap_error(receive(&msg) == -1 ? errno : 0, EAGAIN, "nothing there is not waited for") ;
}

static void check_most (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  int fds[WIRE_FDS_MAX] ;
  for (unsigned int i = 0 ; i < WIRE_FDS_MAX ; i++) fds[i] = pair[0] ;
  send_fds(fds, WIRE_FDS_MAX) ;
  receives(&msg, WIRE_FDS_MAX, "the greatest message") ;
  tap_ok(!rights_iscut(&msg), "it has room") ;
  close_all() ;
  isnarrow = 1 ;
  send_fds(fds, WIRE_FDS_MAX) ;
  isnarrow = 0 ;
  receives(&msg, WIRE_FDS_MAX, "by a C library that takes less, too") ;
  close_all() ;
}

static void check_shortage (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  struct rlimit limit, low ;
  int fds[8] ;
  int next = dup(0) ;
  for (unsigned int i = 0 ; i < 8 ; i++) fds[i] = pair[0] ;
  close(next) ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("getrlimit") ;
  send_fds(fds, 8) ;
  low = limit ;
  low.rlim_cur = next + 3 ;
  setrlimit(RLIMIT_NOFILE, &low) ;
  receives(&msg, 3, "three numbers are free for eight") ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
  tap_ok(rights_iscut(&msg), "it is known that some were lost") ;
  tap_ok(rights_isshort(&msg, got.n), "for want of room in this process") ;
  tap_ok(!rights_isshort(&msg, WIRE_FDS_MAX), "which a full message would not mean") ;
  close_all() ;
}

int main (void)
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) tap_bail("socketpair") ;
  check_order() ;
  check_none() ;
  check_most() ;
  check_shortage() ;
  return tap_done() ;
}
