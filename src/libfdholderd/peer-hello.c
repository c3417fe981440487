/* ISC license. */

 /* The server's half of the native handshake, without ever waiting:
    skalibs' own would block the daemon on one client. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/textmessage.h>

#include "libfdholderd/fdtable.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"
#include "libfdholderd/peer-internal.h"
#include "libfdwire/wire.h"

void peer_hello (struct peer *p, struct frame const *f, tain const *now)
{
  if (frame_in_fdcount(&p->in) || f->len != WIRE_BANNER_LEN || memcmp(f->s, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN))
  {
    p->isstranger = 0 ;  /* not one of those who would ask again */
    peer_kill(p, "protocol error: not the banner of a client: closed", now) ;
    return ;
  }
  p->state = PEER_GREET ;
  peer_greet(p, now) ;
}

static int put_banner (int fd)
{
  textmessage_sender channel = TEXTMESSAGE_SENDER_INIT(fd) ;
  int r = textmessage_put(&channel, WIRE_BANNER_SERVER, WIRE_BANNER_LEN) && textmessage_sender_flush(&channel) ;
  textmessage_sender_free(&channel) ;
  return r ;
}

void peer_greet (struct peer *p, tain const *now)
{
  static char const channel = WIRE_CHANNEL_BYTE ;
  struct fdtable *t = &p->holder->fdtable ;
  int fd[2] ;
  int ok ;
  if (!flight_allowance(&p->holder->flight, &p->flight, p->account, 1) || pipenbcoe(fd) == -1)
  {
    backoff_begin(&p->backoff, now) ;
    return ;
  }
  if (!fdtable_adopt_for(t, fd[0], p->account))
  {
    fd_close(fd[1]) ;
    backoff_begin(&p->backoff, now) ;
    return ;
  }
  ok = put_banner(fd[1])
    && frame_out_putraw(&p->out, &channel, 1, fd, 1)
    && frame_out_put(&p->out, WIRE_BANNER_SERVER, WIRE_BANNER_LEN, 0, 0) ;
  fdtable_unref(t, fd[0]) ;
  p->channel = fd[1] ;
  p->state = PEER_OPEN ;
  if (!ok) peer_kill(p, "out of memory for the handshake: closed", now) ;
}
