/* ISC license. */

 /* How many wait at Unix sockets that listen, and how many may: Linux tells. To
    be asked for one of them it looks through all, so it is asked for all. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <skalibs/djbunix.h>

#include "probed.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/describe-internal.h"

void describe_listeners_free (struct describe_listeners *l)
{
  free(l->s) ;
  l->s = 0 ;
  l->n = l->room = 0 ;
}

#ifdef S6_ACTIVATION_HAS_UNIX_DIAG

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

enum { ANSWER_MAX = 32768, FIRST_ROOM = 256 } ;  /* no message of the kernel's is longer */

enum progress
{
  PROGRESS_FAILED,
  PROGRESS_MORE,
  PROGRESS_DONE
} ;

static int ask (int netlink)
{
  struct { struct nlmsghdr header ; struct unix_diag_req request ; } message ;
  memset(&message, 0, sizeof(message)) ;
  message.header.nlmsg_len = sizeof(message) ;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY ;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP ;
  message.request.sdiag_family = AF_UNIX ;
  message.request.udiag_states = 1 << TCP_LISTEN ;  /* they are the same for all families */
  message.request.udiag_show = UDIAG_SHOW_RQLEN ;
  return send(netlink, &message, sizeof(message), 0) == (ssize_t)sizeof(message) ;
}

static int add (struct describe_listeners *l, struct describe_listener const *one, uint32_t max)
{
  if (l->n >= max) return (errno = EOVERFLOW, 0) ;
  if (l->n == l->room)
  {
    uint32_t room = l->room ? 2 * l->room : FIRST_ROOM ;
    struct describe_listener *s = realloc(l->s, room * sizeof(struct describe_listener)) ;
    if (!s) return (errno = ENOMEM, 0) ;
    l->s = s ;
    l->room = room ;
  }
  l->s[l->n++] = *one ;
  return 1 ;
}

static enum progress take_listener (struct describe_listeners *l, struct nlmsghdr const *header, uint32_t max)
{
  struct unix_diag_msg const *answer = NLMSG_DATA(header) ;
  struct rtattr const *attribute = (struct rtattr const *)(answer + 1) ;
  int left = (int)header->nlmsg_len - (int)NLMSG_LENGTH(sizeof(*answer)) ;
  for (; RTA_OK(attribute, left) ; attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == UNIX_DIAG_RQLEN && RTA_PAYLOAD(attribute) >= sizeof(struct unix_diag_rqlen))
    {
      struct unix_diag_rqlen length ;
      struct describe_listener one = { .cookie = answer->udiag_cookie[0] | (uint64_t)answer->udiag_cookie[1] << 32, .type = answer->udiag_type } ;
      memcpy(&length, RTA_DATA(attribute), sizeof(length)) ;
      one.queue = length.udiag_rqueue ;
      one.backlog = length.udiag_wqueue ;
      return add(l, &one, max) ? PROGRESS_MORE : PROGRESS_FAILED ;
    }
  return PROGRESS_MORE ;
}

 /* Whatever is not a whole answer is none: a listener that is told twice, or
    left out, when others came and went meanwhile, is of no importance. */

static enum progress take (struct describe_listeners *l, struct nlmsghdr const *header, uint32_t max)
{
  int error ;
  if (header->nlmsg_flags & NLM_F_DUMP_INTR) return (errno = EAGAIN, PROGRESS_FAILED) ;
  switch (header->nlmsg_type)
  {
    case SOCK_DIAG_BY_FAMILY : return take_listener(l, header, max) ;
    case NLMSG_DONE :
      if (header->nlmsg_len < NLMSG_LENGTH(sizeof(error))) return PROGRESS_DONE ;
      memcpy(&error, NLMSG_DATA(header), sizeof(error)) ;
      return error < 0 ? (errno = -error, PROGRESS_FAILED) : PROGRESS_DONE ;
    case NLMSG_NOOP : return PROGRESS_MORE ;
    default : return (errno = EPROTO, PROGRESS_FAILED) ;  /* an error, or an overrun */
  }
}

static enum progress take_all (struct describe_listeners *l, char const *s, size_t len, uint32_t max)
{
  enum progress progress = PROGRESS_MORE ;
  while (len && progress == PROGRESS_MORE)
  {
    struct nlmsghdr const *header = (struct nlmsghdr const *)s ;
    size_t next ;
    if (len < sizeof(*header) || header->nlmsg_len < sizeof(*header) || header->nlmsg_len > len) return (errno = EPROTO, PROGRESS_FAILED) ;
    next = NLMSG_ALIGN(header->nlmsg_len) ;
    progress = take(l, header, max) ;
    s += next ;
    len -= next < len ? next : len ;
  }
  return progress ;
}

 /* The kernel goes on when what it has said is read: it is always ready, or
    has failed. */

static int receive (struct describe_listeners *l, int netlink, uint32_t max)
{
  static union { struct nlmsghdr header ; char s[ANSWER_MAX] ; } answer ;
  enum progress progress = PROGRESS_MORE ;
  while (progress == PROGRESS_MORE)
  {
    ssize_t r = recv(netlink, &answer, sizeof(answer), MSG_TRUNC) ;
    if (r <= 0) return 0 ;
    if ((size_t)r > sizeof(answer)) return (errno = EMSGSIZE, 0) ;
    progress = take_all(l, answer.s, (size_t)r, max) ;
  }
  return progress == PROGRESS_DONE ;
}

static int compare (void const *a, void const *b)
{
  uint64_t x = ((struct describe_listener const *)a)->cookie, y = ((struct describe_listener const *)b)->cookie ;
  return x < y ? -1 : x > y ;
}

int describe_listeners_ask (struct describe_listeners *l, uint32_t max)
{
  int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG) ;
  int ok = netlink >= 0 && ask(netlink) && receive(l, netlink, max) ;
  if (netlink >= 0) fd_close(netlink) ;
  if (!ok) return (describe_listeners_free(l), 0) ;
  if (l->n) qsort(l->s, l->n, sizeof(struct describe_listener), &compare) ;
  return 1 ;
}

 /* A cookie is given to a socket once, and never to another one. */

struct describe_listener const *describe_listeners_find (struct describe_listeners const *l, int fd)
{
  struct describe_listener key ;
  socklen_t len = sizeof(key.cookie) ;
  if (!l->n || getsockopt(fd, SOL_SOCKET, SO_COOKIE, &key.cookie, &len) == -1) return 0 ;
  return bsearch(&key, l->s, l->n, sizeof(struct describe_listener), &compare) ;
}

#else

int describe_listeners_ask (struct describe_listeners *l, uint32_t max)
{
  (void)l ;
  (void)max ;
  return (errno = ENOSYS, 0) ;
}

struct describe_listener const *describe_listeners_find (struct describe_listeners const *l, int fd)
{
  (void)l ;
  (void)fd ;
  return 0 ;
}

#endif
