/* ISC license. */

#include <s6-activation/fdholder.h>

#include "fdclient.h"

int fdholder_retrieve (fdholder *h, char const *id, tain const *deadline, tain *stamp)
{
  int fd = fdclient_retrieve_flags(h, id, 0, deadline, stamp) ;
  return fd < 0 && fdclient_renew(h, deadline, stamp) ? fdclient_retrieve_flags(h, id, 0, deadline, stamp) : fd ;
}
