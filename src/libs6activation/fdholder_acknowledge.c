/* ISC license. */

#include <errno.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_acknowledge (fdholder *h, tain const *deadline, tain *stamp)
{
  char const request = WIRE_ACKNOWLEDGE ;
  if (h->error) return (errno = h->error, 0) ;
  return h->s6 || fdclient_command(h, &request, 1, 0, 0, deadline, stamp) ;
}
