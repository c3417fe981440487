/* ISC license. */

 /*
   A shim for tests of writing without waiting (LD_PRELOAD): a crowded pipe, as
   a program sees it whose poll(2) comes just before another one's write(2).
   poll says that there is room wherever that is asked for.

   REFUSE   words that name ways of libdaemon/nowait.h which the system does not
            have: flag, own, splice
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

 /* both names are here: what is linked may have been compiled either way */
#undef _FILE_OFFSET_BITS

 /* both names are here: what is linked may have been compiled either way */
#undef _FILE_OFFSET_BITS

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

#include "support/preload.h"

static int is_refused (char const *way)
{
  char const *ways = getenv("REFUSE") ;
  return ways && strstr(ways, way) ;
}

int poll (struct pollfd *x, nfds_t n, int timeout)
{
  int (*real) (struct pollfd *, nfds_t, int) ;
  int r ;
  preload_next(&real, "poll") ;
  for (nfds_t i = 0 ; i < n ; i++)
    if (x[i].fd >= 0 && x[i].events & POLLOUT) timeout = 0 ;
  r = (*real)(x, n, timeout) ;
  for (nfds_t i = 0 ; r >= 0 && i < n ; i++)
    if (x[i].fd >= 0 && x[i].events & POLLOUT)
    {
      r += !x[i].revents ;
      x[i].revents |= POLLOUT ;
    }
  return r ;
}

#define WRAP_PWRITEV2(name, type) \
ssize_t name (int fd, struct iovec const *v, int n, type offset, int flags) \
{ \
  ssize_t (*real) (int, struct iovec const *, int, type, int) ; \
  preload_next(&real, #name) ; \
  return is_refused("flag") ? (errno = EOPNOTSUPP, -1) : (*real)(fd, v, n, offset, flags) ; \
}

WRAP_PWRITEV2(pwritev2, off_t)
#if PRELOAD_HAS_64
WRAP_PWRITEV2(pwritev64v2, off64_t)
#endif

#define WRAP_OPEN(name) \
int name (char const *path, int flags, ...) \
{ \
  int (*real) (char const *, int, ...) ; \
  va_list args ; \
  mode_t mode ; \
  va_start(args, flags) ; \
  mode = flags & O_CREAT ? va_arg(args, mode_t) : 0 ; \
  va_end(args) ; \
  preload_next(&real, #name) ; \
  if (!strncmp(path, "/proc/self/fd/", 14) && is_refused("own")) return (errno = EACCES, -1) ; \
  return (*real)(path, flags, mode) ; \
}

WRAP_OPEN(open)
#if PRELOAD_HAS_64
WRAP_OPEN(open64)
#endif

ssize_t splice (int from, preload_off64 *fromoffset, int to, preload_off64 *tooffset, size_t len, unsigned int flags)
{
  ssize_t (*real) (int, preload_off64 *, int, preload_off64 *, size_t, unsigned int) ;
  preload_next(&real, "splice") ;
  return is_refused("splice") ? (errno = ENOSYS, -1) : (*real)(from, fromoffset, to, tooffset, len, flags) ;
}
