/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/block.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libchain/waiting.h"
#include "libfifodir/fifowait.h"

#define USAGE "s6-ftrig-listen [ -a | -o ] [ -t timeout ] { fifodir1 regexp1 fifodir2 regexp2 ... } prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

struct options
{
  unsigned int timeout ;
  int isany ;
} ;

static void end (struct fifowait *all, unsigned int n)
{
  int e = errno ;
  while (n--) fifowait_end(all + n) ;
  errno = e ;
}

static void begin (struct fifowait *all, char const *const *words, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++)
    if (!fifowait_begin(all + i, words[2 * i], words[2 * i + 1]))
    {
      end(all, i) ;
      strerr_diefusys(EXITCODE_SYSTEM, "listen in ", words[2 * i], " for ", words[2 * i + 1]) ;
    }
}

static void listen_for (char const *const *words, unsigned int n, char const *const *prog, struct options const *o)
{
  struct fifowait *all = malloc(n * sizeof(struct fifowait)) ;
  struct rlimit files ;
  tain deadline ;
  int ok ;
  if (!all) strerr_diefusys(EXITCODE_SYSTEM, "listen") ;
  waiting_deadline(&deadline, o->timeout) ;
  waiting_room(&files, n) ;
  begin(all, words, n) ;
  ok = !!waiting_spawn_limited(prog, &files) ;
  if (!ok)
  {
    end(all, n) ;
    strerr_diefusys(EXITCODE_SYSTEM, "start ", prog[0]) ;
  }
  ok = fifowait(all, n, o->isany, &deadline) ;
  end(all, n) ;
  if (!ok) strerr_diefusys(errno == ETIMEDOUT ? EXITCODE_DENIED : EXITCODE_SYSTEM, "wait for events") ;
}

int main (int argc, char const **argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .timeout = 0 } ;
  int n ;
  PROG = "s6-ftrig-listen" ;
  usage_asked(argc, (char const *const *)argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, (char const *const *)argv, "aot:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'a' : o.isany = 0 ; break ;
      case 'o' : o.isany = 1 ; break ;
      case 't' : if (!uint0_scan(l.arg, &o.timeout)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!*argv) dieusage() ;
  n = block_take(argv) ;
  if (n < 0) strerr_dief(EXITCODE_USAGE, "the block of fifodirs and patterns has no end") ;
  if (!n || n & 1 || !chain_isprogram(argv + n + 1)) dieusage() ;
  chain_cover_standard() ;
  listen_for((char const *const *)argv, (unsigned int)n / 2, (char const *const *)argv + n + 1, &o) ;
  return EXITCODE_OK ;
}
