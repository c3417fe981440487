/* ISC license. */

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_take (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  return fdclient_retrieve_flags(h, id, WIRE_RETRIEVE_DELETE, deadline, stamp) ;
}
