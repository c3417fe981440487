/* ISC license. */

/* status-make servicedir pid wstat flags [ changed [ readied [ next ] ] ]: makes
   supervise/status; wstat as wait(2) gives it: 256 is exit code 1, 9 is SIGKILL; since so many
   seconds it is so, and ready, -1 for in a second: 5 and 3. next: supervise/next-start,
   in so many seconds. */

#include <stdint.h>
#include <stdlib.h>
#include <stdio.h>

#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"
#include "libsupervise/wholefile.h"

enum { ARGUMENTS = 5, CHANGED = 5, READIED = 3 } ;

static tain ago (long seconds)
{
  tain when = STAMP ;
  when.sec.x -= (uint64_t)seconds ;
  return when ;
}

static void make_next (char const *dir, long seconds)
{
  char path[4096] ;
  char label[TAIN_PACK] ;
  tain when = ago(-seconds) ;
  tain_pack(label, &when) ;
  snprintf(path, sizeof(path), "%s/supervise/next-start", dir) ;
  if (!wholefile_replace(path, label, sizeof(label))) strerr_diefusys(111, "write ", path) ;
}

int main (int argc, char const *const *argv)
{
  struct svstatus s ;
  PROG = "status-make" ;
  if (argc < ARGUMENTS) strerr_dieusage(100, "status-make servicedir pid wstat flags [ changed [ readied [ next ] ] ]") ;
  if (!tain_wallclock_read(&STAMP)) strerr_diefusys(111, "read the clock") ;
  s.pid = atoi(argv[2]) ;
  s.wstat = (unsigned int)atoi(argv[3]) ;
  s.flags = (unsigned int)atoi(argv[4]) ;
  s.changed = ago(argc > 5 ? atol(argv[5]) : CHANGED) ;
  s.readied = ago(argc > 6 ? atol(argv[6]) : READIED) ;
  if (!svstatus_write(argv[1], &s)) strerr_diefusys(111, "write the status of ", argv[1]) ;
  if (argc > 7) make_next(argv[1], atol(argv[7])) ;
  return 0 ;
}
