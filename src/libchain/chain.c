/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/config.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "libchain/chain.h"
#include "exitcodes.h"

static int is_executable (char const *path)
{
  struct stat st ;
  if (stat(path, &st) == -1) return 0 ;
  if (!S_ISREG(st.st_mode)) return (errno = EACCES, 0) ;
  return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) == 0 ;
}

 /* In one directory of the search path; without a name it is this one. */

static int is_in (stralloc *path, char const *directory, size_t len, char const *name)
{
  path->len = 0 ;
  if (len && (!stralloc_catb(path, directory, len) || !stralloc_append(path, '/'))) return 0 ;
  return stralloc_cats(path, name) && stralloc_0(path) && is_executable(path->s) ;
}

static int search (stralloc *path, char const *name)
{
  int error = ENOENT ;
  char const *directories = getenv("PATH") ;
  if (!directories) directories = SKALIBS_DEFAULTPATH ;
  for (;;)
  {
    size_t len = strcspn(directories, ":") ;
    if (is_in(path, directories, len, name)) return 1 ;
    if (errno == EACCES || errno == ENOMEM) error = errno ;
    if (!directories[len]) return (errno = error, 0) ;
    directories += len + 1 ;
  }
}

int chain_find (stralloc *path, char const *name)
{
  if (!strchr(name, '/')) return search(path, name) ;
  path->len = 0 ;
  return is_executable(name) && stralloc_cats(path, name) && stralloc_0(path) ;
}

int chain_canexecute (char const *name)
{
  stralloc path = STRALLOC_ZERO ;
  int r = chain_find(&path, name) ;
  int e = errno ;
  stralloc_free(&path) ;
  errno = e ;
  return r ;
}

 /* The lowest number that is free is the one that was found closed. */

void chain_cover_standard (void)
{
  static int const useless[] = { O_WRONLY, O_RDONLY, O_RDONLY } ;
  for (int fd = 0 ; fd < (int)(sizeof(useless) / sizeof(int)) ; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", useless[fd] | O_CLOEXEC) != fd)
      strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null in the place of a closed descriptor") ;
}
