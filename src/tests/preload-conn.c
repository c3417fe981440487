/* ISC license. */

 /*
   A shim for the tests of the connection tools (LD_PRELOAD).

   FAIL_CALL    accept4, posix_spawn or getsockopt (of SO_PEERCRED)
   FAIL_ERRNO   with this errno
   FAIL_COUNT   so many times; without it, always
   FAIL_AFTER   but not the first so many times
   WAIT_ENDED   posix_spawn returns only when the child has ended
   COUNT_FILE   every failure adds a byte to this file
   MODE_FILE    bind: the mode and owner that a path has at the moment that it
                is there, in octal, are written to this file
 */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

static void add_byte (void)
{
  char const *file = getenv("COUNT_FILE") ;
  int fd = file ? open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666) : -1 ;
  if (fd == -1) return ;
  if (write(fd, "x", 1) == -1) _exit(111) ;
  close(fd) ;
}

 /* The errno to fail with, or 0. */

static int must_fail (char const *call)
{
  static int calls = 0 ;
  static int failures = 0 ;
  char const *name = getenv("FAIL_CALL") ;
  char const *count = getenv("FAIL_COUNT") ;
  char const *after = getenv("FAIL_AFTER") ;
  char const *number = getenv("FAIL_ERRNO") ;
  if (!name || strcmp(name, call)) return 0 ;
  if (after && calls++ < atoi(after)) return 0 ;
  if (count && failures >= atoi(count)) return 0 ;
  failures++ ;
  add_byte() ;
  return number ? atoi(number) : EIO ;
}

int accept4 (int fd, struct sockaddr *address, socklen_t *len, int flags)
{
  int (*real) (int, struct sockaddr *, socklen_t *, int) = (int (*) (int, struct sockaddr *, socklen_t *, int))dlsym(RTLD_NEXT, "accept4") ;
  int e = must_fail("accept4") ;
  if (e) return (errno = e, -1) ;
  return (*real)(fd, address, len, flags) ;
}

int getsockopt (int fd, int level, int name, void *value, socklen_t *len)
{
  int (*real) (int, int, int, void *, socklen_t *) = (int (*) (int, int, int, void *, socklen_t *))dlsym(RTLD_NEXT, "getsockopt") ;
  int e = name == SO_PEERCRED ? must_fail("getsockopt") : 0 ;
  if (e) return (errno = e, -1) ;
  return (*real)(fd, level, name, value, len) ;
}

int posix_spawn (pid_t *pid, char const *path, posix_spawn_file_actions_t const *actions, posix_spawnattr_t const *attributes, char *const *argv, char *const *envp)
{
  int (*real) (pid_t *, char const *, posix_spawn_file_actions_t const *, posix_spawnattr_t const *, char *const *, char *const *) =
    (int (*) (pid_t *, char const *, posix_spawn_file_actions_t const *, posix_spawnattr_t const *, char *const *, char *const *))dlsym(RTLD_NEXT, "posix_spawn") ;
  int e = must_fail("posix_spawn") ;
  siginfo_t info ;
  if (e) return e ;
  e = (*real)(pid, path, actions, attributes, argv, envp) ;
  if (!e && getenv("WAIT_ENDED")) waitid(P_PID, *pid, &info, WEXITED | WNOWAIT) ;
  return e ;
}

int bind (int fd, struct sockaddr const *address, socklen_t len)
{
  int (*real) (int, struct sockaddr const *, socklen_t) = (int (*) (int, struct sockaddr const *, socklen_t))dlsym(RTLD_NEXT, "bind") ;
  int r = (*real)(fd, address, len) ;
  int e = errno ;
  char const *file = getenv("MODE_FILE") ;
  struct stat st ;
  if (!r && file && address->sa_family == AF_UNIX && !lstat(((struct sockaddr_un const *)address)->sun_path, &st))
  {
    FILE *out = fopen(file, "w") ;
    if (!out) _exit(111) ;
    fprintf(out, "%o %u\n", (unsigned int)st.st_mode & 07777, (unsigned int)st.st_uid) ;
    fclose(out) ;
  }
  errno = e ;
  return r ;
}
