/* ISC license. */

 /* peer.h: the transitions of its table that requests bring about. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "support/lonepeer.h"
#include "support/tap.h"
#include "libfdwire/wire.h"

 /* Of the holder's store and budget. */

static void judge_holder (unsigned int held, unsigned int reserved, char const *name)
{
  tap_int(store_count(&lonepeer_holder.store), held, "%s: what is held", name) ;
  tap_int(lonepeer_holder.budget.reserved, reserved, "%s: what is reserved", name) ;
}

static int is_held (char const *id)
{
  return !!store_get(&lonepeer_holder.store, id) ;
}

static void sniffing (void)
{
  lonepeer_begin() ;
  tap_int(peer->state, PEER_SNIFF, "a new connection sniffs") ;
  tap_ok(!peer_isbusy(peer), "and is idle") ;
  lonepeer_send("\0\0\0\1", 4, -1) ;
  tap_int(peer->state, PEER_SNIFF, "four bytes tell nothing") ;
  tap_ok(peer_isbusy(peer), "but it is busy") ;
  lonepeer_send("\0\0L", 3, -1) ;
  tap_int(peer->state, PEER_OPEN, "a fifth byte of 0 opens it") ;
  tap_int(peer->in.dialect, FRAME_S6, "in the s6 dialect") ;
  lonepeer_answer("\0\0\0\0\0", 5, "and the request is answered") ;
  lonepeer_end() ;
  lonepeer_begin() ;
  lonepeer_send("\0\0\0\4nope", 8, -1) ;
  tap_int(peer->state, PEER_DEAD, "a banner that is none ends the connection") ;
  lonepeer_end() ;
  lonepeer_handshake(1) ;
  tap_int(peer->state, PEER_OPEN, "a banner opens it") ;
  tap_int(peer->in.dialect, FRAME_NATIVE, "in the native dialect") ;
  tap_least(peer->channel, 0, "with its channel") ;
  tap_int(lonepeer_holder.fdtable.connections, 1, "which is counted") ;
  lonepeer_request("W", 1, -1) ;
  lonepeer_error(ENOSYS, "an unknown letter is ENOSYS there") ;
  tap_int(peer->state, PEER_OPEN, "and nothing ends") ;
  lonepeer_end() ;
  lonepeer_handshake(0) ;
  lonepeer_request("W", 1, -1) ;
  lonepeer_error(EPROTO, "in the s6 dialect it is EPROTO") ;
  tap_int(peer->state, PEER_DEAD, "and the end") ;
  lonepeer_end() ;
}

 /* What an answer still has, and what is being closed, is open too. */

static void replacing (void)
{
  char s[WIRE_REQUEST_MAX] ;
  uint64_t limit = lonepeer_holder.budget.limit ;
  int fd = open("/dev/null", O_RDONLY) ;
  lonepeer_handshake(1) ;
  lonepeer_put("x1") ;
  lonepeer_error(0, "a descriptor is stored") ;
  lonepeer_holder.budget.limit = lonepeer_holder.fdtable.count ;
  lonepeer_request(s, wire_pack_replace(s, &tain_infinite, "x2", 2), fd) ;
  lonepeer_error(ENFILE, "where as many are open as may be, there is no room for one more") ;
  lonepeer_request(s, wire_pack_replace(s, &tain_infinite, "x1", 2), fd) ;
  lonepeer_error(0, "but for one that is replaced") ;
  judge_holder(1, 0, "then") ;
  lonepeer_holder.budget.limit = limit ;
  lonepeer_request("D\2x1", 5, -1) ;
  lonepeer_error(0, "it is deleted") ;
  lonepeer_end() ;
  lonepeer_handshake(0) ;
  lonepeer_request(s, wire_pack_replace(s, &tain_infinite, "x1", 2), fd) ;
  lonepeer_error(EPROTO, "in the s6 dialect nothing is replaced") ;
  tap_int(peer->state, PEER_DEAD, "and that is the end") ;
  judge_holder(0, 0, "after it") ;
  lonepeer_end() ;
  tap_int(lonepeer_holder.fdtable.count, 0, "nor is its descriptor kept") ;
  close(fd) ;
}

