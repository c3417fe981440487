/* ISC license. */

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/listenone.h"

static struct listenone const what =
{
  .usage = "s6-ftrig-wait [ -t timeout ] fifodir regexp",
  .hasprogram = 0,
  .late = EXITCODE_NOTHING
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-ftrig-wait" ;
  return listenone(argc, argv, &what) ;
}
