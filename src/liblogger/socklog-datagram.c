/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <skalibs/djbunix.h>

#include "libdaemon/shortage.h"
#include "liblogger/socklog-internal.h"

struct datagram
{
  ssize_t len ;
  size_t originlen ;
  char origin[SOCKLOG_ORIGIN] ;
} ;

static int is_transient (int e)
{
  return e == EAGAIN || e == EWOULDBLOCK || e == EINTR ;
}

#ifdef SCM_CREDENTIALS

union room
{
  struct cmsghdr align ;
  char s[CMSG_SPACE(sizeof(struct ucred))] ;
} ;

 /* There is room for nothing but who has sent it: what else comes the kernel drops. Where
    it did not come, the room was for a descriptor. */

static void find_ids (struct datagram *d, struct msghdr *msg)
{
  struct ucred ids = { .pid = 0, .uid = (uid_t)-1, .gid = (gid_t)-1 } ;
  for (struct cmsghdr *c = CMSG_FIRSTHDR(msg) ; c ; c = CMSG_NXTHDR(msg, c))
  {
    if (c->cmsg_level != SOL_SOCKET) continue ;
    if (c->cmsg_type == SCM_CREDENTIALS) memcpy(&ids, CMSG_DATA(c), sizeof(ids)) ;
    if (c->cmsg_type != SCM_RIGHTS) continue ;
    for (size_t at = 0 ; CMSG_LEN(at + sizeof(int)) <= c->cmsg_len ; at += sizeof(int))
    {
      int fd ;
      memcpy(&fd, CMSG_DATA(c) + at, sizeof(fd)) ;
      fd_close(fd) ;
    }
  }
  d->originlen = socklog_origin_ids(d->origin, ids.pid, ids.uid) ;
}

#endif

 /* What is first in the queue stays there. 0 and errno. */

static int look (struct socklog_source *x, struct datagram *d)
{
  struct socklog *l = x->socklog ;
  struct sockaddr_storage address ;
  struct iovec v = { .iov_base = l->room, .iov_len = l->limit + 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  int flags = MSG_PEEK | MSG_TRUNC | MSG_DONTWAIT ;
#ifdef SCM_CREDENTIALS
  union room room ;
  if (x->family == AF_UNIX && l->istellingpeers)
  {
    msg.msg_control = &room ;
    msg.msg_controllen = sizeof(room) ;
    flags |= MSG_CMSG_CLOEXEC ;
  }
#endif
  d->originlen = 0 ;
  if (x->family != AF_UNIX)
  {
    msg.msg_name = &address ;
    msg.msg_namelen = sizeof(address) ;
  }
  d->len = recvmsg(x->fd, &msg, flags) ;
  if (d->len == -1) return 0 ;
  if (x->family != AF_UNIX) d->originlen = socklog_origin_address(d->origin, &address) ;
#ifdef SCM_CREDENTIALS
  else if (l->istellingpeers) find_ids(d, &msg) ;
#endif
  return 1 ;
}

 /* Nothing there: somebody else has taken it meanwhile. */

static int take (struct socklog_source *x)
{
  char none ;
  ssize_t r ;
  do r = recv(x->fd, &none, 0, MSG_DONTWAIT) ;
  while (r == -1 && errno == EINTR) ;
  return r != -1 || errno == EAGAIN || errno == EWOULDBLOCK ;
}

int socklog_read_datagrams (struct socklog_source *x, unsigned int most)
{
  struct socklog *l = x->socklog ;
  struct datagram d ;
  while (most--)
  {
    size_t len ;
    int iscut ;
    if (!look(x, &d))
    {
      if (is_transient(errno)) return 1 ;
      if (!is_shortage(errno)) return socklog_fail(l, "receive") ;
      socklog_pause(x, "receive") ;
      return 1 ;
    }
    iscut = (size_t)d.len > l->limit ;
    len = iscut ? l->limit + 1 : (size_t)d.len ;
    if (!socklog_write(l, d.origin, d.originlen, l->room, len, iscut)) return 0 ;
    if (!take(x)) return socklog_fail(l, "receive") ;
    backoff_reset(&x->backoff) ;
    if (l->isending && x->iskept) break ;
  }
  return 1 ;
}
