/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "framepair.h"
#include "tap.h"

int framepair[2] ;
long framepair_references ;

static int adopt (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  framepair_references++ ;
  return 1 ;
}

static void addref (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  framepair_references++ ;
}

static void unref (void *data, int fd)
{
  (void)data ;
  fd_close(fd) ;
  framepair_references-- ;
}

static struct frame_fdops const counted = { .adopt = &adopt, .addref = &addref, .unref = &unref } ;

void framepair_begin (struct frame_in *in, struct frame_out *out, enum frame_dialect dialect)
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, framepair) == -1) tap_bail("socketpair") ;
  frame_in_init(in, &counted, 0) ;
  frame_out_init(out, &frame_fdops_lent, 0) ;
  in->dialect = out->dialect = dialect ;
}

void framepair_drop (int fd)
{
  unref(0, fd) ;
}

void framepair_end (struct frame_in *in, struct frame_out *out)
{
  frame_in_free(in) ;
  frame_out_free(out) ;
  close(framepair[0]) ;
  close(framepair[1]) ;
  tap_int(framepair_references, 0, "no reference is left") ;
}

int framepair_settle (struct frame_in *in, char *buffer)
{
  int r = frame_in_settle(in) ;
  memset(buffer, 0xff, FRAME_IN_BUFFER) ;
  return r ;
}

enum frame_fill framepair_fill (struct frame_in *in, size_t max)
{
  static char buffer[FRAME_IN_BUFFER] ;
  enum frame_fill r = frame_in_fill(in, framepair[1], buffer, max) ;
  if (!framepair_settle(in, buffer)) tap_bail("settle") ;
  return r ;
}

void framepair_owns_nothing (struct frame_in const *in, char const *name)
{
  tap_ok(!in->kept, "%s: no bytes are kept", name) ;
  tap_ok(in->fds == in->few, "%s: nor descriptors", name) ;
}
