/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libchain/waiting.h"
#include "libdaemon/svlock.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervised.h"
#include "libsupervise/svcontrol.h"
#include "libsupervise/svpair.h"

#define USAGE "s6-svlink [ -d | -D ] [ -f ] [ -P ] [ -t timeout ] scandir servicedir [ name ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { DOWN_MODE = 0666, EXECUTABLE = 0111 } ;

enum down
{
  DOWN_NOT,  /* as the file says that is there, or is not */
  DOWN_AT_FIRST,
  DOWN_TO_STAY
} ;

struct options
{
  enum down down ;
  int isforced ;
  gid_t listeners ;
  unsigned int timeout ;
} ;

 /* What has been done, and is undone if the rest fails. */

struct deed
{
  struct svpair pair ;
  int hasdown[SVPAIR_MAX] ;  /* there is one to be removed */
  int ismade[SVPAIR_MAX] ;  /* we have made it */
  char link[SERVICEPATH_MAX] ;  /* empty: none was made */
  char control[SERVICEPATH_MAX] ;  /* svscan's */
  int istold ;  /* svscan */
} ;

static void remove_down (struct svpair const *p, unsigned int i)
{
  char path[SERVICEPATH_MAX] ;
  if (servicepath(path, p->dirs[i], SERVICE_DOWN)) unlink(path) ;
}

 /* svscan must know that the link is gone, or it would start them again. */

static void recall (struct deed *d)
{
  char path[SERVICEPATH_MAX] ;
  svcontrol_send(d->control, "a", 1) ;
  for (unsigned int i = 0 ; i < d->pair.nawaited ; i++)
    if (servicepath(path, d->pair.dirs[d->pair.awaited[i]], SERVICE_CONTROL))
      svcontrol_send(path, d->pair.awaited[i] ? "xo" : "xd", 2) ;
}

static void undo (struct deed *d)
{
  int e = errno ;
  if (d->link[0]) unlink(d->link) ;
  if (d->istold) recall(d) ;
  for (unsigned int i = 0 ; i < d->pair.n ; i++) if (d->ismade[i]) remove_down(&d->pair, i) ;
  svpair_end(&d->pair) ;
  errno = e ;
}

 /* All that is the matter with a directory is told before anything is done. */

static void check_run (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  struct stat st ;
  if (!servicepath(path, dir, "run") || stat(path, &st) == -1) strerr_diefusys(EXITCODE_SYSTEM, "look at ", dir, "/run") ;
  if (!S_ISREG(st.st_mode) || !(st.st_mode & EXECUTABLE)) strerr_dief(EXITCODE_USAGE, path, " is not executable") ;
}

static void check_service (struct svpair *p, char const *dir)
{
  check_run(dir) ;
  if (!svpair_find(p, dir))
  {
    if (errno == ENOTDIR) strerr_dief(EXITCODE_USAGE, dir, "/log is not a directory") ;
    strerr_diefusys(EXITCODE_SYSTEM, "look at ", dir, "/log") ;
  }
  if (p->n > 1) check_run(p->dirs[1]) ;
}

static void check_scan (char const *scandir, struct deed *d)
{
  char lock[SERVICEPATH_MAX] ;
  int r = servicepath(lock, scandir, SCAN_LOCK) && servicepath(d->control, scandir, SCAN_CONTROL) ? svlock_istaken(lock) : -1 ;
  if (r < 0) strerr_diefusys(EXITCODE_SYSTEM, "look at ", scandir, "/", SCAN_LOCK) ;
  if (!r) strerr_dief(EXITCODE_DENIED, "s6-svscan is not running on ", scandir) ;
}

 /* One that is there is touched: it counts for who comes after a supervisor that was killed if
    it is newer than what that one was told. */

static int make_down (struct deed *d, unsigned int i)
{
  char path[SERVICEPATH_MAX] ;
  int fd = -1 ;
  if (!servicepath(path, d->pair.dirs[i], SERVICE_DOWN)) return 0 ;
  fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NONBLOCK | O_CLOEXEC | O_NOCTTY, DOWN_MODE) ;
  if (fd < 0 && errno != EEXIST) return 0 ;
  if (fd < 0 && utimensat(AT_FDCWD, path, 0, 0) == -1 && errno != ENOENT)
    strerr_warnwu3sys("touch ", path, ", which may be passed over if a supervisor of that service was killed") ;
  d->hasdown[i] = 1 ;
  d->ismade[i] = fd >= 0 ;
  if (fd >= 0) fd_close(fd) ;
  return 1 ;
}

