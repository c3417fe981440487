/* ISC license. */

/* Looking into the daemon from outside. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <skalibs/djbunix.h>

#include "procstatus.h"
#include "tap.h"
#include "testdaemon.h"

enum { CHILDREN_MAX = 16, SETTLED_SECONDS = 5 } ;

 /* Does it sleep, or wait for what is stuck? */

static int is_asleep (long pid)
{
  char path[64], state = 0 ;
  FILE *file ;
  snprintf(path, sizeof(path), "/proc/%ld/stat", pid) ;
  file = fopen(path, "r") ;
  if (!file) return 1 ;
  if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1) state = 0 ;
  fclose(file) ;
  return state == 'S' || state == 'D' || state == 'Z' || state == 'T' ;
}

unsigned int testdaemon_children (struct testdaemon const *d, pid_t *children, unsigned int max)
{
  char path[64] ;
  unsigned int n = 0 ;
  long pid ;
  FILE *file ;
  snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)d->pid, (int)d->pid) ;
  file = fopen(path, "r") ;
  if (!file) return 0 ;
  while (n < max && fscanf(file, "%ld", &pid) == 1) children[n++] = (pid_t)pid ;
  fclose(file) ;
  return n ;
}

 /* Is nothing under way, in the daemon and in its helpers that close? Who was
    asked to do something is awake from then on. Counts how often they have
    gone to sleep until now. */

static int is_at_rest (struct testdaemon const *d, long *sleeps)
{
  pid_t all[CHILDREN_MAX + 1] ;
  unsigned int n = testdaemon_children(d, all + 1, CHILDREN_MAX) + 1 ;
  all[0] = d->pid ;
  *sleeps = 0 ;
  while (n--)
  {
    if (!is_asleep(all[n])) return 0 ;
    *sleeps += procstatus(all[n], "voluntary_ctxt_switches") ;
  }
  return 1 ;
}

 /* A helper naps for four milliseconds, closes a number of what has come
    meanwhile, and naps again. */

void testdaemon_rest (struct testdaemon const *d)
{
  double begun = test_seconds() ;
  long before = 0, now ;
  int wasatrest = 0 ;
  for (;; before = now)
  {
    int isatrest = is_at_rest(d, &now) ;
    if ((isatrest && wasatrest && now == before) || test_seconds() - begun > 0.5) return ;
    wasatrest = isatrest ;
    test_sleep(isatrest ? 8 : 1) ;
  }
}

void testdaemon_each_fd (struct testdaemon const *d, testdaemon_fd_func *f, void *data)
{
  char path[64] ;
  struct dirent *entry ;
  DIR *dir ;
  snprintf(path, sizeof(path), "/proc/%d/fd", (int)d->pid) ;
  dir = opendir(path) ;
  if (!dir) tap_bail(path) ;
  while ((entry = readdir(dir)))
  {
    struct stat st ;
    if (entry->d_name[0] == '.') continue ;
    if (!fstatat(dirfd(dir), entry->d_name, &st, 0)) (*f)(atoi(entry->d_name), &st, data) ;
  }
  closedir(dir) ;
}

static void count_one (int fd, struct stat const *st, void *data)
{
  (void)fd ;
  (void)st ;
  ++*(unsigned int *)data ;
}

unsigned int testdaemon_count_fds (struct testdaemon const *d)
{
  unsigned int n = 0 ;
  testdaemon_rest(d) ;
  testdaemon_each_fd(d, &count_one, &n) ;
  return n ;
}

struct staying
{
  pid_t pid ;
  unsigned int n ;
} ;

static void count_if_staying (int fd, struct stat const *st, void *data)
{
  struct staying *s = data ;
  char path[64], text[256] ;
  char const *flags ;
  size_t len ;
  (void)st ;
  if (fd < 3) return ;
  snprintf(path, sizeof(path), "/proc/%d/fdinfo/%d", (int)s->pid, fd) ;
  len = openreadnclose(path, text, sizeof(text) - 1) ;
  text[len] = 0 ;
  flags = strstr(text, "flags:") ;
  if (!flags) tap_bail(path) ;
  s->n += !(strtol(flags + strlen("flags:"), 0, 8) & O_CLOEXEC) ;
}

unsigned int testdaemon_count_staying (struct testdaemon const *d)
{
  struct staying s = { .pid = d->pid } ;
  testdaemon_rest(d) ;
  testdaemon_each_fd(d, &count_if_staying, &s) ;
  return s.n ;
}

struct search
{
  struct stat wanted ;
  unsigned int found ;
} ;

static void compare_one (int fd, struct stat const *st, void *data)
{
  struct search *s = data ;
  (void)fd ;
  if (st->st_dev == s->wanted.st_dev && st->st_ino == s->wanted.st_ino) s->found++ ;
}

unsigned int testdaemon_count_file (struct testdaemon const *d, int fd)
{
  struct search s = { .found = 0 } ;
  if (fstat(fd, &s.wanted) == -1) tap_bail("fstat") ;
  testdaemon_rest(d) ;
  testdaemon_each_fd(d, &compare_one, &s) ;
  return s.found ;
}

unsigned int testdaemon_settled_file (struct testdaemon const *d, int fd, unsigned int wanted)
{
  double begun = test_seconds() ;
  unsigned int n ;
  do n = testdaemon_count_file(d, fd) ;
  while (n != wanted && test_seconds() - begun < SETTLED_SECONDS) ;
  return n ;
}

long testdaemon_resident (struct testdaemon const *d)
{
  return procstatus(d->pid, "VmRSS") ;
}

long testdaemon_naps (struct testdaemon const *d)
{
  return procstatus(d->pid, "voluntary_ctxt_switches") ;
}

struct shrinking
{
  int pidfd ;
  unsigned int done ;
} ;

static void shrink_one (int fd, struct stat const *st, void *data)
{
#ifdef SYS_pidfd_getfd
  struct shrinking *s = data ;
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  int smallest = 1 ;
  int ours ;
  if (!S_ISSOCK(st->st_mode)) return ;
  ours = (int)syscall(SYS_pidfd_getfd, s->pidfd, fd, 0) ;
  if (ours == -1) return ;
  if (!getpeername(ours, (struct sockaddr *)&address, &len)
   && !setsockopt(ours, SOL_SOCKET, SO_SNDBUF, &smallest, sizeof(smallest))) s->done++ ;
  close(ours) ;
#else
  (void)fd ;
  (void)st ;
  (void)data ;
#endif
}

int testdaemon_shrink_buffers (struct testdaemon const *d)
{
  struct shrinking s = { .pidfd = d->pidfd, .done = 0 } ;
  testdaemon_each_fd(d, &shrink_one, &s) ;
  return !!s.done ;
}

int testfile (void)
{
  int fd = memfd_create("test", MFD_CLOEXEC) ;
  if (fd == -1) tap_bail("memfd_create") ;
  return fd ;
}

int testfile_same (int a, int b)
{
  struct stat x, y ;
  if (a < 0 || b < 0 || fstat(a, &x) == -1 || fstat(b, &y) == -1) return 0 ;
  return x.st_dev == y.st_dev && x.st_ino == y.st_ino ;
}
