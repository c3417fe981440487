/* ISC license. */

#include <errno.h>

#include "fdclient.h"

static int watch (fdholder *h, char const *glob, size_t len, tain const *deadline, tain *stamp)
{
  char request[WIRE_REQUEST_MAX] ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  return fdclient_command(h, request, wire_pack_watch(request, glob, len), 0, 0, deadline, stamp) ;
}

int fdholder_watch (fdholder *h, char const *glob, tain const *deadline, tain *stamp)
{
  size_t len = glob ? fdclient_id_length(glob) : 0 ;
  if (glob && !len) return 0 ;
  if (!watch(h, glob, len, deadline, stamp) && !(fdclient_renew(h, deadline, stamp) && watch(h, glob, len, deadline, stamp))) return 0 ;
  h->watches = 1 ;
  return 1 ;
}
