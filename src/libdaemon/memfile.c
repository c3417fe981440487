/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/mman.h>

#include <skalibs/djbunix.h>

#include "libdaemon/memfile.h"

static int open_deleted (void)
{
  char name[] = "/tmp/s6-fdholderd:XXXXXX" ;
  int fd = mkstemp(name) ;
  if (fd < 0) return -1 ;
  unlink(name) ;
  if (coe(fd) == 0) return fd ;
  fd_close(fd) ;
  return -1 ;
}

int memfile_open (char const *name)
{
#ifdef MFD_ALLOW_SEALING
  int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING) ;
  if (fd >= 0) return fd ;
#else
  (void)name ;
#endif
  return open_deleted() ;
}

#ifdef F_ADD_SEALS
enum { SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL } ;
#endif

#ifdef F_ADD_SEALS

 /* Of a deleted one: on a tmpfs that is EPERM. */

static int is_never_sealed (int fd)
{
  int e = errno ;
  int seals = e == EPERM ? fcntl(fd, F_GET_SEALS) : -1 ;
  errno = e ;
  return e == EINVAL || (seals >= 0 && seals & F_SEAL_SEAL) ;
}

#endif

int memfile_seal (int fd)
{
#ifdef F_ADD_SEALS
  if (fcntl(fd, F_ADD_SEALS, SEALS) == 0) return 1 ;
  return is_never_sealed(fd) ;
#else
  (void)fd ;
  return 1 ;
#endif
}

int memfile_canseal (int fd)
{
#ifdef F_ADD_SEALS
  int seals = fcntl(fd, F_GET_SEALS) ;
  return seals >= 0 && !(seals & F_SEAL_SEAL) ;
#else
  (void)fd ;
  return 0 ;
#endif
}

int memfile_issealed (int fd)
{
#ifdef F_ADD_SEALS
  int seals = fcntl(fd, F_GET_SEALS) ;
  return seals >= 0 ? (seals & SEALS) == SEALS : errno == EINVAL ? 0 : -1 ;
#else
  (void)fd ;
  return 0 ;
#endif
}
