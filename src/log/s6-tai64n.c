/* ISC license. */

#include <time.h>

#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "liblogger/filter.h"
#include "liblogger/stamp.h"

static size_t add_label (void *data, char const *s, size_t len, char *head, size_t *headlen)
{
  struct timespec now ;
  (void)data ;
  (void)s ;
  (void)len ;
  clock_gettime(CLOCK_REALTIME, &now) ;
  *headlen = stamp_label(head, &now) ;
  head[(*headlen)++] = ' ' ;
  return 0 ;
}

int main (int argc, char const *const *argv)
{
  enum filter_end end ;
  PROG = "s6-tai64n" ;
  usage_asked(argc, argv, "s6-tai64n") ;
  end = filter_run(&add_label, 0, 1) ;
  if (end == FILTER_CANNOT_READ) strerr_diefusys(EXITCODE_SYSTEM, "read from stdin") ;
  if (end == FILTER_CANNOT_WRITE) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
  return EXITCODE_OK ;
}
