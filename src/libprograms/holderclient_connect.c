/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "holderclient.h"

#define DOING "connect to a fd-holder daemon at "

void holderclient_connect (fdholder *h, char const *path, unsigned int milliseconds, tain *deadline, int refused)
{
  tain_now_set_stopwatch_g() ;
  holderclient_deadline(deadline, milliseconds) ;
  holderclient_reconnect(h, path, deadline, refused) ;
}

void holderclient_reconnect (fdholder *h, char const *path, tain const *deadline, int refused)
{
  char const *remedy ;
  if (fdholder_start_g(h, path, deadline)) return ;
  if (fdholder_isconnected(h)) holderclient_die(refused, DOING, path) ;
  switch (errno)
  {
    case ENOENT :
    case ECONNREFUSED :
      remedy = " (is a daemon running there?)" ;
      break ;
    case ETIMEDOUT :
      remedy = " (its backlog is full: it is stuck, or needs a greater -b)" ;
      break ;
    case ENAMETOOLONG :
      remedy = " (a socket's path has at most 107 bytes: change to its directory first)" ;
      break ;
    case EACCES :
      remedy = " (the permissions of the socket or of a directory above it forbid it)" ;
      break ;
    default :
      remedy = "" ;
  }
  strerr_diefu(EXITCODE_SYSTEM, DOING, path, ": ", strerror(errno), remedy) ;
}
