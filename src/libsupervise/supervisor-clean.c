/* ISC license. */

 /* What a service may leave behind: processes in its group, or in its cgroup. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libdaemon/shortage.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/supervisor-internal.h"
#include "libsupervise/wholefile.h"

#define CGROUPS "/sys/fs/cgroup"

enum { CGROUP_MODE = 0755, EVENTS_MAX = 255 } ;

 /* A path that begins with no slash is below the place where cgroups are. 0: none; -1 and
    errno: who knows? Run is not started elsewhere because that could never be read. */

static int get_cgroup (struct supervisor *s)
{
  char name[SERVICEPATH_MAX] ;
  int r = servicefiles_path("cgroup", name, s->log) ;
  if (r < 0) return r ;
  if (r == SERVICEFILES_KEPT)
  {
    if (!(s->known & 1u << FILE_CGROUP)) return (errno = EIO, -1) ;
    return !!supervisor_recall(s, FILE_CGROUP, r, 0) ;
  }
  if (r && name[0] == '/') strcpy(s->cgroup, name) ;  /* as long as name at most */
  else if (r) r = servicepath(s->cgroup, CGROUPS, name) ;
  return (int)supervisor_recall(s, FILE_CGROUP, r, (unsigned int)r) ;
}

 /* Who moves to a frozen cgroup stops there, before he executes, and we would wait for
    that. One that is frozen in this very moment still has us wait. */

static int is_frozen (char const *cgroup)
{
  char path[SERVICEPATH_MAX] ;
  char s[EVENTS_MAX + 1] ;
  ssize_t r = servicepath(path, cgroup, "cgroup.events") ? wholefile_read(path, s, EVENTS_MAX, 0) : -1 ;
  if (r < 0) return 0 ;  /* older kernels have it not */
  s[r] = 0 ;
  return !!strstr(s, "frozen 1") ;
}

int supervisor_open_cgroup (struct supervisor *s, int *fd)
{
  char processes[SERVICEPATH_MAX] ;
  int r = get_cgroup(s) ;
  *fd = -1 ;
  if (r <= 0) return !r ;
  if (mkdir(s->cgroup, CGROUP_MODE) == -1 && errno != EEXIST) return 0 ;
  if (is_frozen(s->cgroup)) return (errno = EBUSY, 0) ;
  if (!servicepath(processes, s->cgroup, "cgroup.procs")) return 0 ;
  *fd = open(processes, O_WRONLY | O_CLOEXEC | O_NOCTTY) ;
  return *fd >= 0 ;
}

static int kill_all (char const *cgroup)
{
  char path[SERVICEPATH_MAX] ;
  int fd = servicepath(path, cgroup, "cgroup.kill") ? open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY) : -1 ;
  int ok = fd >= 0 && write(fd, "1", 1) == 1 ;
  int e = errno ;
  if (fd >= 0) fd_close(fd) ;
  return (errno = e, ok) ;
}

 /* For a shortage it is done later, as long as there is no other run in there. */

void supervisor_clean (struct supervisor *s)
{
  int r = get_cgroup(s) ;
  s->isunclean = 0 ;
  if (!r || (r > 0 && kill_all(s->cgroup)))
  {
    supervisor_isfine(s, TROUBLE_CGROUP) ;
    return ;
  }
  supervisor_complain(s, TROUBLE_CGROUP, "kill what is left in the cgroup") ;
  s->isunclean = !!is_shortage(errno) ;
  if (s->isunclean) supervisor_put_off(s) ;
}

void supervisor_kill_leftovers (struct supervisor *s)
{
  int r = servicefiles_isthere("flag-killpg-leftovers", s->log) ;
  if (supervisor_recall(s, FILE_LEFTOVERS, r, r == 1)) kill(-s->machine.status.pid, SIGKILL) ;
}
