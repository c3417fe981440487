/* ISC license. */

#include <errno.h>

#include "libdaemon/svlock.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"

int supervised (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  int r = servicepath(path, dir, SERVICE_LOCK) ? svlock_istaken(path) : -1 ;
  return r < 0 && errno == ENOENT ? 0 : r ;
}
