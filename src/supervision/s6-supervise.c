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

 /* As its messages begin. A name that would not stay in its line is quoted there. */

static char const *program_name (char const *dir)
{
  static char name[sizeof(PREFIX) + NAME_MAX_BYTES] = PREFIX ;
  char const *s = dir ;
  while ((unsigned char)*s >= ' ' && *s != 0x7f) s++ ;
  if (*s) log_quote(name + sizeof(PREFIX) - 1, dir, strlen(dir)) ;
  else strncat(name, dir, NAME_MAX_BYTES) ;
  return name ;
}

 /* A service may have the name of an option: there is none here. */

static int is_there (char const *dir)
{
  return dir[0] != '-' || access(dir, F_OK) == 0 ;
}

int main (int argc, char const *const *argv, char const *const *envp)
{
  static struct supervisor supervisor ;
  struct log log = LOG_ZERO ;
  char const *what ;
  PROG = "s6-supervise" ;
  if (argc == 2 && !is_there(argv[1])) usage_asked(argc, argv, USAGE) ;
  if (argc < 2 || !argv[1][0]) strerr_dieusage(EXITCODE_USAGE, USAGE) ;
  PROG = program_name(argv[1]) ;
  if (!fd_sanitize()) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (chdir(argv[1]) == -1) strerr_diefusys(EXITCODE_SYSTEM, "change directory to ", PROG + sizeof(PREFIX) - 1) ;
  if (!supervisor_prepare(&supervisor, argv[1], envp, &log, &what))
    strerr_diefusys(errno == EBUSY ? EXITCODE_USAGE : EXITCODE_SYSTEM, what) ;
  if (!supervisor_run(&supervisor)) strerr_diefusys(EXITCODE_SYSTEM, "begin") ;
  return EXITCODE_OK ;
}
