/* ISC license. */

#include "fdclient.h"

int fdclient_outcome (fdholder *h, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  fdclient_inbox_init(&in, h) ;
  if (!fdclient_receive(&in, WIRE_ERROR_PACK, 0, deadline, stamp)) return 0 ;
  return fdclient_answer(&in, &r) && fdclient_inbox_isdone(&in) ;
}
