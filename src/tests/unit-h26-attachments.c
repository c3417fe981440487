/* ISC license. */

/* H26: an answer that has left is forgotten, with its descriptor, although
   the queue of a slow reader never runs empty. */

#include <skalibs/nonposix.h>

#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/genalloc.h>

#include "libfdwire/frame.h"
#include "support/tap.h"

enum
{
  ANSWERS = 200000,
  AHEAD = 1000,
  ATTACHED_MAX = 50000,
  WORDS = FRAME_OUT_FEW,  /* of the queue, for one answer */
  SMALL = 2048,
  FD = 2,
  FRAME = FRAME_S6_HEADER + 1
} ;

static long references ;

static void addref (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  references++ ;
}

static void unref (void *data, int fd)
{
  (void)data ;
  (void)fd ;
  references-- ;
}

 /* One answer, and what came with it. */

static int take_one (int s)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(sizeof(int))] ; } control ;
  char bytes[FRAME] ;
  struct iovec v = { .iov_base = bytes, .iov_len = FRAME } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1, .msg_control = control.s, .msg_controllen = sizeof(control.s) } ;
  if (recvmsg(s, &msg, MSG_DONTWAIT) != FRAME || !msg.msg_controllen) return 0 ;
  close(*(int *)CMSG_DATA(&control.align)) ;
  return bytes[FRAME - 1] == 'x' ;
}

int main (void)
{
  struct frame_fdops ops = frame_fdops_close ;
  struct frame_out out ;
  int const fd = FD ;
  int small = SMALL ;
  int p[2] ;
  size_t most = 0 ;
  unsigned int taken = 0, isempty = 0 ;
  ops.addref = &addref ;
  ops.unref = &unref ;
  frame_out_init(&out, &ops, 0) ;
  out.dialect = FRAME_S6 ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, p) == -1) tap_bail("socketpair") ;
  setsockopt(p[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small)) ;
  for (unsigned int i = 0 ; i < ANSWERS ; i++)
  {
    if (!frame_out_put(&out, "x", 1, &fd, 1)) tap_bail("frame_out_put") ;
    frame_out_flush(&out, p[0], 0) ;
    if (i >= AHEAD) taken += take_one(p[1]) ;
    isempty += i >= AHEAD && frame_out_isempty(&out) ;
    if (out.qend / WORDS > most) most = out.qend / WORDS ;
  }
  tap_int(taken, ANSWERS - AHEAD, "H26: so many answers have left") ;
  tap_int(isempty, 0, "H26: of a queue that never runs empty") ;
  tap_most(most, ATTACHED_MAX - 1, "H26: at most %zu of them are remembered", most) ;
  for (; take_one(p[1]) ; taken++) frame_out_flush(&out, p[0], 0) ;
  tap_int(taken, ANSWERS, "H26: all arrive") ;
  tap_ok(frame_out_isempty(&out), "H26: the queue is empty") ;
  tap_int(references, 0, "H26: and no reference is left") ;
  frame_out_free(&out) ;
  close(p[0]) ;
  close(p[1]) ;
  return tap_done() ;
}
