/* ISC license. */

#include <errno.h>
#include <unistd.h>
#include <sys/stat.h>

#include "unixbinding.h"

void unixsocket_unlink (char const *path)
{
  int e = errno ;
  struct stat st ;
  if (!unixaddress_isabstract(path) && !lstat(path, &st) && S_ISSOCK(st.st_mode)) unlink(path) ;
  errno = e ;
}
