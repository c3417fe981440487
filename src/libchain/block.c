/* ISC license. */

#include <stdlib.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/block.h"

enum { QUOTE = ' ' } ;

static unsigned int strictness (void)
{
  char const *s = getenv("EXECLINE_STRICT") ;
  unsigned int n ;
  return s && uint0_scan(s, &n) ? n : 0 ;
}

static void judge (char const *word)
{
  unsigned int strict = strictness() ;
  if (strict > 1) strerr_dief(EXITCODE_USAGE, "a word of a block is not quoted: ", word) ;
  if (strict) strerr_warnw("a word of a block is not quoted: ", word) ;
}

int block_take (char const **argv)
{
  int n = 0 ;
  for (; argv[n] && argv[n][0] ; n++)
    if (argv[n][0] == QUOTE) argv[n]++ ;
    else judge(argv[n]) ;
  return argv[n] ? n : -1 ;
}
