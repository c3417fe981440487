/* ISC license. */

#include <errno.h>
#include <string.h>
#include <sys/types.h>

#include <skalibs/buffer.h>
#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libsupervise/tally.h"

#define USAGE "s6-svdt [ -S | -s ] [ -n max ] servicedir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* What is no tally, or not there, is made an empty one. */

static ssize_t read_or_repair (char const *dir, struct tally_death *deaths, unsigned int max)
{
  ssize_t n = tally_read(dir, deaths, max) ;
  if (n >= 0) return n ;
  if (errno != ENOENT && errno != EBADMSG) strerr_diefusys(EXITCODE_SYSTEM, "read the death tally of ", dir) ;
  if (!tally_clear(dir)) strerr_diefusys(EXITCODE_SYSTEM, "repair the death tally of ", dir) ;
  return 0 ;
}

static void append (char const *s, size_t len)
{
  if (buffer_put(buffer_1, s, len) < (ssize_t)len) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

static void append_number (unsigned int n)
{
  char fmt[UINT_FMT] ;
  append(fmt, uint_fmt(fmt, n)) ;
}

 /* Signals that have no name are SIG and their number, as s6-permafailon takes them. */

static void append_signal (unsigned int sig)
{
  char const *name = sig_name((int)sig) ;
  append("SIG", 3) ;
  if (sig_number(name) == (int)sig) append(name, strlen(name)) ;
  else append_number(sig) ;
}

static void print (struct tally_death const *d, int asnumbers)
{
  char stamp[TIMESTAMP] ;
  append(stamp, timestamp_fmt(stamp, &d->when)) ;
  if (!d->sig)
  {
    append(" exitcode ", 10) ;
    append_number(d->code) ;
  }
  else
  {
    append(" signal ", 8) ;
    if (asnumbers) append_number(d->sig) ;
    else append_signal(d->sig) ;
  }
  append("\n", 1) ;
}

int main (int argc, char const *const *argv)
{
  static struct tally_death deaths[TALLY_MOST] ;
  subgetopt l = SUBGETOPT_ZERO ;
  int asnumbers = 0 ;
  unsigned int max = TALLY_MOST ;
  ssize_t n ;
  PROG = "s6-svdt" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "Ssn:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'S' : asnumbers = 0 ; break ;
      case 's' : asnumbers = 1 ; break ;
      case 'n' : if (!uint0_scan(l.arg, &max)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0]) dieusage() ;
  chain_cover_standard() ;
  n = read_or_repair(argv[0], deaths, max) ;
  for (ssize_t i = 0 ; i < n ; i++) print(deaths + i, asnumbers) ;
  if (!buffer_flush(buffer_1)) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
  return EXITCODE_OK ;
}
