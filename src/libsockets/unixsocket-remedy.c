/* ISC license. */

#include <errno.h>

#include "libsockets/unixsocket.h"

char const *unixsocket_remedy (int e)
{
  switch (e)
  {
    case ENOENT :
    case ECONNREFUSED : return " (is a daemon running there?)" ;
    case ETIMEDOUT : return " (its backlog is full: it is stuck, or needs a greater -b)" ;
    case ENAMETOOLONG : return " (a socket's path has at most 107 bytes: change to its directory first)" ;
    case EACCES : return " (the permissions of the socket or of a directory above it forbid it)" ;
    default : return "" ;
  }
}
