/* ISC license. */

#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"

#define USAGE "s6-fdholder-list [ -t milliseconds ] socket [ prog... ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* One a line: a newline within an identifier is written \n. */

static void print (stralloc const *ids)
{
  stralloc lines = STRALLOC_ZERO ;
  size_t len ;
  for (size_t i = 0 ; i < ids->len ; i += len + 1)
  {
    len = strlen(ids->s + i) ;
    if (!holderclient_quote(&lines, ids->s + i) || !stralloc_append(&lines, '\n'))
      strerr_diefusys(EXITCODE_SYSTEM, "print the list") ;
  }
  if (allwrite(1, lines.s, lines.len) < lines.len) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  stralloc ids = STRALLOC_ZERO ;
  size_t count = 0 ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  PROG = "s6-fdholder-list" ;
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
  if (!fdholder_list_g(&h, &ids, &count, &deadline)) holderclient_die(EXITCODE_DENIED, "list the identifiers", 0) ;
  if (count) print(&ids) ;
  holderclient_finish(argv + 1) ;
}
