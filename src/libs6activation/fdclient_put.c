/* ISC license. */

#include "fdclient.h"

int fdclient_put (fdholder *h, fdclient_pack_func *pack, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp)
{
  char request[WIRE_REQUEST_MAX] ;
  tain never ;
  size_t len = fdclient_id_length(id) ;
  if (!len || (!limit && !fdclient_never(&never))) return 0 ;
  len = (*pack)(request, limit ? limit : &never, id, len) ;
  return fdclient_command(h, request, len, &fd, 1, deadline, stamp) ;
}
