/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <errno.h>
#include <sys/uio.h>
#include <sys/socket.h>

#include <skalibs/uint16.h>
#include <skalibs/uint32.h>
#include <skalibs/siovec.h>
#include <skalibs/iopause.h>

#include "fdclient.h"

 /* A number that was not open when the caller chose it may be ours by now. */

static int is_foreign (fdholder const *h, int const *fds, unsigned int nfds)
{
  for (unsigned int i = 0 ; i < nfds ; i++)
    if (fds[i] == fdholder_fd(h) || fds[i] == textclient_fd(&h->client)) return (errno = EBADF, 0) ;
  return 1 ;
}

 /* After a sendmsg that failed: waits for what it lacked. The kernel's count of
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

static int send_all (int fd, struct msghdr *msg, size_t len, size_t *sent, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  *sent = 0 ;
  while (*sent < len)
  {
    ssize_t r = sendmsg(fd, msg, MSG_NOSIGNAL | MSG_DONTWAIT) ;
    if (r >= 0)
    {
      *sent += r ;
      siovec_seek(msg->msg_iov, msg->msg_iovlen, r) ;
      msg->msg_control = 0 ;
      msg->msg_controllen = 0 ;
    }
    else if (errno != EINTR && !wait_for_room(fd, &pause, deadline, stamp)) return 0 ;
  }
  return 1 ;
}

int fdclient_send (fdholder *h, char const *s, size_t len, int const *fds, unsigned int nfds, tain const *deadline, tain *stamp)
{
  union rights_room rights ;
  char header[FRAME_S6_HEADER] ;
  size_t headerlen = h->s6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  struct iovec v[2] = { { .iov_base = header, .iov_len = headerlen }, { .iov_base = (char *)s, .iov_len = len } } ;
  struct msghdr msg = { .msg_iov = v, .msg_iovlen = 2 } ;
  size_t sent ;
  if (h->error) return (errno = h->error, 0) ;
  if (!is_foreign(h, fds, nfds)) return 0 ;
  uint32_pack_big(header, len) ;
  if (h->s6) uint16_pack_big(header + 4, nfds) ;
  if (nfds) rights_attach(&msg, &rights, fds, nfds) ;
  if (send_all(fdholder_fd(h), &msg, headerlen + len, &sent, deadline, stamp)) return 1 ;
  if (sent || errno == EPIPE || errno == ECONNRESET) fdclient_fail(h) ;
  return 0 ;
}
