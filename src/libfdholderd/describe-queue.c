/* ISC license. */

 /* How many wait to be accepted, and how many may: Linux tells. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "probed.h"
#include "libfdholderd/describe.h"
#include "libfdholderd/describe-internal.h"

#ifdef S6_ACTIVATION_HAS_UNIX_DIAG

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/sock_diag.h>
#include <linux/unix_diag.h>

enum { ANSWER_MAX = 1024 } ;

int describe_netlink (void)
{
  return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG) ;
}

static int ask (int netlink, ino_t inode)
{
  struct { struct nlmsghdr header ; struct unix_diag_req request ; } message ;
  memset(&message, 0, sizeof(message)) ;
  message.header.nlmsg_len = sizeof(message) ;
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY ;
  message.header.nlmsg_flags = NLM_F_REQUEST ;
  message.request.sdiag_family = AF_UNIX ;
  message.request.udiag_states = UINT32_MAX ;
  message.request.udiag_ino = (uint32_t)inode ;
  message.request.udiag_show = UDIAG_SHOW_RQLEN ;
  message.request.udiag_cookie[0] = message.request.udiag_cookie[1] = UINT32_MAX ;  /* unknown */
  return send(netlink, &message, sizeof(message), 0) == (ssize_t)sizeof(message) ;
}

static void take (struct description *d, struct nlmsghdr const *header)
{
  struct unix_diag_msg const *answer = NLMSG_DATA(header) ;
  struct rtattr const *attribute = (struct rtattr const *)(answer + 1) ;
  size_t left = header->nlmsg_len - NLMSG_LENGTH(sizeof(*answer)) ;
  for (; RTA_OK(attribute, left) ; attribute = RTA_NEXT(attribute, left))
    if (attribute->rta_type == UNIX_DIAG_RQLEN && RTA_PAYLOAD(attribute) >= sizeof(struct unix_diag_rqlen))
    {
      struct unix_diag_rqlen length ;
      memcpy(&length, RTA_DATA(attribute), sizeof(length)) ;
      describe_number(d->queue, length.udiag_rqueue) ;
      describe_number(d->backlog, length.udiag_wqueue) ;
    }
}

 /* 0: it is an error, or the answer to who was killed before he read it. */

static int is_about (struct nlmsghdr const *header, ssize_t len, ino_t inode)
{
  struct unix_diag_msg const *answer = NLMSG_DATA(header) ;
  return len >= (ssize_t)NLMSG_LENGTH(sizeof(*answer))
    && header->nlmsg_len <= (size_t)len
    && header->nlmsg_len >= NLMSG_LENGTH(sizeof(*answer))
    && header->nlmsg_type == SOCK_DIAG_BY_FAMILY
    && answer->udiag_ino == (uint32_t)inode ;
}

 /* The kernel answers before send(2) returns, or not at all. */

void describe_unix_queue (struct description *d, int fd, int netlink)
{
  struct stat st ;
  union { struct nlmsghdr header ; char s[ANSWER_MAX] ; } answer ;
  ssize_t r ;
  if (netlink < 0 || !describe_look(&st, fd) || !ask(netlink, st.st_ino)) return ;
  do r = recv(netlink, &answer, sizeof(answer), 0) ;
  while (r >= 0 && !is_about(&answer.header, r, st.st_ino)) ;
  if (r >= 0) take(d, &answer.header) ;
}

#else

int describe_netlink (void)
{
  return (errno = ENOSYS, -1) ;
}

void describe_unix_queue (struct description *d, int fd, int netlink)
{
  (void)d ;
  (void)fd ;
  (void)netlink ;
}

#endif

 /* Of a listening socket Linux tells both there, where it counts segments of
    another one. */

int describe_tcp (struct description *d, int fd, int isbound)
{
#if defined(__linux__) && defined(TCP_INFO)
  struct tcp_info info ;
  socklen_t len = sizeof(info) ;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) == -1
   || len < offsetof(struct tcp_info, tcpi_sacked) + sizeof(info.tcpi_sacked)) return 0 ;
  strcpy(d->kind, "tcp") ;  /* words all fit */
  switch (info.tcpi_state)
  {
    case TCP_LISTEN :
      strcpy(d->state, "listening") ;
      describe_number(d->queue, info.tcpi_unacked) ;
      describe_number(d->backlog, info.tcpi_sacked) ;
      break ;
    case TCP_CLOSE : strcpy(d->state, isbound ? "bound" : "unbound") ; break ;
    default : strcpy(d->state, "connected") ; break ;
  }
  return 1 ;
#else
  (void)d ;
  (void)fd ;
  (void)isbound ;
  return 0 ;
#endif
}
