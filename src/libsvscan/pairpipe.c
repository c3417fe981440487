/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "libdaemon/shortage.h"
#include "libsvscan/pairpipe.h"
#include "libsvscan/paths.h"

#define PREFIX "pipe:"

enum
{
  MODE = 0600,
  PATH_SIZE = sizeof(PATH_OWN "/" PREFIX) + 2 * 16 + 1  /* two numbers of 64 bits, and what is between them */
} ;

static void name (char *s, dev_t dev, ino_t ino)
{
  snprintf(s, PATH_SIZE, PATH_OWN "/" PREFIX "%jx:%jx", (uintmax_t)dev, (uintmax_t)ino) ;
}

 /* Without space for a name, or on a disk that may not be changed, there is none. */

static int is_short (int e)
{
  return is_shortage(e) && e != ENOSPC && e != EDQUOT && e != EROFS ;
}

static void close_both (int fd[2])
{
  int e = errno ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    if (fd[i] >= 0) fd_close(fd[i]) ;
    fd[i] = -1 ;
  }
  errno = e ;
}

 /* A third open file, for both directions, is there while the two are opened: so none of
    these has to wait for the other, and O_NONBLOCK is never set. */

static int open_named (int fd[2], char const *path)
{
  struct stat st ;
  int both ;
  fd[0] = fd[1] = -1 ;
  if (mkfifo(path, MODE) == -1 && errno != EEXIST) return 0 ;
  if (lstat(path, &st) == -1) return 0 ;
  if (!S_ISFIFO(st.st_mode)) return (errno = EEXIST, 0) ;
  both = open(path, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) ;
  if (both < 0) return 0 ;
  fd[0] = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC) ;
  if (fd[0] >= 0) fd[1] = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC) ;
  if (fd[1] < 0) close_both(fd) ;
  fd_close(both) ;
  return fd[1] >= 0 ;
}

int pairpipe_open (int fd[2], dev_t dev, ino_t ino)
{
  char path[PATH_SIZE] ;
  name(path, dev, ino) ;
  if (open_named(fd, path)) return 1 ;
  if (!is_short(errno) && pipecoe(fd) == 0) return 1 ;
  fd[0] = fd[1] = -1 ;
  return 0 ;
}

void pairpipe_forget (dev_t dev, ino_t ino)
{
  char path[PATH_SIZE] ;
  int e = errno ;
  name(path, dev, ino) ;
  unlink(path) ;
  errno = e ;
}

#ifdef SPLICE_F_NONBLOCK

 /* A fifo that nobody reads cannot be opened for writing without waiting. One that somebody
    writes to, or that is not empty, is not at its end: tee(2) sees that, and takes nothing. */

static int is_left (char const *path, int const spare[2])
{
  ssize_t r ;
  int fd = open(path, O_WRONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) ;
  if (fd >= 0) fd_close(fd) ;
  if (fd >= 0 || errno != ENXIO) return 0 ;
  fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC) ;
  if (fd < 0) return 0 ;
  do r = tee(fd, spare[1], 1, SPLICE_F_NONBLOCK) ;
  while (r == -1 && errno == EINTR) ;
  fd_close(fd) ;
  return !r ;
}

static void clean (DIR *dir, int const spare[2])
{
  struct dirent *d ;
  while ((d = readdir(dir)))
  {
    char path[PATH_SIZE] ;
    if (strncmp(d->d_name, PREFIX, sizeof(PREFIX) - 1) || strlen(d->d_name) >= PATH_SIZE - sizeof(PATH_OWN)) continue ;
    snprintf(path, sizeof(path), PATH_OWN "/%.*s", (int)(PATH_SIZE - sizeof(PATH_OWN "/")), d->d_name) ;
    if (is_left(path, spare)) unlink(path) ;
  }
}

void pairpipe_clean (void)
{
  DIR *dir = opendir(PATH_OWN) ;
  int spare[2] = { -1, -1 } ;
  if (dir && pipecoe(spare) == 0) clean(dir, spare) ;
  if (dir) closedir(dir) ;
  close_both(spare) ;
}

#else

void pairpipe_clean (void)
{
}

#endif
