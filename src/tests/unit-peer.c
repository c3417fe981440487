/* ISC license. */

 /* peer.h: the transitions of its table that requests bring about. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "support/lonepeer.h"
#include "support/tap.h"
#include "libfdwire/wire.h"

static void sniffing (void)
{
  lonepeer_begin() ;
  tap_ok(peer->state == PEER_SNIFF && !peer_isbusy(peer), "a new connection sniffs, and is idle") ;
  lonepeer_send("\0\0\0\1", 4, -1) ;
  tap_ok(peer->state == PEER_SNIFF && peer_isbusy(peer), "four bytes tell nothing, but it is busy") ;
  lonepeer_send("\0\0L", 3, -1) ;
  tap_ok(peer->state == PEER_OPEN && peer->in.dialect == FRAME_S6 && lonepeer_answer_is("\0\0\0\0\0", 5), "a fifth byte of 0 opens the s6 dialect") ;
  lonepeer_end() ;
  lonepeer_begin() ;
  lonepeer_send("\0\0\0\4nope", 8, -1) ;
  tap_ok(peer_isdead(peer), "a banner that is none ends the connection") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  tap_ok(peer->state == PEER_OPEN && peer->channel >= 0 && lonepeer_holder.connection_fds == 2, "a banner opens the native dialect, with its channel") ;
  lonepeer_request("W", 1, -1) ;
  tap_ok(lonepeer_error_is(ENOSYS) && peer->state == PEER_OPEN, "an unknown letter is ENOSYS there, and nothing ends") ;
  lonepeer_end() ;
  lonepeer_handshake(0) ;
  lonepeer_request("W", 1, -1) ;
  tap_ok(lonepeer_error_is(EPROTO) && peer_isdead(peer), "in the s6 dialect it is EPROTO, and the end") ;
  lonepeer_end() ;
}

static void taking (void)
{
  char s[WIRE_REQUEST_MAX] ;
  lonepeer_handshake(1) ;
  lonepeer_put("x1") ;
  tap_ok(lonepeer_error_is(0), "a descriptor is stored") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  tap_ok(lonepeer_error_is(0) && verbs_phase(&peer->session) == PHASE_TAKING && peer_isbusy(peer) && store_get(&lonepeer_holder.store, "x1"), "a retrieve-and-delete waits for its acknowledgement") ;
  lonepeer_request("L", 1, -1) ;
  tap_ok(verbs_phase(&peer->session) == PHASE_NONE && !store_get(&lonepeer_holder.store, "x1")->taken, "any other message removes the mark") ;
  read(client, s, sizeof(s)) ;
  lonepeer_request("A", 1, -1) ;
  tap_ok(lonepeer_error_is(ENOENT), "an acknowledgement of nothing is ENOENT") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  read(client, s, sizeof(s)) ;
  lonepeer_request("A", 1, -1) ;
  tap_ok(lonepeer_error_is(0) && peer->state == PEER_OPEN && !store_get(&lonepeer_holder.store, "x1"), "an acknowledgement completes it") ;
  lonepeer_end() ;
  lonepeer_handshake(0) ;
  lonepeer_put("x2") ;
  read(client, s, sizeof(s)) ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x2", 2), -1) ;
  tap_ok(lonepeer_error_is(0) && peer->state == PEER_OPEN && !store_get(&lonepeer_holder.store, "x2"), "s6 dialect: it is complete when its answer has left") ;
  lonepeer_end() ;
}

static void staging (void)
{
  char s[WIRE_REQUEST_MAX] ;
  int fd = open("/dev/null", O_RDONLY) ;
  lonepeer_handshake(1) ;
  lonepeer_request(s, wire_pack_setdump(s, 2), -1) ;
  tap_ok(lonepeer_answer_is("\0\0\0\0\1", 5) && verbs_phase(&peer->session) == PHASE_DUMP && lonepeer_holder.budget.reserved == 2, "a dump that is admitted is staged") ;
  *s = WIRE_DUMPFRAME ;
  lonepeer_request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x1", 2), fd) ;
  tap_ok(lonepeer_error_is(EAGAIN) && !store_get(&lonepeer_holder.store, "x1") && lonepeer_holder.budget.reserved == 1, "a part of it is in the stage, not in the store") ;
  lonepeer_request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x2", 2), fd) ;
  tap_ok(lonepeer_error_is(0) && verbs_phase(&peer->session) == PHASE_NONE && store_count(&lonepeer_holder.store) == 2 && !lonepeer_holder.budget.reserved, "the last frame applies all of it") ;
  lonepeer_request(s, wire_pack_setdump(s, 2), -1) ;
  read(client, s, sizeof(s)) ;
  *s = WIRE_DUMPFRAME ;
  lonepeer_request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, "x3", 2), fd) ;
  read(client, s, sizeof(s)) ;
  lonepeer_request("L", 1, -1) ;
  tap_ok(lonepeer_error_is(EPROTO) && peer_isdead(peer) && store_count(&lonepeer_holder.store) == 2 && !lonepeer_holder.budget.reserved, "another letter within a dump ends it, and the connection") ;
  lonepeer_end() ;
  close(fd) ;
}

int main (void)
{
  lonepeer_start("unit-peer") ;
  sniffing() ;
  taking() ;
  staging() ;
  return lonepeer_finish() ;
}
