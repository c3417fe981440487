/* ISC license. */

/* A connection whose request is answered later: state WAITING of peer.h. */

#include <string.h>
#include <unistd.h>
#include <errno.h>
#include <poll.h>
#include <sys/socket.h>

#include <skalibs/tai.h>

#include "libfdholderd/watch.h"
#include "libfdwire/wire.h"
#include "support/lonepeer.h"
#include "support/tap.h"

static struct store *const store = &lonepeer_holder.store ;

static void wait_for (char const *id, uint8_t flags)
{
  char s[WIRE_REQUEST_MAX] ;
  lonepeer_request(s, wire_pack_retrieve(s, flags, id, strlen(id)), -1) ;
}

 /* As another client would. */

static void put (char const *id)
{
  int fd = dup(0) ;
  struct store_entry *e = store_entry_new(fd, id, strlen(id), STORE_NEVER) ;
  if (!e || !fdtable_adopt(&lonepeer_holder.fdtable, fd) || !store_put(store, e)) tap_bail("store") ;
}

static void turn (unsigned int seconds)
{
  tain now = lonepeer_at(seconds) ;
  watch_turn(&lonepeer_holder.watch, &now) ;
}

static void no_answer (char const *name)
{
  lonepeer_answer("", 0, name) ;
}

static void begin (char const *id, uint8_t flags)
{
  lonepeer_handshake(1) ;
  wait_for(id, WIRE_RETRIEVE_WAIT | flags) ;
  tap_int(peer->state, PEER_WAITING, "what is not there is waited for") ;
}

static void is_answered (void)
{
  tain late = lonepeer_at(LONEPEER_TIMEOUT + 1) ;
  begin("x1", 0) ;
  no_answer("without an answer") ;
  tap_ok(!peer_isbusy(peer), "it counts as idle") ;
  tap_int(peer_events(peer), 0, "nothing is read meanwhile") ;
  peer_tick(peer, &late) ;
  tap_int(peer->state, PEER_WAITING, "and it has no deadline") ;
  put("x2") ;
  turn(1) ;
  no_answer("another id is none of its business") ;
  put("x1") ;
  no_answer("nothing is said in the middle of the other's request") ;
  turn(1) ;
  lonepeer_error(0, "then it is answered") ;
  tap_int(peer->state, PEER_OPEN, "and its connection is open again") ;
  tap_ok(!peer->session.waiter, "it waits no longer") ;
  tap_ok(watch_isempty(&lonepeer_holder.watch), "and nobody else does") ;
  wait_for("x1", WIRE_RETRIEVE_WAIT) ;
  lonepeer_error(0, "what is there is not waited for") ;
  lonepeer_end() ;
}

 /* What came behind the request waits as well. */

static void behind (void)
{
  char s[64] ;
  size_t len = wire_pack_retrieve(s + 4, WIRE_RETRIEVE_WAIT, "x3", 2) ;
  memcpy(s, "\0\0\0", 3) ;
  s[3] = (char)len ;
  len += 4 ;
  memcpy(s + len, "\0\0\0\3?no", 7) ;
  lonepeer_handshake(1) ;
  lonepeer_send(s, len + 5, -1) ;
  tap_int(peer->state, PEER_WAITING, "a request may stand behind it") ;
  tap_ok(!peer_isbusy(peer), "that has no deadline either") ;
  put("x3") ;
  turn(1) ;
  lonepeer_error(0, "the first answer comes") ;
  tap_ok(peer_isbusy(peer), "then the rest of the second is awaited") ;
  lonepeer_end() ;
}

static void takes (void)
{
  begin("x4", WIRE_RETRIEVE_DELETE) ;
  put("x4") ;
  turn(1) ;
  lonepeer_error(0, "who takes it away gets it") ;
  tap_int(verbs_phase(&peer->session), PHASE_TAKING, "and is taking it") ;
  tap_ok(store_get(store, "x4")->taken, "so that it is in use") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  store_get(store, "x4")->taken = 1 ;
  wait_for("x4", WIRE_RETRIEVE_DELETE | WIRE_RETRIEVE_WAIT) ;
  tap_int(peer->state, PEER_WAITING, "what another is taking is waited for") ;
  store_get(store, "x4")->taken = 0 ;
  watch_tell(&lonepeer_holder.watch, "x4") ;
  turn(1) ;
  lonepeer_error(0, "until he gives it up") ;
  lonepeer_request("A", 1, -1) ;
  lonepeer_error(0, "it is taken for good") ;
  wait_for("x4", WIRE_RETRIEVE_WAIT) ;
  tap_int(peer->state, PEER_WAITING, "and what was given is not there") ;
  lonepeer_end() ;
}

static void ends (void)
{
  tain now = lonepeer_at(1) ;
  begin("x5", 0) ;
  peer_lameduck(peer, &now) ;
  tap_ok(peer_isdead(peer), "lame duck ends it at once") ;
  tap_ok(watch_isempty(&lonepeer_holder.watch), "and it waits no longer") ;
  lonepeer_end() ;
  begin("x5", 0) ;
  peer_hangup(peer, &now) ;
  tap_ok(peer_isdead(peer), "so does its client") ;
  tap_ok(watch_isempty(&lonepeer_holder.watch), "nor does that wait") ;
  lonepeer_end() ;
  begin("x5", 0) ;
  lonepeer_end() ;
  tap_ok(watch_isempty(&lonepeer_holder.watch), "nor one whose connection is closed") ;
}

static void refused (void)
{
  lonepeer_handshake(1) ;
  wait_for("y", WIRE_RETRIEVE_WAIT) ;
  lonepeer_error(EPERM, "who has no right to an id does not wait for it") ;
  for (unsigned int flags = 4 ; flags < 256 ; flags <<= 1)
  {
    wait_for("x1", (uint8_t)flags) ;
    lonepeer_error(EINVAL, "other flags are not known") ;
  }
  lonepeer_end() ;
  lonepeer_handshake(0) ;
  wait_for("x6", WIRE_RETRIEVE_WAIT) ;
  lonepeer_error(EINVAL, "nobody waits in s6's dialect") ;
  lonepeer_end() ;
}

static void revoked (void)
{
  begin("x7", 0) ;
  if (unlink("rules/uid/self/env/S6_FDHOLDER_RETRIEVE_REGEX") == -1) tap_bail("unlink") ;
  put("x7") ;
  turn(5) ;
  lonepeer_error(EPERM, "who has lost his right meanwhile gets nothing") ;
  tap_ok(watch_isempty(&lonepeer_holder.watch), "and waits no longer") ;
  lonepeer_end() ;
}

int main (void)
{
  lonepeer_start("unit-peer-waits") ;
  is_answered() ;
  behind() ;
  takes() ;
  ends() ;
  refused() ;
  revoked() ;
  return lonepeer_finish() ;
}
