/* ISC license. */

 /* For programs that count no references. */

#include <skalibs/djbunix.h>

#include "libfdwire/frame.h"

static int adopt (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  return 1 ;
}

static void keep (void *data, int fd)
{
  (void)data ;
  (void)fd ;
}

static void unref (void *data, int fd)
{
  (void)data ;
  fd_close(fd) ;
}

struct frame_fdops const frame_fdops_close = { .adopt = &adopt, .addref = &keep, .unref = &unref } ;
struct frame_fdops const frame_fdops_lent = { .adopt = &adopt, .addref = &keep, .unref = &keep } ;
