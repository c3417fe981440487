/* ISC license. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "rawpoints.h"
#include "tap.h"
#include "testdaemon.h"

enum { NAME_ROOM = 256 } ;

 /* Declares named: the name of the function's points. */
#define NAME(named, name) \
  char named[NAME_ROOM] ; \
  va_list arguments ; \
  va_start(arguments, name) ; \
  vsnprintf(named, sizeof(named), name, arguments) ; \
  va_end(arguments)

static int point_same (int got, int want, char const *named)
{
  struct stat a, b ;
  if (tap_ok(testfile_same(got, want), "%s: that file", named)) return 1 ;
  if (fstat(got, &a) == -1 || fstat(want, &b) == -1) tap_bail("fstat") ;
  tap_diag("got inode %ju of device %ju, wanted %ju of %ju", (uintmax_t)a.st_ino, (uintmax_t)a.st_dev, (uintmax_t)b.st_ino, (uintmax_t)b.st_dev) ;
  return 0 ;
}

int raw_point_count (struct rawclient *c, long count, char const *name, ...)
{
  NAME(named, name) ;
  return tap_error(raw_list(c), 0, "%s: it lists", named)
    && tap_int(raw_list_count(c), count, "%s: %ld ids", named, count) ;
}

int raw_point_retrieve (struct rawclient *c, unsigned int flags, char const *id, int file, char const *name, ...)
{
  int fd, r ;
  NAME(named, name) ;
  r = tap_error(raw_retrieve(c, flags, id, &fd), 0, "%s: retrieved", named) && point_same(fd, file, named) ;
  if (fd >= 0) close(fd) ;
  return r ;
}

int raw_point_file (struct rawclient *c, int file, char const *name, ...)
{
  int r ;
  NAME(named, name) ;
  r = tap_int(c->nfds, 1, "%s: one descriptor", named) && point_same(c->fds[0], file, named) ;
  raw_drop_fds(c) ;
  return r ;
}

int raw_point_dump (struct rawclient *c, uint32_t total, char const *const *ids, int const *fds, unsigned int n, int want, char const *name, ...)
{
  NAME(named, name) ;
  return tap_error(raw_setdump(c, total), 0, "%s: it is granted", named)
    && tap_error(raw_dumpframe(c, ids, fds, n), want, "%s: its frame is answered with %s", named, want ? strerror(want) : "success") ;
}

int raw_point_events (struct rawclient *c, unsigned int n, char const *want, char const *name, ...)
{
  NAME(named, name) ;
  return tap_string(raw_events(c, n), want, "%s", named) ;
}

int raw_point_quiet (struct rawclient *c, char const *name, ...)
{
  NAME(named, name) ;
  if (raw_list(c) || raw_list(c)) tap_bail("list") ;
  return tap_ok(raw_isquiet(c), "%s", named) ;
}

int raw_point_silent (int fd, char const *name, ...)
{
  char byte ;
  ssize_t r = recv(fd, &byte, 1, MSG_DONTWAIT) ;
  int e = errno ;
  NAME(named, name) ;
  return tap_int(r, -1, "%s: nothing", named) && tap_error(e, EAGAIN, "%s: yet", named) ;
}

int raw_point_closed (struct rawclient *c, int got, int want, char const *name, ...)
{
  NAME(named, name) ;
  return tap_error(got, want, "%s: %s", named, strerror(want))
    && tap_ok(raw_isclosed(c), "%s: and the end", named) ;
}
