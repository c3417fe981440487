/* ISC license. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libdaemon/log.h"
#include "libsupervise/supervisor.h"

#define USAGE "s6-supervise dir"
#define PREFIX "s6-supervise "

enum { NAME_MAX_BYTES = 4096 } ;  /* no longer path can be changed to */

int main (int argc, char const *const *argv, char const *const *envp)
{
  static struct supervisor supervisor ;
  struct log log = LOG_ZERO ;
  static char name[sizeof(PREFIX) + NAME_MAX_BYTES] ;
  char const *what ;
  PROG = "s6-supervise" ;
  usage_asked(argc, argv, USAGE) ;
  if (argc < 2 || !argv[1][0]) strerr_dieusage(EXITCODE_USAGE, USAGE) ;
  memcpy(name, PREFIX, sizeof(PREFIX)) ;
  PROG = strncat(name, argv[1], NAME_MAX_BYTES) ;
  if (!fd_sanitize()) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (chdir(argv[1]) == -1) strerr_diefusys(EXITCODE_SYSTEM, "change directory to ", argv[1]) ;
  if (!supervisor_prepare(&supervisor, argv[1], envp, &log, &what))
    strerr_diefusys(errno == EBUSY ? EXITCODE_USAGE : EXITCODE_SYSTEM, what) ;
  if (!supervisor_run(&supervisor)) strerr_diefusys(EXITCODE_SYSTEM, "begin") ;
  return EXITCODE_OK ;
}
