/* ISC license. */

#include <string.h>
#include <errno.h>
#include <sys/un.h>

#include <skalibs/djbunix.h>
#include <skalibs/socket.h>
#include <skalibs/textclient.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

static int connect_in_time (int fd, char const *path, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  while (!ipc_connect(fd, path))
    if (errno != EAGAIN || !fdclient_pause(&pause, deadline, stamp)) return 0 ;
  return 1 ;
}

 /* connect(2) on a full backlog fails at once with EAGAIN, and poll(2) cannot
    wait for it: the socket is tried again after a pause. */

static int start_dialect (fdholder *h, char const *path, int iss6, tain const *deadline, tain *stamp)
{
  int fd = ipc_stream_nbcoe() ;
  h->connected = 0 ;
  if (fd < 0) return 0 ;
  if (!connect_in_time(fd, path, deadline, stamp))
  {
    int e = errno ;
    fd_close(fd) ;
    return (errno = e, 0) ;
  }
  h->connected = 1 ;
  fdclient_init(h, fd, iss6) ;
  if (iss6 || fdclient_greet(h, deadline, stamp)) return 1 ;
  fdholder_end(h) ;
  h->connected = 1 ;
  return 0 ;
}

 /* A daemon of ours that has no place for us says so, and is asked again. One
    that says nothing is s6's, or does not let us in: then s6's dialect fails too. */

int fdholder_start (fdholder *h, char const *path, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  h->error = 0 ;
  h->connected = h->s6 = 0 ;
  h->heard = FDCLIENT_NOTHING ;
  h->watches = 0 ;
  if (strlen(path) > FDHOLDER_PATH_MAX || strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) return (errno = ENAMETOOLONG, 0) ;
  if (path != h->path) strcpy(h->path, path) ;  /* it has room for FDHOLDER_PATH_MAX */
  while (!start_dialect(h, path, 0, deadline, stamp))
  {
    if (!h->connected || (errno != EAGAIN && errno != EPIPE)) return 0 ;
    if (errno == EPIPE) return start_dialect(h, path, 1, deadline, stamp) ;
    if (!fdclient_pause(&pause, deadline, stamp)) return 0 ;
  }
  return 1 ;
}
