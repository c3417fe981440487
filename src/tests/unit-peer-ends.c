/* ISC license. */

 /* peer.h: how a connection ends, and what is logged of it. */

#include <skalibs/nonposix.h>

#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "support/capture.h"
#include "support/lonepeer.h"
#include "support/tap.h"
#include "libfdwire/wire.h"

static void ends (void)
{
  char s[WIRE_REQUEST_MAX] ;
  tain later = lonepeer_at(11) ;
  lonepeer_handshake(1) ;
  peer_tick(peer, &later) ;
  tap_ok(!peer_isdead(peer), "an idle connection has no deadline") ;
  lonepeer_send("\0\0", 2, -1) ;
  peer_tick(peer, &later) ;
  tap_ok(peer_isdead(peer), "a half-sent request has one") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  lonepeer_put("x1") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  peer_lameduck(peer, &later) ;
  tap_ok(!peer_isdead(peer), "lame duck waits for what is under way") ;
  lonepeer_request("A", 1, -1) ;
  tap_int(peer->state, PEER_DEAD, "and ends when it is done") ;
  tap_ok(!store_get(&lonepeer_holder.store, "x1"), "for it is done") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  peer_lameduck(peer, &later) ;
  tap_ok(peer_isdead(peer), "lame duck ends an idle connection at once") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  shutdown(client, SHUT_WR) ;
  peer_read(peer, &later) ;
  tap_ok(peer_isdead(peer), "EOF ends it") ;
  lonepeer_end() ;
}

 /* Requests go on, nothing is read: the answers that wait have a deadline
    of their own, unless some of them leave. */

static void unread (void)
{
  char s[4096] ;
  tain now ;
  for (unsigned int isread = 0 ; isread < 2 ; isread++)
  {
    lonepeer_handshake(1) ;
    while (frame_out_isempty(&peer->out)) lonepeer_request("L", 1, -1) ;
    for (unsigned int i = 1 ; i < 15 && !peer_isdead(peer) ; i++)
    {
      now = lonepeer_at(i) ;
      if (isread && read(client, s, sizeof(s)) > 0) peer_write(peer, &now) ;
      do
      {
        if (send(client, "\0\0\0\1L", 5, MSG_NOSIGNAL) != 5) tap_bail("send") ;
        peer_read(peer, &now) ;
      }
      while (!peer_isdead(peer) && frame_out_isempty(&peer->out)) ;
      peer_tick(peer, &now) ;
    }
    tap_int(peer->state, isread ? PEER_OPEN : PEER_DEAD, "who asks on and reads %s", isread ? "stays" : "nothing does not") ;
    lonepeer_end() ;
  }
}

 /* What the daemon logs at -v 2 for one request. */

static char const *logged (char const *body, size_t len)
{
  static char s[512] ;
  struct capture c ;
  capture_begin(&c, &lonepeer_holder.log, 2) ;
  lonepeer_request(body, len, -1) ;
  capture_end(&c, s, sizeof(s)) ;
  return s ;
}

static void logging (void)
{
  char s[WIRE_REQUEST_MAX] ;
  lonepeer_handshake(1) ;
  lonepeer_put("x9") ;
  tap_contains(logged(s, wire_pack_setdump(s, 0, 0)), "setdump: done", "an empty dump is logged") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x9", 2), -1) ;
  tap_contains(logged("A", 1), "retrieve-and-delete \"x9\": done", "an acknowledgement is logged with its id") ;
  tap_ok(!strstr(logged("A", 1), "x9"), "and one of nothing without") ;
  lonepeer_end() ;
}

enum { MANY = 3000 } ;

static void lameduck (void)
{
  char s[4096] ;
  tain now = lonepeer_at(0) ;
  lonepeer_handshake(1) ;
  for (unsigned int i = 0 ; i < MANY && frame_out_isempty(&peer->out) ; i++) lonepeer_request("L", 1, -1) ;
  peer_lameduck(peer, &now) ;
  tap_int(peer->state, PEER_DRAIN, "lame duck drains") ;
  tap_ok(!(peer_events(peer) & POLLIN), "and reads no further requests") ;
  while (!peer_isdead(peer) && read(client, s, sizeof(s)) > 0) peer_write(peer, &now) ;
  tap_int(peer->state, PEER_DEAD, "it ends") ;
  tap_ok(frame_out_isempty(&peer->out), "with the answers sent to those that it had") ;
  lonepeer_end() ;
}

int main (void)
{
  lonepeer_start("unit-peer-ends") ;
  ends() ;
  unread() ;
  lameduck() ;
  logging() ;
  return lonepeer_finish() ;
}