static void taking (void)
{
  char s[WIRE_REQUEST_MAX] ;
  struct store_entry const *entry ;
  lonepeer_handshake(1) ;
  lonepeer_put("x1") ;
  lonepeer_error(0, "a descriptor is stored") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  lonepeer_error(0, "a retrieve-and-delete is answered") ;
  tap_int(verbs_phase(&peer->session), PHASE_TAKING, "and waits for its acknowledgement") ;
  tap_ok(peer_isbusy(peer), "busy meanwhile") ;
  tap_ok(is_held("x1"), "with its id held") ;
  lonepeer_request("L", 1, -1) ;
  tap_int(verbs_phase(&peer->session), PHASE_NONE, "any other message ends the taking") ;
  entry = store_get(&lonepeer_holder.store, "x1") ;
  if (tap_ok(!!entry, "leaves the id")) tap_ok(!entry->taken, "and removes the mark") ;
  tap_ok(read(client, s, sizeof(s)) > 0, "its answer comes") ;
  lonepeer_request("A", 1, -1) ;
  lonepeer_error(ENOENT, "an acknowledgement of nothing is ENOENT") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x1", 2), -1) ;
  tap_ok(read(client, s, sizeof(s)) > 0, "its answer comes") ;
  lonepeer_request("A", 1, -1) ;
  lonepeer_error(0, "an acknowledgement is answered") ;
  tap_int(peer->state, PEER_OPEN, "the connection goes on") ;
  tap_ok(!is_held("x1"), "and the id is gone") ;
  lonepeer_end() ;
}

static void taking_at_once (void)
{
  char s[WIRE_REQUEST_MAX] ;
  lonepeer_handshake(0) ;
  lonepeer_put("x2") ;
  lonepeer_error(0, "s6 dialect: a descriptor is stored") ;
  lonepeer_request(s, wire_pack_retrieve(s, WIRE_RETRIEVE_DELETE, "x2", 2), -1) ;
  lonepeer_error(0, "s6 dialect: a retrieve-and-delete is answered") ;
  tap_int(peer->state, PEER_OPEN, "s6 dialect: the connection goes on") ;
  tap_ok(!is_held("x2"), "s6 dialect: it is complete when its answer has left") ;
  lonepeer_end() ;
}

 /* One frame of a dump, with one entry. */

static void send_part (char const *id, int fd)
{
  char s[WIRE_REQUEST_MAX] ;
  *s = WIRE_DUMPFRAME ;
  lonepeer_request(s, 1 + wire_pack_entry(s + 1, &tain_infinite, id, strlen(id)), fd) ;
}

 /* By one request, or by a dump. */

static void judge_storer (char const *id)
{
  struct store_entry const *e = store_get(&lonepeer_holder.store, id) ;
  if (!tap_ok(!!e, "%s is held", id)) return ;
  tap_int(e->uid, geteuid(), "%s: by the user who stored it", id) ;
  tap_int(e->pid, getpid(), "%s: by his process", id) ;
  tap_ok(!tain_less(&e->since, &STAMP) && !tain_less(&STAMP, &e->since), "%s: since then", id) ;
}

static void storing (void)
{
  lonepeer_handshake(1) ;
  lonepeer_put("x9") ;
  lonepeer_error(0, "a store is answered with 0") ;
  judge_storer("x9") ;
  store_drop(&lonepeer_holder.store, store_get(&lonepeer_holder.store, "x9")) ;
  lonepeer_end() ;
}

static void staging (void)
{
  char s[WIRE_REQUEST_MAX] ;
  int fd = open("/dev/null", O_RDONLY) ;
  lonepeer_handshake(1) ;
  lonepeer_request(s, wire_pack_setdump(s, 2, 0), -1) ;
  lonepeer_answer("\0\0\0\0\1", 5, "a dump is admitted") ;
  tap_int(verbs_phase(&peer->session), PHASE_DUMP, "and staged") ;
  judge_holder(0, 2, "a dump that is admitted") ;
  send_part("x1", fd) ;
  lonepeer_error(EAGAIN, "a part of it is answered with EAGAIN") ;
  judge_holder(0, 1, "a part of it is in the stage, not in the store") ;
  send_part("x2", fd) ;
  lonepeer_error(0, "the last frame is answered with 0") ;
  tap_int(verbs_phase(&peer->session), PHASE_NONE, "and ends the dump") ;
  judge_holder(2, 0, "the last frame applies all of it") ;
  judge_storer("x1") ;
  lonepeer_request(s, wire_pack_setdump(s, 2, 0), -1) ;
  tap_ok(read(client, s, sizeof(s)) > 0, "its answer comes") ;
  send_part("x3", fd) ;
  tap_ok(read(client, s, sizeof(s)) > 0, "its answer comes") ;
  lonepeer_request("L", 1, -1) ;
  lonepeer_error(EPROTO, "another letter within a dump is EPROTO") ;
  tap_int(peer->state, PEER_DEAD, "and ends the connection") ;
  judge_holder(2, 0, "and the dump") ;
  lonepeer_end() ;
  close(fd) ;
}

int main (void)
{
  lonepeer_start("unit-peer") ;
  sniffing() ;
  replacing() ;
  taking() ;
  taking_at_once() ;
  storing() ;
  staging() ;
  return lonepeer_finish() ;
}
