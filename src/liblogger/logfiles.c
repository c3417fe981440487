/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>

#include "liblogger/archives.h"
#include "liblogger/logfiles.h"

uint64_t logfiles_ino (int dir, char const *name)
{
  struct stat st ;
  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? (uint64_t)st.st_ino : 0 ;
}

int logfiles_open (int dir, char const *name, uint64_t *ino)
{
  int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY) ;
  struct stat st ;
  if (fd < 0) return -1 ;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
  {
    *ino = (uint64_t)st.st_ino ;
    return fd ;
  }
  fd_close(fd) ;
  return (errno = EINVAL, -1) ;
}

static void drop (int *fd)
{
  if (*fd >= 0) fd_close(*fd) ;
  *fd = -1 ;
}

void logfiles_free (struct logfiles *x)
{
  int e = errno ;
  drop(&x->previous) ;
  drop(&x->current) ;
  archives_free(&x->archives) ;
  errno = e ;
}

 /* 1, too, if it is not there. */

static int open_it (int *fd, int dir, char const *name, uint64_t *ino)
{
  *ino = 0 ;
  *fd = logfiles_open(dir, name, ino) ;
  return *fd >= 0 || errno == ENOENT ;
}

static int is_whole (int dir, char const *name)
{
  struct stat st ;
  return fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_mode & LOGDIR_FINISHED ;
}

 /* What a processor has made is there under its own name for a moment, when previous is
    no longer. */

static int open_previous (struct logfiles *x, int dir)
{
  x->isprocessed = 0 ;
  if (!open_it(&x->previous, dir, LOGDIR_PREVIOUS, &x->previousino)) return 0 ;
  if (x->previous >= 0 || !is_whole(dir, LOGDIR_PROCESSED)) return 1 ;
  x->isprocessed = 1 ;
  return open_it(&x->previous, dir, LOGDIR_PROCESSED, &x->previousino) ;
}

static int look (struct logfiles *x, int dir)
{
  if (!open_it(&x->current, dir, LOGDIR_CURRENT, &x->currentino) || !open_previous(x, dir)) return 0 ;
  if (!archives_read(&x->archives, dir)) return 0 ;
  if (x->previous >= 0 && (x->previousino == x->currentino || logfiles_find(x, x->previousino) < x->archives.n)) drop(&x->previous) ;
  if (x->current >= 0 && logfiles_find(x, x->currentino) < x->archives.n) drop(&x->current) ;
  return 1 ;
}

int logfiles_look (struct logfiles *x, int dir)
{
  logfiles_free(x) ;
  if (look(x, dir)) return 1 ;
  logfiles_free(x) ;
  return 0 ;
}

int logfiles_isnow (struct logfiles const *x, int dir)
{
  uint64_t previous = logfiles_ino(dir, x->isprocessed ? LOGDIR_PROCESSED : LOGDIR_PREVIOUS) ;
  return logfiles_ino(dir, LOGDIR_CURRENT) == x->currentino && previous == x->previousino ;
}

size_t logfiles_after (struct logfiles const *x, char const *name)
{
  size_t low = 0, high = x->archives.n ;
  while (low < high)
  {
    size_t middle = low + (high - low) / 2 ;
    if (strcmp(x->archives.list[middle].name, name) <= 0) low = middle + 1 ;
    else high = middle ;
  }
  return low ;
}

 /* It is a new one, most likely. */

size_t logfiles_find (struct logfiles const *x, uint64_t ino)
{
  for (size_t i = x->archives.n ; i-- ;)
    if (x->archives.list[i].ino == ino) return i ;
  return x->archives.n ;
}
