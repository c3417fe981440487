/* ISC license. */

#include <errno.h>
#include <unistd.h>
#include <sys/stat.h>

#include "unixbinding.h"

int unixsocket_unlink (char const *path)
{
  int e = errno ;
  struct stat st ;
  int gone = !unixaddress_isabstract(path) && (lstat(path, &st) == 0 ? S_ISSOCK(st.st_mode) && unlink(path) == 0 : errno == ENOENT) ;
  errno = e ;
  return gone ;
}
