/* ISC license. */

#include <signal.h>
#include <string.h>
#include <errno.h>
#include <sys/un.h>

#include <skalibs/djbunix.h>
#include <skalibs/socket.h>
#include <skalibs/textclient.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

 /* connect(2) on a full backlog fails at once with EAGAIN, and poll(2) cannot
    wait for it: the socket is tried again after a pause. */

static int start_native (fdholder *h, char const *path, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  while (!textclient_start(&h->client, path, 0, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, WIRE_BANNER_SERVER, WIRE_BANNER_LEN, deadline, stamp))
  {
    if (errno != EAGAIN)
    {
      if (errno == EMSGSIZE) errno = EPROTO ;  /* a longer banner than ours is another's */
      h->connected = errno == EPIPE || errno == ECONNRESET || errno == ETIMEDOUT || errno == EPROTO ;
      return fdclient_fail(h) ;
    }
    if (!fdclient_pause(&pause, deadline, stamp)) return 0 ;
  }
  h->connected = 1 ;
  fdclient_init_receiver(h) ;
  return 1 ;
}

static int start_s6 (fdholder *h, char const *path, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  int e ;
  int fd = ipc_stream_nbcoe() ;
  if (fd < 0) return 0 ;
  while (!ipc_connect(fd, path))
    if (errno != EAGAIN || !fdclient_pause(&pause, deadline, stamp)) goto close_socket ;
  h->connected = 1 ;
  fdclient_init_s6(h, fd) ;
  return 1 ;

 close_socket:
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return 0 ;
}

static int start (fdholder *h, char const *path, tain const *deadline, tain *stamp)
{
  if (start_native(h, path, deadline, stamp)) return 1 ;
  if (errno != EPIPE) return 0 ;
  h->connected = 0 ;
  h->error = 0 ;
  return start_s6(h, path, deadline, stamp) ;
}

int fdholder_start (fdholder *h, char const *path, tain const *deadline, tain *stamp)
{
  struct sigaction const ignore = { .sa_handler = SIG_IGN } ;
  struct sigaction old ;
  int r ;
  h->error = 0 ;
  h->connected = h->s6 = 0 ;
  if (strlen(path) >= sizeof(((struct sockaddr_un *)0)->sun_path)) return (errno = ENAMETOOLONG, 0) ;
  if (sigaction(SIGPIPE, &ignore, &old) == -1) return 0 ;
  r = start(h, path, deadline, stamp) ;
  sigaction(SIGPIPE, &old, 0) ;
  return r ;
}
