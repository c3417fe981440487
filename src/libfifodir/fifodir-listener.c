/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/djbunix.h>
#include <skalibs/random.h>
#include <skalibs/tai.h>

#include "libfifodir/fifodir.h"

enum
{
  RANDOM_LETTERS = 6,
  TRIES_MAX = 16
} ;

static char const hidden[] = "/.ftrig1:" ;

 /* The name behind the directory, hidden. 0 and errno. */

static size_t make_name (char *s, char const *path)
{
  size_t len = strlen(path) ;
  tain now ;
  if (!len) return (errno = ENOENT, 0) ;  /* or it would be the root */
  if (len + 1 + 1 + FIFODIR_NAME > FIFODIR_PATH_MAX) return (errno = ENAMETOOLONG, 0) ;
  if (!tain_wallclock_read(&now)) return 0 ;
  memcpy(s, path, len) ;
  memcpy(s + len, hidden, sizeof(hidden) - 1) ;
  len += sizeof(hidden) - 1 ;
  len += timestamp_fmt(s + len, &now) ;
  s[len++] = ':' ;
  random_name(s + len, RANDOM_LETTERS) ;
  s[len + RANDOM_LETTERS] = 0 ;
  return len + RANDOM_LETTERS ;
}

 /* Whatever the umask is. Open at both ends, so that it never comes to an end. */

static int open_fifo (char const *name)
{
  if (chmod(name, FIFODIR_FIFO) == -1) return -1 ;
  return open(name, O_RDWR | O_NONBLOCK | O_CLOEXEC) ;
}

static int show (struct fifodir_listener *l, size_t len)
{
  char name[FIFODIR_PATH_MAX + 2] ;
  size_t dot = len - FIFODIR_NAME - 1 ;
  memcpy(name, l->path, dot) ;
  memcpy(name + dot, l->path + dot + 1, FIFODIR_NAME + 1) ;
  if (rename(l->path, name) == -1) return 0 ;
  memcpy(l->path, name, len) ;
  return 1 ;
}

static int fail (struct fifodir_listener *l)
{
  int e = errno ;
  unlink(l->path) ;
  if (l->fd >= 0) fd_close(l->fd) ;
  l->fd = -1 ;
  return (errno = e, 0) ;
}

int fifodir_listen (struct fifodir_listener *l, char const *path)
{
  size_t len = 0 ;
  int r = -1 ;
  l->fd = -1 ;
  for (unsigned int i = 0 ; i < TRIES_MAX && r == -1 ; i++)
  {
    len = make_name(l->path, path) ;
    if (!len) return 0 ;
    r = mkfifo(l->path, FIFODIR_FIFO) ;
    if (r == -1 && errno != EEXIST) return 0 ;
  }
  if (r == -1) return 0 ;
  l->fd = open_fifo(l->path) ;
  return l->fd >= 0 && show(l, len) ? 1 : fail(l) ;
}

void fifodir_unlisten (struct fifodir_listener *l)
{
  if (l->fd >= 0) fail(l) ;
}

ssize_t fifodir_read (struct fifodir_listener const *l, char *s, size_t len)
{
  ssize_t r ;
  do r = read(l->fd, s, len) ;
  while (r == -1 && errno == EINTR) ;
  return r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : r ;
}
