/* ISC license. */

#include <skalibs/nonposix.h>

#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include "libfdholderd/describe.h"
#include "libfdholderd/describe-internal.h"

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
