/* ISC license. */

/* H43: a super-server turns a client away that has sent what lingers, and does not wait for its close. */

#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "libdaemon/clock.h"
#include "libsuperserver/internal.h"
#include "support/lingering.h"
#include "support/tap.h"

enum { SOON_MS = 1000 } ;

static void send_it (int to, int fd)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(sizeof(int))] ; } control ;
  struct iovec v = { .iov_base = "x", .iov_len = 1 } ;
  struct msghdr m = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = sizeof(control.s) } ;
  struct cmsghdr *c = CMSG_FIRSTHDR(&m) ;
  memset(&control, 0, sizeof(control)) ;
  c = CMSG_FIRSTHDR(&m) ;
  c->cmsg_level = SOL_SOCKET ;
  c->cmsg_type = SCM_RIGHTS ;
  c->cmsg_len = CMSG_LEN(sizeof(int)) ;
  memcpy(CMSG_DATA(c), &fd, sizeof(int)) ;
  if (sendmsg(to, &m, 0) != 1) tap_bail("sendmsg") ;
}

static void turn_away (int type, char const *name)
{
  int s[2] ;
  int other ;
  char c ;
  int fd = lingering_socket(&other) ;
  int64_t began ;
  if (fd == -1 || socketpair(AF_UNIX, type, 0, s) == -1) tap_bail("sockets") ;
  send_it(s[0], fd) ;
  close(fd) ;
  began = clock_milliseconds() ;
  server_turn_away(s[1], AF_UNIX) ;
  tap_ok(clock_milliseconds() - began < SOON_MS, "%s: its close does not wait", name) ;
  tap_ok(read(s[0], &c, 1) <= 0, "%s: the client sees the end", name) ;
  tap_ok(wait(0) > 0, "%s: the child that had it last has ended", name) ;
  tap_ok(clock_milliseconds() - began < SOON_MS, "%s: it did not linger either", name) ;
  close(s[0]) ;
  close(other) ;
}

int main (void)
{
  turn_away(SOCK_STREAM, "stream") ;
  turn_away(SOCK_SEQPACKET, "packets") ;
  return tap_done() ;
}
