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
  int r = get_cgroup(s, path) ;
  *fd = -1 ;
  if (r <= 0) return !r ;
  if (mkdir(path, CGROUP_MODE) == -1 && errno != EEXIST) return 0 ;
  *fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) ;
  return *fd >= 0 ;
}

void supervisor_clean (struct supervisor *s)
{
  char path[SERVICEPATH_MAX] ;
  char kill_file[SERVICEPATH_MAX] ;
  int fd ;
  if (get_cgroup(s, path) <= 0 || !servicepath(kill_file, path, "cgroup.kill")) return ;
  fd = open(kill_file, O_WRONLY | O_CLOEXEC | O_NOCTTY) ;
  if (fd >= 0 && write(fd, "1", 1) == 1) supervisor_isfine(s, TROUBLE_CGROUP) ;
  else supervisor_complain(s, TROUBLE_CGROUP, "kill what is left in the cgroup") ;
  if (fd >= 0) fd_close(fd) ;
}

void supervisor_kill_leftovers (struct supervisor *s)
{
  if (servicefiles_isthere("flag-killpg-leftovers", s->log) > 0) kill(-s->machine.status.pid, SIGKILL) ;
}
