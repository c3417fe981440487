/* ISC license. */

#include "fdclient.h"

int fdholder_store (fdholder *h, int fd, char const *id, tain const *limit, tain const *deadline, tain *stamp)
{
  return fdclient_put(h, &wire_pack_store, fd, id, limit, deadline, stamp) ;
}
