/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

int fdholder_retrieve_delete (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  int e ;
  int fd = fdholder_take(h, id, deadline, stamp) ;
  if (fd < 0 || fdholder_acknowledge(h, deadline, stamp)) return fd ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return -1 ;
}
