/* ISC license. */

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_await_take (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  return fdclient_await(h, id, WIRE_RETRIEVE_DELETE, deadline, stamp) ;
}
