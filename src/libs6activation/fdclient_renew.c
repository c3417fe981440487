/* ISC license. */

#include <errno.h>

#include "fdclient.h"

 /* A daemon that has said nothing at all does not let us in. One that was to tell
    of changes has some to tell that another connection would never hear of. */

int fdclient_renew (fdholder *h, tain const *deadline, tain *stamp)
{
  if (h->error != EPIPE || h->heard != FDCLIENT_BEFORE || h->watches) return 0 ;
  fdholder_end(h) ;
  if (fdholder_start(h, h->path, deadline, stamp)) return 1 ;
  if (!fdholder_isconnected(h)) h->heard = FDCLIENT_BEFORE ;  /* it has gone, rather than not let us in */
  if (errno != ETIMEDOUT) errno = EPIPE ;
  return fdclient_fail(h) ;
}
