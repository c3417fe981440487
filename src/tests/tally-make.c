/* ISC license. */

/* tally-make servicedir [ seconds:status... ]: makes supervise/death_tally of deaths so many
   seconds ago, -1 for one in a second; status as wait(2) gives it: 256 is exit code 1, 9 is SIGKILL. */

#include <stdint.h>
#include <stdlib.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libsupervise/tally.h"

static void add (char const *dir, char const *s)
{
  struct tally_death d ;
  char *end ;
  long seconds = strtol(s, &end, 10) ;
  tain when = STAMP ;
  if (*end != ':') strerr_dief(100, "not a death: ", s) ;
  when.sec.x -= (uint64_t)seconds ;
  tally_death(&d, &when, atoi(end + 1)) ;
  if (!tally_add(dir, &d, TALLY_MOST)) strerr_diefusys(111, "add to the tally of ", dir) ;
}

int main (int argc, char const *const *argv)
{
  PROG = "tally-make" ;
  if (argc < 2) strerr_dieusage(100, "tally-make servicedir [ seconds:status... ]") ;
  if (!tain_wallclock_read(&STAMP)) strerr_diefusys(111, "read the clock") ;
  if (!tally_clear(argv[1])) strerr_diefusys(111, "clear the tally of ", argv[1]) ;
  for (int i = 2 ; i < argc ; i++) add(argv[1], argv[i]) ;
  return 0 ;
}
