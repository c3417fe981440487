/* ISC license. */

#include <skalibs/tai.h>

#include "holderclient.h"

void holderclient_deadline (tain *deadline, unsigned int milliseconds)
{
  tain relative = { .sec = { .x = milliseconds / 1000 }, .nano = milliseconds % 1000 * 1000000 } ;
  if (milliseconds) tain_add_g(deadline, &relative) ;
  else *deadline = tain_infinite ;
}
