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

#define CGROUPS "/sys/fs/cgroup"

enum { CGROUP_MODE = 0755 } ;

 /* A path that begins with no slash is below the place where cgroups are. 0: none; -1 and
    errno: who knows? */

static int get_cgroup (struct supervisor *s, char *path)
{
  char name[SERVICEPATH_MAX] ;
  int r = servicefiles_path("cgroup", name, s->log) ;
  if (r <= 0) return r ;
  if (name[0] == '/') strcpy(path, name) ;  /* as long as name at most */
  else if (!servicepath(path, CGROUPS, name)) return 0 ;
  return 1 ;
}

int supervisor_open_cgroup (struct supervisor *s, int *fd)
{
  char path[SERVICEPATH_MAX] ;
  char processes[SERVICEPATH_MAX] ;
  int r = get_cgroup(s, path) ;
  *fd = -1 ;
  if (r <= 0) return !r ;
  if (mkdir(path, CGROUP_MODE) == -1 && errno != EEXIST) return 0 ;
  if (!servicepath(processes, path, "cgroup.procs")) return 0 ;
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
  char path[SERVICEPATH_MAX] ;
  int r = get_cgroup(s, path) ;
  s->isunclean = 0 ;
  if (!r || (r > 0 && kill_all(path)))
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
  if (servicefiles_isthere("flag-killpg-leftovers", s->log) > 0) kill(-s->machine.status.pid, SIGKILL) ;
}
