/* ISC license. */

#include <errno.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_putback (fdholder *h, tain const *deadline, tain *stamp)
{
  char request[WIRE_VERB_PACK] ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  return fdclient_command(h, request, wire_pack_verb(request, WIRE_PUTBACK), 0, 0, deadline, stamp) ;
}
