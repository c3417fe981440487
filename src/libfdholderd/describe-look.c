/* ISC license. */

 /* What the other files of the describe module begin and end with. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <skalibs/types.h>

#include "probed.h"
#include "libfdholderd/describe-internal.h"

#ifdef S6_ACTIVATION_HAS_STATX
#include <sys/sysmacros.h>
#endif

void describe_number (char *to, uint32_t n)
{
  to[uint32_fmt(to, n)] = 0 ;
}

 /* A file system is not asked: it may be its owner's, and never answer. */

int describe_look (struct stat *st, int fd)
{
#ifdef S6_ACTIVATION_HAS_STATX
  struct statx x ;
  if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &x) == -1) return 0 ;
  st->st_mode = x.stx_mode ;
  st->st_dev = makedev(x.stx_dev_major, x.stx_dev_minor) ;
  return 1 ;
#else
  return fstat(fd, st) == 0 ;
#endif
}
