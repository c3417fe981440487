/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_retrieve_delete (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  char const acknowledgement = WIRE_ACKNOWLEDGE ;
  int e ;
  int fd = fdclient_retrieve_flags(h, id, WIRE_RETRIEVE_DELETE, deadline, stamp) ;
  if (fd < 0 || h->s6) return fd ;
  if (fdclient_command(h, &acknowledgement, 1, 0, 0, deadline, stamp)) return fd ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return -1 ;
}
