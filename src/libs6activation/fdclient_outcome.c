/* ISC license. */

#include "fdclient.h"

int fdclient_outcome (fdholder *h, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  fdclient_inbox_init(&in, h) ;
  return fdclient_inbox_end(&in, fdclient_receive(&in, WIRE_ERROR_PACK, 0, deadline, stamp) && fdclient_answer(&in, &r)) ;
}
