/* ISC license. */

 /* slots.h: the end of a stalemate, with a clock that the test owns. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "slots.h"
#include "support/tap.h"

enum { BUSY_USER = 1, OTHER_USER = 2 } ;

static struct holder holder = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
static struct slots slots ;
static tain now ;

static void second_later (void)
{
  tain_addsec(&now, &now, 1) ;
  slots_turn(&slots, &now) ;
}

 /* Returns the client's end. */

static int arrive (uid_t uid)
{
  struct rights rights ;
  int fd[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd) == -1) tap_bail("socketpair") ;
  memset(&rights, 0, sizeof(rights)) ;
  rights.uid = uid ;
  slots_arrive(&slots, fd[1], &rights, 0, &now) ;
  slots_turn(&slots, &now) ;
  return fd[0] ;
}

static int isclosed (int fd)
{
  char c ;
  return read(fd, &c, 1) == 1 && c == WIRE_CROWDED_BYTE && !read(fd, &c, 1) ;
}

int main (void)
{
  char s[512] ;
  int p[2] ;
  int dump, other, busy ;
  PROG = "unit-slots" ;
  if (!tain_now_set_stopwatch_g() || pipe(p) == -1 || ndelay_on(p[0]) == -1) tap_bail("begin") ;
  nowait_init(&holder.log.out, p[1]) ;
  complaint_init(&holder.complaints, &holder.log) ;
  now = STAMP ;
  if (!slots_init(&slots, &holder, 1, &tain_infinite_relative)) tap_bail("slots_init") ;
  dump = arrive(BUSY_USER) ;
  slots.peers[0]->state = PEER_STAGING ;  /* never displaced */
  other = arrive(OTHER_USER) ;
  second_later() ;
  tap_ok(slots.waiting == 1 && !isclosed(other), "who has fewer slots goes on waiting") ;
  tap_ok(read(p[0], s, sizeof(s)) == -1, "and nothing is said about it") ;
  busy = arrive(BUSY_USER) ;
  second_later() ;
  tap_ok(slots.waiting == 1 && isclosed(busy) && !isclosed(other), "who has most is closed") ;
  tap_ok(read(p[0], s, sizeof(s)) > 0, "with a warning") ;
  slots_free(&slots) ;
  close(dump) ;
  close(other) ;
  close(busy) ;
  return tap_done() ;
}
