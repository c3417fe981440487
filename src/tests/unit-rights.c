/* ISC license. */

/* libfdwire/rights.h: each descriptor of a message is given out once, close-
   on-exec, to whoever owns it then; what there was no room for is told. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include "libfdwire/rights.h"
#include "support/tap.h"

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

static void send_fds (int const *fds, unsigned int n)
{
  union rights_room room ;
  struct iovec v = { .iov_base = "x", .iov_len = 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (n) rights_attach(&msg, &room, fds, n) ;
  if (sendmsg(pair[0], &msg, MSG_NOSIGNAL) != 1) tap_bail("sendmsg") ;
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
  if (r > 0) tap_ok(rights_take(msg, &keep, &got) == got.n, "as many are counted as are given out: %u", got.n) ;
  return r ;
}

static void close_all (void)
{
  while (got.n) close(got.fds[--got.n]) ;
}

static int is_same (int a, int b)
{
  struct stat sa, sb ;
  return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_ino == sb.st_ino && sa.st_dev == sb.st_dev ;
}

static void check_order (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  send_fds(p, 2) ;
  tap_ok(receive(&msg) == 1, "a message with two comes") ;
  tap_ok(got.n == 2, "both are there: %u", got.n) ;
  tap_ok(fcntl(got.fds[0], F_GETFL) == O_RDONLY && fcntl(got.fds[1], F_GETFL) == O_WRONLY, "in their order") ;
  tap_ok(is_same(got.fds[0], p[0]) && got.fds[0] != p[0], "as what they were, under numbers of their own") ;
  tap_ok(fcntl(got.fds[0], F_GETFD) & FD_CLOEXEC, "close-on-exec") ;
  tap_ok(!rights_iscut(&msg), "none was lost") ;
  close_all() ;
  close(p[0]) ;
  close(p[1]) ;
}

static void check_none (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  send_fds(0, 0) ;
  tap_ok(receive(&msg) == 1 && !got.n && !rights_iscut(&msg), "a message without any has none") ;
  tap_ok(receive(&msg) == -1 && errno == EAGAIN, "nothing there is not waited for") ;
}

static void check_most (void)
{
  struct msghdr msg = { .msg_iovlen = 0 } ;
  int fds[WIRE_FDS_MAX] ;
  for (unsigned int i = 0 ; i < WIRE_FDS_MAX ; i++) fds[i] = pair[0] ;
  send_fds(fds, WIRE_FDS_MAX) ;
  tap_ok(receive(&msg) == 1 && got.n == WIRE_FDS_MAX && !rights_iscut(&msg), "the greatest message has room: %u", got.n) ;
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
  tap_ok(receive(&msg) == 1 && got.n == 3, "three numbers are free: %u come of eight", got.n) ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
  tap_ok(rights_iscut(&msg) && rights_isshort(&msg, got.n), "and it is known that there was no room in this process") ;
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
