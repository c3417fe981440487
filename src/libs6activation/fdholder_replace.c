/* ISC license. */

#include <errno.h>

#include "fdclient.h"

static int replace (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp)
{
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  return fdclient_put(h, &wire_pack_replace, fd, id, limit, deadline, stamp) ;
}

 /* A daemon of the first release does not expect a descriptor with a letter that
    it does not know: its last answer is EPROTO. */

int fdholder_replace (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp)
{
  if (replace(h, fd, id, limit, deadline, stamp)) return 1 ;
  if (fdclient_renew(h, deadline, stamp) && replace(h, fd, id, limit, deadline, stamp)) return 1 ;
  if (errno != EPROTO || h->error) return 0 ;
  errno = ENOSYS ;
  return fdclient_fail(h) ;
}
