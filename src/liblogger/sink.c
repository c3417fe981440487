/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>

#include "libdaemon/log.h"
#include "libdaemon/nowait.h"
#include "liblogger/sink.h"

enum { STATUS_MODE = 0666, FILLING = 256 } ;

void sink_init (struct sink *x, int fd, char const *name)
{
  nowait_init(&x->out, fd) ;
  x->name = name ;
  x->isover = 0 ;
}

void sink_free (struct sink *x)
{
  nowait_free(&x->out) ;
}

int sink_write (struct sink *x, struct logpart *parts, unsigned int n, struct log *log)
{
  for (unsigned int i = 0 ; i < n && !x->isover ; i++)
    while (parts[i].len)
    {
      ssize_t r = nowait_write(&x->out, parts[i].s, parts[i].len) ;
      if (r == -1 && errno == EINTR) continue ;
      if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0 ;
      if (!r) errno = ENOSPC ;
      if (r <= 0)
      {
        x->isover = 1 ;
        log_line(log, LOG_WARNING, "unable to write to ", x->name, ": ", strerror(errno), ": it gets no more lines") ;
        break ;
      }
      parts[i].s += r ;
      parts[i].len -= (size_t)r ;
    }
  return 1 ;
}

static int fill_up (int fd, size_t len)
{
  char filling[FILLING] ;
  memset(filling, '\n', sizeof(filling)) ;
  for (size_t some ; len ; len -= some)
  {
    some = len < sizeof(filling) ? len : sizeof(filling) ;
    if (allwrite(fd, filling, some) < some) return 0 ;
  }
  return 1 ;
}

static int write_status (char const *path, char const *s, size_t len, size_t size)
{
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, STATUS_MODE) ;
  int ok ;
  if (fd < 0) return 0 ;
  errno = ENOSPC ;  /* of a write that takes nothing */
  if (size && len > size) len = size ;
  ok = allwrite(fd, s, len) == len && (size <= len || fill_up(fd, size - len)) ;
  fd_close(fd) ;
  return ok ;
}

int sink_status (char const *path, char const *s, size_t len, size_t size)
{
  size_t pathlen = strlen(path) ;
  char *new = malloc(pathlen + sizeof(".new")) ;
  int ok, e ;
  if (!new) return 0 ;
  memcpy(new, path, pathlen) ;
  memcpy(new + pathlen, ".new", sizeof(".new")) ;
  ok = write_status(new, s, len, size) && rename(new, path) == 0 ;
  e = errno ;
  if (!ok) unlink(new) ;
  free(new) ;
  errno = e ;
  return ok ;
}
