/* ISC license. */

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_store (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp)
{
  char request[WIRE_REQUEST_MAX] ;
  tain never ;
  size_t len = fdclient_id_length(id) ;
  if (!len || (!limit && !fdclient_never(&never))) return 0 ;
  len = wire_pack_store(request, limit ? limit : &never, id, len) ;
  return fdclient_command(h, request, len, &fd, 1, deadline, stamp) ;
}
