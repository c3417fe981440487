/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/env.h>

#include "libdaemon/launch.h"
#include "libdaemon/spawner.h"
#include "liblogger/logfile.h"

enum { MAGIC_MAX = 4 } ;

static struct { char const *magic ; size_t len ; char const *program ; } const packers[] =
{
  { "\x1f\x8b", 2, "gzip" },
  { "\x28\xb5\x2f\xfd", 4, "zstd" }
} ;

static char const *find_packer (int fd)
{
  char s[MAGIC_MAX] ;
  ssize_t r = pread(fd, s, sizeof(s), 0) ;
  for (size_t i = 0 ; i < sizeof(packers) / sizeof(packers[0]) ; i++)
    if (r >= (ssize_t)packers[i].len && !memcmp(s, packers[i].magic, packers[i].len)) return packers[i].program ;
  return 0 ;
}

static pid_t execute (char const *program, int in, int out)
{
  char const *path = spawner_find(program) ;
  char const *const argv[] = { program, "-dc", 0 } ;
  struct launch l = { .path = path, .argv = argv, .envp = (char const *const *)environ, .n = 2, .before = 0 } ;
  pid_t pid ;
  if (!path) return 0 ;
  if (!path[0]) return (errno = ENOTSUP, 0) ;  /* the file itself is there */
  l.moves[0].from = in ;
  l.moves[0].to = 0 ;
  l.moves[1].from = out ;
  l.moves[1].to = 1 ;
  pid = launch(&l) ;
  free((void *)(uintptr_t)path) ;
  return pid ;
}

static int unpack (struct logfile *x, char const *program)
{
  int p[2] ;
  int e ;
  if (pipecoe(p) == -1) return 0 ;
  x->pid = execute(program, x->fd, p[1]) ;
  e = errno ;
  fd_close(p[1]) ;
  x->unpacked = p[0] ;
  if (x->pid > 0) return 1 ;
  x->pid = 0 ;
  return (errno = e, 0) ;
}

int logfile_begin (struct logfile *x, int fd, int mayunpack)
{
  static struct logfile const zero = LOGFILE_ZERO ;
  char const *program = mayunpack ? find_packer(fd) : 0 ;
  *x = zero ;
  x->fd = fd ;
  if (!program || unpack(x, program)) return 1 ;
  logfile_end(x) ;
  return 0 ;
}

static int wait_for (struct logfile *x)
{
  int wstat = 0 ;
  pid_t r ;
  do r = waitpid(x->pid, &wstat, 0) ;
  while (r == -1 && errno == EINTR) ;
  x->pid = 0 ;
  return r == -1 || (WIFEXITED(wstat) && !WEXITSTATUS(wstat)) ;
}

ssize_t logfile_read (struct logfile *x, char *s, size_t len)
{
  ssize_t r = fd_read(x->unpacked >= 0 ? x->unpacked : x->fd, s, len) ;
  if (!r && x->pid && !wait_for(x)) return (errno = EBADMSG, -1) ;
  return r ;
}

 /* What does not read to the end is ended by its pipe. */

void logfile_end (struct logfile *x)
{
  int e = errno ;
  if (x->unpacked >= 0) fd_close(x->unpacked) ;
  x->unpacked = -1 ;
  if (x->pid) wait_for(x) ;
  if (x->fd >= 0) fd_close(x->fd) ;
  x->fd = -1 ;
  errno = e ;
}
