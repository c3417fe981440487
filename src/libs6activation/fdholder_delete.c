/* ISC license. */

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_delete (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  char request[WIRE_REQUEST_MAX] ;
  size_t len = fdclient_id_length(id) ;
  if (!len) return 0 ;
  len = wire_pack_delete(request, id, len) ;
  return fdclient_command(h, request, len, 0, 0, deadline, stamp) ;
}