static int prepare (struct deed *d, unsigned int i, struct options const *o)
{
  char event[SERVICEPATH_MAX] ;
  int r = supervised(d->pair.dirs[i]) ;
  if (r < 0) return 0 ;
  if (r)
  {
    strerr_warnw("there is a supervisor already on ", d->pair.dirs[i]) ;
    return 1 ;
  }
  return (o->down == DOWN_NOT || make_down(d, i))
    && servicepath(event, d->pair.dirs[i], SERVICE_EVENT)
    && fifodir_make(event, o->listeners, o->isforced)
    && svpair_listen(&d->pair, i, "s") ;
}

 /* A service that is supervised may be there under that name: whose it is, is not asked. */

static int make_link (struct deed *d, char const *scandir, char const *name, char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  char *whole = realpath(dir, 0) ;
  int ok = whole && servicepath(path, scandir, name) && symlink(whole, path) == 0 ;
  int e = errno ;
  free(whole) ;
  if (ok) strcpy(d->link, path) ;
  else if (e == EEXIST) ok = supervised(d->pair.dirs[0]) == 1 ;
  errno = e ;
  return ok ;
}

static int act (struct deed *d, char const *scandir, char const *name, char const *dir, struct options const *o)
{
  tain deadline ;
  waiting_deadline(&deadline, o->timeout) ;
  for (unsigned int i = 0 ; i < d->pair.n ; i++) if (!prepare(d, i, o)) return 0 ;
  if (!make_link(d, scandir, name, dir) || !svcontrol_send(d->control, "a", 1)) return 0 ;
  d->istold = 1 ;
  return svpair_await(&d->pair, 1, &deadline) ;
}

 /* The last part of the path, slashes at its end aside. */

static char const *name_of (char const *dir)
{
  size_t len = strlen(dir), from ;
  char *name ;
  while (len && dir[len - 1] == '/') len-- ;
  for (from = len ; from && dir[from - 1] != '/' ; from--) ;
  name = strndup(dir + from, len - from) ;
  if (!name) strerr_diefusys(EXITCODE_SYSTEM, "allocate") ;
  return name ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "dDfPt:", l) ;
    if (opt == -1) return ;
    switch (opt)
    {
      case 'd' : o->down = DOWN_AT_FIRST ; break ;
      case 'D' : o->down = DOWN_TO_STAY ; break ;
      case 'f' : o->isforced = 1 ; break ;
      case 'P' : o->listeners = FIFODIR_ANYBODY ; break ;
      case 't' : if (!uint0_scan(l->arg, &o->timeout)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  static struct deed d ;
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .down = DOWN_NOT, .listeners = getegid() } ;
  char const *name ;
  PROG = "s6-svlink" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  argv += l.ind ;
  if (!argv[0] || !argv[1]) dieusage() ;
  name = argv[2] ? argv[2] : name_of(argv[1]) ;
  if (!servicepath_isname(name)) strerr_dief(EXITCODE_USAGE, "not a name of a service: ", name) ;
  chain_cover_standard() ;
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  check_service(&d.pair, argv[1]) ;
  check_scan(argv[0], &d) ;
  if (!act(&d, argv[0], name, argv[1], &o))
  {
    undo(&d) ;
    strerr_diefusys(errno == ETIMEDOUT ? EXITCODE_NOTHING : EXITCODE_SYSTEM, "link ", argv[1], " into ", argv[0], " as ", name) ;
  }
  if (o.down == DOWN_AT_FIRST) svpair_await_status(&d.pair) ;
  svpair_end(&d.pair) ;
  if (o.down == DOWN_AT_FIRST)
    for (unsigned int i = 0 ; i < d.pair.n ; i++) if (d.hasdown[i]) remove_down(&d.pair, i) ;
  return EXITCODE_OK ;
}
