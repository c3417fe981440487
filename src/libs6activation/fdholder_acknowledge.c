/* ISC license. */

#include <errno.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_acknowledge (fdholder *h, tain const *deadline, tain *stamp)
{
  char request[WIRE_VERB_PACK] ;
  if (h->error) return (errno = h->error, 0) ;
  return h->s6 || fdclient_command(h, request, wire_pack_verb(request, WIRE_ACKNOWLEDGE), 0, 0, deadline, stamp) ;
}
