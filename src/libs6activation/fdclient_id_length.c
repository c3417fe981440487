/* ISC license. */

#include <string.h>
#include <errno.h>

#include "fdclient.h"

size_t fdclient_id_length (char const *id)
{
  size_t len = strlen(id) ;
  int e = wire_id_check(id, len) ;
  return e ? (errno = e, 0) : len ;
}
