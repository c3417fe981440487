/* ISC license. */

 /* fdtable.h: the last reference closes, and only that one. */

#include <fcntl.h>
#include <unistd.h>
#include <sys/socket.h>

#include "libfdholderd/fdtable.h"
#include "support/tap.h"

static int is_open (int fd)
{
  return fcntl(fd, F_GETFD) != -1 ;
}

static int open_at (int wanted)
{
  int fd = open("/dev/null", O_RDONLY) ;
  int copy = fcntl(fd, F_DUPFD, wanted) ;
  close(fd) ;
  return copy ;
}

 /* Who has brought a descriptor is charged from the first reference to its close. */

static struct closer_lane *charge (void *data, void *owner, enum fdtable_charge what)
{
  static int const amounts[] = { [FDTABLE_HELD] = 1, [FDTABLE_CLOSING] = 10, [FDTABLE_CLOSED] = 100 } ;
  (void)data ;
  *(int *)owner += amounts[what] ;
  return 0 ;
}

static void check_owner (struct fdtable *t)
{
  int owner = 0 ;
  int fd = open_at(20) ;
  t->charge = &charge ;
  tap_ok(fdtable_adopt_for(t, fd, &owner), "a descriptor is adopted for who brings it") ;
  tap_int(owner, 1, "who brings a descriptor is charged") ;
  fdtable_addref(t, fd) ;
  fdtable_unref(t, fd) ;
  tap_int(owner, 1, "until the last reference") ;
  fdtable_unref(t, fd) ;
  tap_int(owner, 111, "and the close") ;
  tap_ok(!is_open(fd), "which it is then") ;
  fd = open_at(20) ;
  fdtable_adopt(t, fd) ;
  fdtable_unref(t, fd) ;
  tap_int(owner, 111, "a number that is used again is another's") ;
}

static void check_staying (struct fdtable *t)
{
  int fd = open_at(900), copy, n = open_at(901) ;
  if (!fdtable_adopt(t, fd) || !fdtable_adopt(t, n)) tap_bail("fdtable_adopt") ;
  fcntl(fd, F_SETFD, FD_CLOEXEC) ;
  tap_ok(!fdtable_stays(t, fd), "a descriptor does not stay") ;
  tap_ok(fdtable_stay(t, fd) && fdtable_stays(t, fd) && !fcntl(fd, F_GETFD), "but if it is to it is open over an exec") ;
  fdtable_leave(t) ;
  tap_ok(!fdtable_stays(t, fd) && fcntl(fd, F_GETFD) == FD_CLOEXEC, "until none is") ;
  tap_int(fcntl(n, F_GETFD), 0, "what was not asked for is not touched") ;
  fdtable_stay(t, fd) ;
  fdtable_addref(t, fd) ;
  fdtable_unref(t, fd) ;
  tap_ok(fdtable_stays(t, fd), "it stays while it has a reference") ;
  fdtable_unref(t, fd) ;
  copy = open_at(900) ;
  fdtable_adopt(t, copy) ;
  tap_ok(!fdtable_stays(t, copy), "another one of its number does not") ;
  close(copy) ;
  tap_ok(!fdtable_stay(t, copy) && !fdtable_stays(t, copy), "nor one that is closed") ;
  fdtable_unref(t, copy) ;
  fdtable_unref(t, n) ;
}

int main (void)
{
  struct fdtable t = FDTABLE_ZERO ;
  int low = open_at(10) ;
  int high = open_at(700) ;
  int pair[2] ;
  struct linger linger = { .l_onoff = 1, .l_linger = 60 } ;
  socklen_t len = sizeof(linger) ;
  tap_ok(fdtable_adopt(&t, low), "a descriptor is adopted") ;
  tap_ok(fdtable_adopt(&t, high), "and one of a high number, for which the table grows") ;
  tap_int(t.count, 2, "both count") ;
  fdtable_addref(&t, low) ;
  fdtable_unref(&t, low) ;
  tap_ok(is_open(low), "a reference that is not the last one leaves it open") ;
  tap_int(t.count, 2, "and it counts") ;
  fdtable_unref(&t, low) ;
  tap_ok(!is_open(low), "the last reference closes it") ;
  tap_int(t.count, 1, "and it counts no more") ;
  low = open_at(10) ;
  tap_ok(fdtable_adopt(&t, low), "a number that is used again is adopted") ;
  tap_int(t.references[low], 1, "and begins anew") ;
  fdtable_unref(&t, low) ;
  fdtable_unref(&t, high) ;
  tap_int(t.count, 0, "nothing is left") ;
  tap_ok(!is_open(high), "nor open") ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) tap_bail("socketpair") ;
  setsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) ;
  low = dup(pair[0]) ;
  fdtable_adopt(&t, low) ;
  fdtable_unref(&t, low) ;
  getsockopt(pair[0], SOL_SOCKET, SO_LINGER, &linger, &len) ;
  tap_int(linger.l_onoff, 0, "SO_LINGER is switched off on a connected stream socket") ;
  tap_ok(!is_open(low), "which is closed") ;
  check_owner(&t) ;
  check_staying(&t) ;
  fdtable_free(&t) ;
  return tap_done() ;
}
