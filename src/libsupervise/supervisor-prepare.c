/* ISC license. */

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/svlock.h"
#include "libfifodir/fifodir.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervisor.h"
#include "libsupervise/svcontrol.h"

enum { SUPERVISE_MODE = 0700, LOCK_MODE = 0644 } ;

 /* Where a symbolic link leads that leads to nothing: what is to be made is made there.
    0: it is none. */

static char const *find_target (char const *name, char *target)
{
  struct stat st ;
  ssize_t r ;
  if (stat(name, &st) == 0 || errno != ENOENT) return 0 ;
  r = readlink(name, target, SERVICEPATH_MAX) ;
  if (r <= 0 || r == SERVICEPATH_MAX) return 0 ;
  target[r] = 0 ;
  return target ;
}

static int make_event (void)
{
  char target[SERVICEPATH_MAX + 1] ;
  char const *where ;
  if (fifodir_make(SERVICE_EVENT, getegid(), 0)) return 1 ;
  where = errno == ENOENT ? find_target(SERVICE_EVENT, target) : 0 ;
  return where && fifodir_make(where, getegid(), 0) ;
}

static int make_supervise (int *isnew)
{
  char target[SERVICEPATH_MAX + 1] ;
  char const *where ;
  struct stat st ;
  *isnew = mkdir(SERVICE_SUPERVISE, SUPERVISE_MODE) == 0 ;
  if (*isnew) return 1 ;
  if (errno != EEXIST) return 0 ;
  where = find_target(SERVICE_SUPERVISE, target) ;
  if (where && mkdir(where, SUPERVISE_MODE) == -1) return 0 ;
  if (stat(SERVICE_SUPERVISE, &st) == -1) return 0 ;
  return S_ISDIR(st.st_mode) || (errno = ENOTDIR, 0) ;
}

static int make_all (struct supervisor *s, char const **what)
{
  int isnew ;
  *what = "make " SERVICE_EVENT ;
  if (!make_event()) return 0 ;
  *what = "make " SERVICE_SUPERVISE ;
  if (!make_supervise(&isnew)) return 0 ;
  *what = "take " SERVICE_LOCK ;
  s->lock = svlock_take(SERVICE_LOCK, LOCK_MODE) ;
  if (s->lock < 0) return 0 ;
  if (!isnew) unlink(SERVICE_NEXT_START) ;  /* of one that was killed */
  *what = "open " SERVICE_CONTROL ;
  s->controlfd = svcontrol_open(SERVICE_CONTROL) ;
  return s->controlfd >= 0 ;
}

int supervisor_prepare (struct supervisor *s, char const *name, char const *const *envp, struct log *log, char const **what)
{
  memset(s, 0, offsetof(struct supervisor, cgroup)) ;  /* that costs memory only where it is used */
  s->lock = s->controlfd = -1 ;
  s->nexttold = s->ending = tain_infinite ;
  s->name = name ;
  s->envp = envp ;
  s->log = log ;
  *what = "read the number of this boot" ;
  return child_init(&s->child) && make_all(s, what) ;
}
