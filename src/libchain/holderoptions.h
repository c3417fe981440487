/* ISC license. */

#ifndef S6ACTIVATION_HOLDEROPTIONS_H
#define S6ACTIVATION_HOLDEROPTIONS_H

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

 /* For clients of the holder that have no option but -t, after PROG: the usage if it is asked
    for; the timeout into milliseconds; returns argv from the operands on. 100 and the usage
    unless there are so many of these, and then a program; or nothing, unless needsprog. No
    descriptor is touched. Inline: a function of its own would make each of them bigger. */

static inline char const *const *holderoptions (int argc, char const *const *argv, char const *usage, int operands, int needsprog, unsigned int *milliseconds)
{
  subgetopt l = SUBGETOPT_ZERO ;
  int opt, last ;
  usage_asked(argc, argv, usage) ;
  *milliseconds = HOLDERCLIENT_TIMEOUT ;
  do opt = subgetopt_r(argc, argv, "t:", &l) ;
  while (opt == 't' && uint0_scan(l.arg, milliseconds)) ;
  last = l.ind + operands ;
  if (opt != -1 || last + needsprog > argc || !chain_isprogramornone(argv + last)) strerr_dieusage(EXITCODE_USAGE, usage) ;
  return argv + l.ind ;
}

#endif
