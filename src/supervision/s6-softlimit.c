/* ISC license. */

#include <skalibs/nonposix.h>

#include <sys/resource.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/uint64.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"

#define USAGE "s6-softlimit [ -h | -H ] [ -a allmem ] [ -c core ] [ -d data ] [ -f fsize ] [ -l lock ] [ -m mem ] [ -o ofiles ] [ -p proc ] [ -P rtprio ] [ -r res ] [ -s stack ] [ -t cpusecs ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum which
{
  WHICH_SOFT,
  WHICH_HARD,
  WHICH_BOTH
} ;

 /* What the system does not have does nothing; nor does a letter that nobody knows,
    for another system may have it. */

static struct limit
{
  char letter ;
  int resource ;
  char const *name ;
} const limits[] =
{
#ifdef RLIMIT_AS
  { 'a', RLIMIT_AS, "address space" },
#endif
  { 'c', RLIMIT_CORE, "core size" },
  { 'd', RLIMIT_DATA, "data" },
  { 'f', RLIMIT_FSIZE, "file size" },
#ifdef RLIMIT_MEMLOCK
  { 'l', RLIMIT_MEMLOCK, "locked memory" },
#endif
  { 'o', RLIMIT_NOFILE, "open files" },
#ifdef RLIMIT_NPROC
  { 'p', RLIMIT_NPROC, "processes" },
#endif
#ifdef RLIMIT_RTPRIO
  { 'P', RLIMIT_RTPRIO, "real-time priority" },
#endif
#ifdef RLIMIT_RSS
  { 'r', RLIMIT_RSS, "resident memory" },
#endif
  { 's', RLIMIT_STACK, "stack" },
  { 't', RLIMIT_CPU, "processor time" }
} ;

static void set (struct limit const *l, enum which which, char const *value)
{
  struct rlimit r ;
  uint64_t n = 0 ;
  int isall = value[0] == '=' && !value[1] ;
  rlim_t wanted ;
  if (!isall && !uint640_scan(value, &n)) dieusage() ;
  if (getrlimit(l->resource, &r) == -1) strerr_diefusys(EXITCODE_SYSTEM, "read the limit on ", l->name) ;
  wanted = !isall ? (rlim_t)n : which == WHICH_SOFT ? r.rlim_max : RLIM_INFINITY ;
  if (which != WHICH_SOFT) r.rlim_max = wanted ;
  if (which != WHICH_HARD) r.rlim_cur = wanted < r.rlim_max ? wanted : r.rlim_max ;
  if (setrlimit(l->resource, &r) == -1) strerr_diefusys(EXITCODE_SYSTEM, "set the limit on ", l->name, " to ", value) ;
}

static void set_by_letter (char letter, enum which which, char const *value)
{
  for (unsigned int i = 0 ; i < sizeof(limits) / sizeof(*limits) ; i++)
    if (limits[i].letter == letter) set(limits + i, which, value) ;
}

static void set_memory (enum which which, char const *value)
{
  static char const all[] = "dsla" ;
  for (char const *s = all ; *s ; s++) set_by_letter(*s, which, value) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  enum which which = WHICH_SOFT ;
  PROG = "s6-softlimit" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "hHa:c:d:f:l:m:o:p:P:r:s:t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'h' : which = WHICH_HARD ; break ;
      case 'H' : which = WHICH_BOTH ; break ;
      case 'm' : set_memory(which, l.arg) ; break ;
      default : set_by_letter((char)opt, which, l.arg) ; break ;
    }
  }
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  xexec(argv) ;
}
