/* ISC license. */

#include <string.h>

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "wire.h"
#include "holderclient.h"

void holderclient_check_id (char const *id)
{
  if (wire_id_check(id, strlen(id)))
    strerr_dief(EXITCODE_USAGE, "invalid identifier: it must have 1 to 255 bytes") ;
}
