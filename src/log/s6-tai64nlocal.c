/* ISC license. */

#include <skalibs/nonposix.h>

#include <time.h>

#include <skalibs/djbtime.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "liblogger/filter.h"
#include "liblogger/stamp.h"

#define USAGE "s6-tai64nlocal [ -g ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { SECOND = 1000000000 } ;

 /* Something must stand behind a label, if only a newline. A second has 999999999 nanoseconds
    at most: what has more is no label. */

static size_t translate (void *data, char const *s, size_t len, char *head, size_t *headlen)
{
  int const *isutc = data ;
  tain label ;
  localtmn local ;
  if (len <= STAMP_LABEL || s[0] != '@' || !timestamp_scan(s, &label) || tain_nano(&label) >= SECOND) return 0 ;
  if (!localtmn_from_tain(&local, &label, !*isutc)) return 0 ;
  *headlen = localtmn_fmt(head, &local) ;
  return STAMP_LABEL ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  int isutc = 0 ;
  enum filter_end end ;
  PROG = "s6-tai64nlocal" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "g", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'g' : isutc = 1 ; break ;
      default : dieusage() ;
    }
  }
  tzset() ;
  end = filter_run(&translate, &isutc, 0) ;
  if (end == FILTER_CANNOT_READ) strerr_diefusys(EXITCODE_SYSTEM, "read from stdin") ;
  if (end == FILTER_CANNOT_WRITE) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
  return EXITCODE_OK ;
}
