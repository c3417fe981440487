/* ISC license. */

#include <errno.h>

#include "fdclient.h"

int fdclient_fail (fdholder *h)
{
  if (errno == ECONNRESET) errno = EPIPE ;
  h->error = errno ;
  return 0 ;
}
