/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/allreadwrite.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

 /* A file that ends early, or goes on, is being written in place. */

static int read_whole (int fd, char *map, size_t size)
{
  size_t len = 0 ;
  while (len < size)
  {
    ssize_t r = fd_read(fd, map + len, size - len) ;
    if (r < 0) return 0 ;
    if (!r) return (errno = EPROTO, 0) ;
    len += r ;
  }
  return 1 ;
}

static char *load (int fd, size_t *size)
{
  struct stat st ;
  char *map ;
  int e ;
  if (fstat(fd, &st) == -1) return 0 ;
  if (!S_ISREG(st.st_mode)) return (errno = EINVAL, (char *)0) ;
  if (st.st_size > ACCESSRULES_CDB_MAX) return (errno = EFBIG, (char *)0) ;
  if (st.st_size < ACCESSRULES_CDB_HEADER_SIZE) return (errno = EPROTO, (char *)0) ;
  map = malloc(st.st_size) ;
  if (!map) return 0 ;
  *size = st.st_size ;
  if (read_whole(fd, map, *size) && ruleset_cdb_check(map, *size)) return map ;
  e = errno ;
  free(map) ;
  errno = e ;
  return 0 ;
}

int ruleset_cdb_load (char const *file, char **map, size_t *size)
{
  int e ;
  int fd = open(file, O_RDONLY | O_NONBLOCK | O_CLOEXEC) ;
  if (fd == -1) return 0 ;
  *map = load(fd, size) ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return !!*map ;
}
