/* ISC license. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/uint32.h>

#include "libfdholderd/describe.h"
#include "libfdholderd/describe-internal.h"

enum { PROC_PATH_MAX = 64, FDINFO_MAX = 1024 } ;

 /* What /proc says where it is: the path, or a name that the kernel has made. */

static void read_link (struct description *d, int fd)
{
  char path[PROC_PATH_MAX] ;
  ssize_t r ;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", fd) ;
  r = readlink(path, d->address, sizeof(d->address) - 1) ;
  d->address[r < 0 ? 0 : r] = 0 ;
}

static int begins (char const *s, char const *with)
{
  return !strncmp(s, with, strlen(with)) ;
}

 /* Of a process, by a descriptor of it: its id, in our process id namespace; or
    none, when it has ended or is in no namespace of ours. */

static void find_pid (struct description *d, int fd)
{
  char s[FDINFO_MAX] ;
  char const *line ;
  ssize_t r ;
  uint32_t pid ;
  int info ;
  snprintf(s, sizeof(s), "/proc/self/fdinfo/%d", fd) ;
  d->address[0] = 0 ;
  info = open(s, O_RDONLY | O_CLOEXEC) ;
  if (info < 0) return ;
  r = read(info, s, sizeof(s) - 1) ;
  close(info) ;
  if (r <= 0) return ;
  s[r] = 0 ;
  line = strstr(s, "\nPid:\t") ;
  if (line && uint32_scan(line + 6, &pid) && pid) describe_number(d->address, pid) ;
}

static void describe_nameless (struct description *d, int fd)
{
  strcpy(d->kind, "anon") ;  /* words all fit */
  if (begins(d->address, "anon_inode:[eventfd]")) strcpy(d->kind, "eventfd") ;
  if (begins(d->address, "anon_inode:[pidfd]") || begins(d->address, "pidfd:["))
  {
    strcpy(d->kind, "pidfd") ;
    find_pid(d, fd) ;
  }
  else if (begins(d->address, "anon_inode:")) memmove(d->address, d->address + 11, strlen(d->address + 11) + 1) ;
}

 /* The kernel says "/memfd:NAME (deleted)". */

static void describe_file (struct description *d)
{
  size_t len = strlen(d->address) ;
  strcpy(d->kind, "file") ;
  if (!begins(d->address, "/memfd:")) return ;
  strcpy(d->kind, "memfd") ;
  if (len > 10 && !strcmp(d->address + len - 10, " (deleted)")) d->address[len - 10] = 0 ;
  memmove(d->address, d->address + 7, strlen(d->address + 7) + 1) ;
}

static void describe_mode (struct description *d, int fd)
{
  int flags = fcntl(fd, F_GETFL) ;
  if (flags == -1) return ;
  switch (flags & O_ACCMODE)
  {
    case O_RDONLY : strcpy(d->state, "read") ; break ;
    case O_WRONLY : strcpy(d->state, "write") ; break ;
    case O_RDWR : strcpy(d->state, "both") ; break ;
    default : break ;
  }
}

 /* Pipes without a name are all in one file system, which has nothing else. */

static int is_among_pipes (struct stat const *st)
{
  struct stat pipes ;
  int fd[2] ;
  int r ;
  if (pipe2(fd, O_CLOEXEC) == -1) return 1 ;  /* most are */
  r = !describe_look(&pipes, fd[0]) || pipes.st_dev == st->st_dev ;
  close(fd[0]) ;
  close(fd[1]) ;
  return r ;
}

 /* The link of one that has a name need not be there: without /proc, or where
    its path is too long. */

static void describe_pipe (struct description *d, struct stat const *st)
{
  if (d->address[0] ? begins(d->address, "pipe:[") : is_among_pipes(st))
  {
    strcpy(d->kind, "pipe") ;
    d->address[0] = 0 ;
  }
  else strcpy(d->kind, "fifo") ;
}

static void describe_other (struct description *d, int fd, struct stat const *st)
{
  read_link(d, fd) ;
  if (S_ISREG(st->st_mode)) describe_file(d) ;
  else if (S_ISDIR(st->st_mode)) strcpy(d->kind, "directory") ;
  else if (S_ISCHR(st->st_mode) || S_ISBLK(st->st_mode)) strcpy(d->kind, "device") ;
  else if (S_ISFIFO(st->st_mode)) describe_pipe(d, st) ;
  else describe_nameless(d, fd) ;
  describe_mode(d, fd) ;
}

void describe_fd (struct description *d, int fd, int issocket, struct describe_listeners const *l, enum describe_depth depth)
{
  struct stat st ;
  d->kind[0] = d->state[0] = d->queue[0] = d->backlog[0] = d->address[0] = 0 ;
  if (issocket) describe_socket(d, fd, l, depth) ;
  else if (describe_look(&st, fd)) describe_other(d, fd, &st) ;
}
