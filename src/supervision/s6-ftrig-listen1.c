/* ISC license. */

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/listenone.h"

static struct listenone const what =
{
  .usage = "s6-ftrig-listen1 [ -t timeout ] fifodir regexp prog...",
  .hasprogram = 1,
  .late = EXITCODE_DENIED
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-ftrig-listen1" ;
  return listenone(argc, argv, &what) ;
}
