/* ISC license. */

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "chain.h"
#include "exitcodes.h"
#include "holderclient.h"

#define USAGE "s6-fdholder-transferdump [ -t fromms:toms ] socketfrom socketto [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* Either number may be left out; one number without a colon is for both. */

static int scan_timeouts (char const *s, unsigned int *from, unsigned int *to)
{
  size_t len = uint_scan(s, from) ;
  if (!len && *s != ':') return 0 ;
  if (!s[len])
  {
    *to = *from ;
    return 1 ;
  }
  if (s[len] != ':') return 0 ;
  return !s[len + 1] || holderclient_scan_milliseconds(s + len + 1, to) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int from = HOLDERCLIENT_TIMEOUT ;
  unsigned int to = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-transferdump" ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!scan_timeouts(l.arg, &from, &to)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogramornone(argv + 2)) dieusage() ;

  holderclient_connect(&h, argv[0], from, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_getdump_g(&h, &dump, &deadline)) holderclient_die(EXITCODE_DENIED, "get a dump from ", argv[0]) ;
  fdholder_end(&h) ;
  holderclient_connect(&h, argv[1], to, &deadline, EXITCODE_DESTINATION) ;
  if (!fdholder_setdump_g(&h, fdholder_dump_entries(&dump), fdholder_dump_count(&dump), &deadline))
    holderclient_die(EXITCODE_DESTINATION, "set a dump at ", argv[1]) ;
  holderclient_finish(argv + 2) ;
}
