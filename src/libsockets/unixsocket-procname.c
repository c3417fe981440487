/* ISC license. */

#include <string.h>

#include <skalibs/types.h>

#include "libsockets/unixsocket-internal.h"

void unixsocket_procname (char s[UNIXSOCKET_PROCNAME_MAX], char const *directory, int fd)
{
  strcpy(s, "/proc/self/") ;
  strcat(s, directory) ;
  s += strlen(s) ;
  s[uint_fmt(s, (unsigned int)fd)] = 0 ;
}
