/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <limits.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/longoptions.h"
#include "libchain/notifyfd.h"
#include "libchain/usage.h"
#include "libdaemon/svlock.h"
#include "libsupervise/svcontrol.h"
#include "libsvscan/paths.h"
#include "libsvscan/svscan.h"

#define USAGE "s6-svscan [ -C services ] [ -L namelen ] [ -t interval ] [ -d fd ] [ -X fd ] scandir"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { OWN_MODE = 0700, LOCK_MODE = 0600, FIRST_FREE_FD = 3 } ;

struct options
{
  unsigned int services ;
  unsigned int name ;
  unsigned int interval ;
  int ready ;
  int console ;
} ;

static struct longoption const long_options[] =
{
  { .name = "services-max=", .letter = 'C' },
  { .name = "name-max=", .letter = 'L' },
  { .name = "timeout=", .letter = 't' },
  { .name = "notification-fd=", .letter = 'd' },
  { .name = "console-holder=", .letter = 'X' }
} ;

static void scan_number (char const *s, unsigned int *n)
{
  if (!uint0_scan(s, n)) dieusage() ;
}

static void scan_within (char const *s, unsigned int *n, unsigned int min, unsigned int max)
{
  scan_number(s, n) ;
  if (*n < min) *n = min ;
  if (*n > max) *n = max ;
}

 /* Nothing that is started has it, but who is given it. */

static void scan_fd (char const *s, int *fd, char const *option)
{
  unsigned int n ;
  scan_number(s, &n) ;
  if (n < FIRST_FREE_FD) strerr_dief(EXITCODE_USAGE, option, " must be 3 or more") ;
  if (n > INT_MAX || coe((int)n) == -1) strerr_dief(EXITCODE_USAGE, option, " ", s, ": not an open descriptor") ;
  *fd = (int)n ;
}

static int parse (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = longoptions_next(argc, argv, &l, "C:c:L:t:d:X:", long_options, sizeof(long_options) / sizeof(long_options[0])) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'C' :
      case 'c' : scan_within(l.arg, &o->services, SVSCAN_SERVICES_LEAST, SVSCAN_SERVICES_MOST) ; break ;
      case 'L' : scan_within(l.arg, &o->name, SVSCAN_NAME_LEAST, SVSCAN_NAME_MOST) ; break ;
      case 't' : scan_number(l.arg, &o->interval) ; break ;
      case 'd' : scan_fd(l.arg, &o->ready, "-d") ; break ;
      case 'X' : scan_fd(l.arg, &o->console, "-X") ; break ;
      default : dieusage() ;
    }
  }
  if (o->ready >= 0 && o->ready == o->console) strerr_dief(EXITCODE_USAGE, "-d and -X need a descriptor each") ;
  return l.ind ;
}

static void enter (char const *scandir)
{
  if (chdir(scandir) == -1) strerr_diefusys(EXITCODE_SYSTEM, "chdir to ", scandir) ;
  if (mkdir(PATH_OWN, OWN_MODE) == -1 && errno != EEXIST) strerr_diefusys(EXITCODE_SYSTEM, "mkdir ", scandir, "/" PATH_OWN) ;
}

 /* Until the process ends: nobody else looks after the descriptor. */

static void take_lock (char const *scandir)
{
  if (svlock_take(PATH_LOCK, LOCK_MODE) >= 0) return ;
  if (errno == EBUSY) strerr_dief(EXITCODE_USAGE, "another instance of s6-svscan is running on ", scandir) ;
  strerr_diefusys(EXITCODE_SYSTEM, "lock ", scandir, "/" PATH_LOCK) ;
}

int main (int argc, char const *const *argv, char const *const *envp)
{
  static struct svscan s ;
  struct options o = { .services = SVSCAN_SERVICES_USUALLY, .name = SVSCAN_NAME_USUALLY, .ready = -1, .console = -1 } ;
  struct svscan_options options ;
  PROG = "s6-svscan" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse(argc, argv, &o) ;
  if (!argv[0]) dieusage() ;
  if (!fd_sanitize()) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null in the place of a closed descriptor") ;
  enter(argv[0]) ;
  take_lock(argv[0]) ;
  options.services = o.services ;
  options.name = o.name ;
  options.interval = o.interval ;
  options.console = o.console ;
  options.envp = envp ;
  options.control = svcontrol_open(PATH_CONTROL) ;
  if (options.control < 0) strerr_diefusys(EXITCODE_SYSTEM, "open ", argv[0], "/" PATH_CONTROL) ;
  if (!svscan_init(&s, &options)) strerr_diefusys(EXITCODE_SYSTEM, "begin") ;
  notifyfd_tell(o.ready) ;
  return svscan_run(&s) ;
}
