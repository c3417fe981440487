/* ISC license. */

#include <errno.h>

#include "libdaemon/svlock.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"

int supervised (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  int r ;
  if (!servicepath(path, dir, SERVICE_LOCK)) return -1 ;
  r = svlock_istaken(path) ;
  return r < 0 && errno == ENOENT ? 0 : r ;
}
