/* ISC license. */

#include <errno.h>

#include "fdclient.h"

int fdholder_watch (fdholder *h, char const *glob, tain const *deadline, tain *stamp)
{
  char request[WIRE_REQUEST_MAX] ;
  size_t len = glob ? fdclient_id_length(glob) : 0 ;
  if (glob && !len) return 0 ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  return fdclient_command(h, request, wire_pack_watch(request, glob, len), 0, 0, deadline, stamp) ;
}
