/* ISC license. */

#include <errno.h>

#include <skalibs/iopause.h>

#include "fdclient.h"

 /* A number that was not open when the caller chose it may be ours by now. */

static int is_foreign (fdholder const *h, int const *fds, unsigned int nfds)
{
  for (unsigned int i = 0 ; i < nfds ; i++)
    if (fds[i] == fdholder_fd(h) || fds[i] == textclient_fd(&h->client)) return (errno = EBADF, 0) ;
  return 1 ;
}

 /* After a flush that did not send all: waits for what it lacked. The kernel's count of
    descriptors in flight is nothing that poll could wait for. */

static int wait_for_room (int fd, unsigned int *pause, tain const *deadline, tain *stamp)
{
  iopause_fd x = { .fd = fd, .events = IOPAUSE_WRITE } ;
  int r ;
  if (errno == ETOOMANYREFS) return fdclient_pause(pause, deadline, stamp) ;
  if (errno != EAGAIN && errno != EWOULDBLOCK) return 0 ;
  r = iopause_stamp(&x, 1, deadline, stamp) ;
  if (!r) errno = ETIMEDOUT ;
  return r > 0 ;
}

static int flush (struct frame_out *out, int fd, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  for (;;)
    switch (frame_out_flush(out, fd, 0))
    {
      case FRAME_FLUSH_DONE : return 1 ;
      case FRAME_FLUSH_AGAIN :
      case FRAME_FLUSH_SHORTAGE :
        if (wait_for_room(fd, &pause, deadline, stamp)) break ;
        return 0 ;
      default : return 0 ;
    }
}

int fdclient_send (fdholder *h, char const *s, size_t len, int const *fds, unsigned int nfds, tain const *deadline, tain *stamp)
{
  struct frame_out out ;
  size_t before ;
  int ok, e ;
  if (h->error) return (errno = h->error, 0) ;
  if (!is_foreign(h, fds, nfds)) return 0 ;
  if (h->heard) h->heard = FDCLIENT_BEFORE ;
  frame_out_init(&out, &frame_fdops_lent, 0) ;
  out.dialect = h->s6 ? FRAME_S6 : FRAME_NATIVE ;
  ok = frame_out_put(&out, s, len, fds, nfds) ;
  before = frame_out_pending(&out) ;
  if (ok)
  {
    ok = flush(&out, fdholder_fd(h), deadline, stamp) ;
    if (!ok && (frame_out_pending(&out) < before || errno == EPIPE || errno == ECONNRESET)) fdclient_fail(h) ;
  }
  e = errno ;
  frame_out_free(&out) ;
  errno = e ;
  return ok ;
}
