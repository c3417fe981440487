/* ISC license. */

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_await (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  return fdclient_await(h, id, 0, deadline, stamp) ;
}
