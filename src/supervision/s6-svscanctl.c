/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/svcontrol.h"

#define USAGE "s6-svscanctl [ -zabhitqnN ] scandir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { LETTERS_MAX = 64 } ;

struct letters
{
  char s[LETTERS_MAX] ;
  size_t n ;
} ;

static int parse (int argc, char const *const *argv, struct letters *letters)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "zabhitqnN", &l) ;
    if (opt == -1) return l.ind ;
    if (opt == '?') dieusage() ;
    if (letters->n == LETTERS_MAX) strerr_dief(EXITCODE_USAGE, "too many orders: 64 at most") ;
    letters->s[letters->n++] = (char)opt ;
  }
}

 /* No fifo in a directory that is there: nobody was ever at work in it. */

static int is_nobody_there (char const *scandir)
{
  return errno == ENXIO || (errno == ENOENT && access(scandir, F_OK) == 0) ;
}

int main (int argc, char const *const *argv)
{
  struct letters letters = { .n = 0 } ;
  char path[SERVICEPATH_MAX] ;
  PROG = "s6-svscanctl" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse(argc, argv, &letters) ;
  if (!argv[0]) dieusage() ;
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  if (servicepath(path, argv[0], SCAN_CONTROL) && svcontrol_send(path, letters.s, letters.n)) return EXITCODE_OK ;
  if (is_nobody_there(argv[0])) strerr_dief(EXITCODE_USAGE, "no s6-svscan is running on ", argv[0]) ;
  strerr_diefusys(EXITCODE_SYSTEM, "write to ", argv[0], "/" SCAN_CONTROL) ;
}
