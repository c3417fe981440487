/* ISC license. */

#include <skalibs/nonposix.h>

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libdaemon/closer.h"

int closer_isunread (int fd)
{
  int n ;
  return ioctl(fd, FIONREAD, &n) == -1 || n ;
}

unsigned int closer_count_unread (int fd)
{
  static char const name[] = "scm_fds:" ;
  char path[sizeof("/proc/self/fdinfo/") + INT_FMT] = "/proc/self/fdinfo/" ;
  char text[512] ;
  char const *s ;
  size_t r ;
  int info ;
  path[strlen("/proc/self/fdinfo/") + int_fmt(path + strlen("/proc/self/fdinfo/"), fd)] = 0 ;
  info = openc_read(path) ;
  if (info < 0) return CLOSER_UNREAD_MAX ;
  r = allread(info, text, sizeof(text) - 1) ;
  fd_close(info) ;
  text[r] = 0 ;
  s = strstr(text, name) ;
  return s ? (unsigned int)strtoul(s + strlen(name), 0, 10) : CLOSER_UNREAD_MAX ;
}
