/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-stat [ -t milliseconds ] socket [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* A fact a line, with a tab behind its name. */

static void print (stralloc const *strings)
{
  stralloc lines = STRALLOC_ZERO ;
  int isvalue = 0 ;
  for (size_t i = 0 ; i < strings->len ; i += strlen(strings->s + i) + 1, isvalue = !isvalue)
    if (!holderclient_quote(&lines, strings->s + i) || !stralloc_append(&lines, isvalue ? '\n' : '\t'))
      strerr_diefusys(EXITCODE_SYSTEM, "print the status") ;
  if (allwrite(1, lines.s, lines.len) < lines.len) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

static void die (fdholder const *h)
{
  if (errno == ENOSYS) holderclient_die_for(EXITCODE_DENIED, "get the status", 0, " (this holder tells nothing of itself)") ;
  holderclient_die_asking(h, EXITCODE_DENIED, "get the status", 0, HOLDERCLIENT_READS) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  stralloc strings = STRALLOC_ZERO ;
  size_t count = 0 ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-stat" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogramornone(argv + 1)) dieusage() ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_status_g(&h, &strings, &count, &deadline)) die(&h) ;
  print(&strings) ;
  holderclient_finish(argv + 1) ;
}
