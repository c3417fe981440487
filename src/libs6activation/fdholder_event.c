/* ISC license. */

#include <errno.h>
#include <string.h>
#include <sys/uio.h>

#include <skalibs/textmessage.h>

#include "fdclient.h"

static int misunderstood (fdholder *h)
{
  errno = EPROTO ;
  return fdclient_fail(h) ;
}

 /* What has not come yet leaves the connection as it is. */

int fdholder_event (fdholder *h, fdholder_change *change, tain const *deadline, tain *stamp)
{
  struct wire_event event ;
  struct iovec v ;
  int r ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  r = textmessage_timed_receive(&h->client.asyncin, &v, deadline, stamp) ;
  if (r < 0 && errno == ETIMEDOUT) return 0 ;
  if (r < 0) return errno == EMSGSIZE ? misunderstood(h) : fdclient_fail(h) ;
  if (!r) return (errno = EPIPE, fdclient_fail(h)) ;
  if (!wire_unpack_event(&event, v.iov_base, v.iov_len)) return misunderstood(h) ;
  change->kind = event.kind ;
  change->when = event.when ;
  if (event.id.s) memcpy(change->id, event.id.s, (size_t)event.id.len + 1) ;
  else change->id[0] = 0 ;
  return 1 ;
}
