/* ISC license. */

#include <skalibs/nonposix.h>

#include <unistd.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include "libnotifyd/stored-internal.h"
#include "libnotifyd/stored.h"

enum { KCMP_OPEN_FILE = 0 } ;

int sameness_look (struct sameness *file, int fd)
{
  struct stat st ;
  if (fstat(fd, &st) == -1) return 0 ;
  file->fd = fd ;
  file->device = st.st_dev ;
  file->inode = st.st_ino ;
  file->issocket = S_ISSOCK(st.st_mode) ;
  return 1 ;
}

 /* Anonymous files of all kinds may share an inode, and a file may be open twice. */

int sameness_issame (struct sameness const *file, struct stored_entry const *e)
{
  if (e->fd < 0 || e->inode != file->inode || e->device != file->device) return 0 ;
#ifdef SYS_kcmp
  long r = syscall(SYS_kcmp, getpid(), getpid(), KCMP_OPEN_FILE, file->fd, e->fd) ;
  if (r >= 0) return !r ;
#endif
  return file->issocket ;
}
