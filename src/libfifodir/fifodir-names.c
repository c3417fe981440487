/* ISC license. */

#include <skalibs/nonposix.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <unistd.h>
#include <sys/syscall.h>

#include <skalibs/djbunix.h>

#include "libfifodir/fifodir-internal.h"

#ifdef SYS_getdents64

 /* As getdents64(2) has it. */
struct entry
{
  uint64_t inode ;
  int64_t offset ;
  uint16_t len ;
  uint8_t type ;
  char name[] ;
} ;

int fifodir_names_open (struct fifodir_names *n, char const *path)
{
  n->at = n->len = 0 ;
  n->fd = open(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC) ;
  return n->fd >= 0 ;
}

char const *fifodir_names_next (struct fifodir_names *n)
{
  struct entry const *e ;
  if (n->at >= n->len)
  {
    long r = syscall(SYS_getdents64, n->fd, n->buffer.s, sizeof(n->buffer.s)) ;
    if (!r) errno = 0 ;
    if (r <= 0) return 0 ;
    n->at = 0 ;
    n->len = (size_t)r ;
  }
  e = (struct entry const *)(void const *)(n->buffer.s + n->at) ;
  n->at += e->len ;
  return e->name ;
}

void fifodir_names_close (struct fifodir_names *n)
{
  fd_close(n->fd) ;
}

#else

int fifodir_names_open (struct fifodir_names *n, char const *path)
{
  n->dir = opendir(path) ;
  if (n->dir) n->fd = dirfd(n->dir) ;
  return !!n->dir ;
}

char const *fifodir_names_next (struct fifodir_names *n)
{
  struct dirent const *e = (errno = 0, readdir(n->dir)) ;
  return e ? e->d_name : 0 ;
}

void fifodir_names_close (struct fifodir_names *n)
{
  closedir(n->dir) ;
}

#endif
