/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/holderclient.h"
#include "libchain/holderoptions.h"

#define USAGE "s6-fdholder-stat [ -t milliseconds ] socket [ prog... ]"

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
  unsigned int milliseconds ;
  PROG = "s6-fdholder-stat" ;
  argv = holderoptions(argc, argv, USAGE, 1, 0, &milliseconds) ;
  chain_cover_standard() ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_status_g(&h, &strings, &count, &deadline)) die(&h) ;
  print(&strings) ;
  holderclient_finish(argv + 1) ;
}
