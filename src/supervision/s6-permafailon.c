/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <sys/types.h>

#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/tally.h"

#define USAGE "s6-permafailon seconds count events prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum
{
  CODES = 256,
  EVENT_MAX = 31,  /* bytes of one of them */
  EXITCODE_PERMANENT = 125  /* to the supervisor: s6-supervise(8) */
} ;

static char const separators[] = ", ;\t\r\n" ;
static char const digits[] = "0123456789" ;

 /* A code and a signal may both be looked for in one death: 137 is one of kill -9. */

struct events
{
  uint8_t codes[CODES] ;
  uint8_t signals[CODES] ;
} ;

static void add_codes (struct events *e, char const *s)
{
  unsigned int from, to ;
  size_t len = uint_scan(s, &from) ;
  if (!len) strerr_dief(EXITCODE_USAGE, "not an exit code: ", s) ;
  to = from ;
  if (s[len] && (s[len] != '-' || !uint0_scan(s + len + 1, &to))) strerr_dief(EXITCODE_USAGE, "not an exit code, nor two of them: ", s) ;
  if (from > to || to >= CODES) strerr_dief(EXITCODE_USAGE, "no such exit codes: ", s) ;
  for (; from <= to ; from++) e->codes[from] = 1 ;
}

static void add_event (struct events *e, char const *s, size_t len)
{
  char event[EVENT_MAX + 1] ;
  int sig ;
  if (len > EVENT_MAX) strerr_dief(EXITCODE_USAGE, "not an event: ", s) ;
  memcpy(event, s, len) ;
  event[len] = 0 ;
  if (len && strchr(digits, event[0]))
  {
    add_codes(e, event) ;
    return ;
  }
  sig = servicefiles_scansignal(event) ;
  if (!sig) strerr_dief(EXITCODE_USAGE, "neither an exit code nor a signal: ", event) ;
  e->signals[sig] = 1 ;
}

static void parse (struct events *e, char const *s)
{
  while (*s)
  {
    size_t len = strcspn(s, separators) ;
    add_event(e, s, len) ;
    s += len ;
    s += strspn(s, separators) ;
  }
}

 /* Deaths that the clock has not come to yet count. */

static int is_recent (struct tally_death const *d, unsigned int seconds)
{
  tain age ;
  tain_sub(&age, &STAMP, &d->when) ;
  return !tain_less(&d->when, &STAMP) || age.sec.x < seconds || (age.sec.x == seconds && !age.nano) ;
}

static void fail (struct tally_death const *d, char const *count, char const *seconds)
{
  char fmt[UINT_FMT] ;
  fmt[uint_fmt(fmt, d->sig ? d->sig : d->code)] = 0 ;
  strerr_warni("PERMANENT FAILURE triggered after ", count, " events involving ",
    d->sig ? "signal " : "exit code ", fmt, " in the last ", seconds, " seconds") ;
  _exit(EXITCODE_PERMANENT) ;
}

static struct tally_death const *find (struct events const *e, unsigned int seconds, unsigned int count)
{
  static struct tally_death deaths[TALLY_MOST] ;
  ssize_t n = tally_read(".", deaths, TALLY_MOST) ;
  if (n < 0) strerr_warnwusys("read ", SERVICE_TALLY) ;
  for (ssize_t i = 0 ; i < n ; i++)
    if ((e->codes[deaths[i].code] || e->signals[deaths[i].sig]) && is_recent(deaths + i, seconds) && !--count) return deaths + i ;
  return 0 ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct events events = { .codes = { 0 } } ;
  struct tally_death const *last ;
  unsigned int seconds, count ;
  PROG = "s6-permafailon" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0] || !uint0_scan(argv[0], &seconds)) dieusage() ;
  if (!argv[1] || !uint0_scan(argv[1], &count) || !count) dieusage() ;
  if (!argv[2] || !chain_isprogram(argv + 3)) dieusage() ;
  parse(&events, argv[2]) ;
  chain_cover_standard() ;
  if (!tain_wallclock_read(&STAMP)) strerr_diefusys(EXITCODE_SYSTEM, "read the clock") ;
  last = find(&events, seconds, count) ;
  if (last) fail(last, argv[1], argv[0]) ;
  xexec(argv + 3) ;
}
