/* ISC license. */

#ifndef S6ACTIVATION_PEER_H
#define S6ACTIVATION_PEER_H

 /* One connection. */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/backoff.h"
#include "libfdholderd/account.h"
#include "libfdholderd/flight.h"
#include "libfdwire/frame.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire-state.h"

 /*
    SNIFF -> OPEN             fifth byte is 0: s6 dialect                       sniff()
    SNIFF -> HELLO            fifth byte is not 0: native dialect               sniff()
    HELLO -> GREET            banner received, the answer is due                peer_hello()
    GREET -> OPEN             channel and banner queued; once they can be       peer_greet()
    any -> DRAIN              a protocol error was answered: read no more,
                              flush, close                                      peer_drain()
    SNIFF -> OPEN, WAITING    it was that in the image before                   peer_inherit()
    OPEN -> WAITING           its request is answered later                     conclude()
    WAITING -> OPEN           now                                               peer_resume()
    OPEN -> ANSWERING         its answer goes on when what there is of it       conclude()
                              has left, or when it is woken
    ANSWERING -> OPEN         and is whole now                                  peer_go_on()
    OPEN, WAITING -> DRAIN    lame duck, and nothing half-sent is here          peer_account()
    any -> DEAD               EOF, I/O error, deadline, displacement: swept at
                              the end of the turn, never inside a callback      peer_die()

    What an open one is in the middle of, a taking or a dump, is its session's:
    verbs_phase().
 */

enum peer_state
{
  PEER_SNIFF,
  PEER_HELLO,
  PEER_GREET,
  PEER_OPEN,
  PEER_WAITING,
  PEER_ANSWERING,
  PEER_DRAIN,
  PEER_DEAD
} ;

struct peer
{
  struct holder *holder ;
  void *owner ;  /* who gave it its place: woken when what it waits for may be there */
  struct account *account ;  /* whose places it takes; set by who gives them out */
  int fd ;
  int channel ;  /* the end of the event pipe that we write to; -1: none */
  uint8_t state ;  /* enum peer_state */
  uint8_t busy ;  /* an exchange is under way */
  uint8_t islameduck ;
  uint8_t hasleft ;  /* something that waited has, since -t was armed */
  uint8_t iseof ;  /* nothing more can come */
  uint8_t isstranger ;  /* native, or nobody knows yet, and has been told nothing: does not know us */
  struct session session ;
  struct flight_one flight ;
  struct frame_in in ;
  struct frame_out out ;
  tain const *timeout ;  /* for one exchange; tain_infinite_relative for none */
  tain deadline ;  /* of the exchange under way; tain_infinite between two */
  tain active ;  /* when bytes last came or went */
  struct backoff backoff ;  /* short of resources: nothing is sent while it is under way */
} ;

 /* Takes fd, whose rights were admitted. 0 and errno ENOMEM: both are the caller's still. */
extern struct peer *peer_new (struct holder *, int fd, struct rights const *, pid_t, tain const *timeout, tain const *now) ;  /* timeout stays where it is */
extern void peer_free (struct peer *, tain const *now) ;

 /* Before a connection that is ours to keep, and that nothing was said to, is
    closed: a client that heard nothing would take us for a daemon of s6. */
extern void peer_turn_away (int fd) ;

extern short peer_events (struct peer const *) ;  /* what to poll for */
extern int peer_mayjudge (struct peer const *) ;  /* would a request be judged now? Then it is read, if there is room for what comes */
extern int peer_isquiet (struct peer const *) ;  /* nothing is under way: it could go on in another process */
extern void peer_read (struct peer *, tain const *now) ;
extern void peer_write (struct peer *, tain const *now) ;
extern void peer_tick (struct peer *, tain const *now) ;  /* every turn */
extern void peer_next (struct peer const *, tain *) ;  /* when peer_tick has something to do */
extern void peer_resume (struct peer *, tain const *now) ;  /* what it waits for may be there */
extern int peer_mayhear (struct peer *, tain const *now) ;  /* of changes; 0: not any longer, and it is dead */
extern void peer_hangup (struct peer *, tain const *now) ;  /* the client has gone, and the peer does not read */
extern int peer_inherit (struct peer *, struct wire_state_connection const *) ;  /* a new one goes on as it was; what it was given is the caller's. 0, ENOMEM */
extern void peer_lameduck (struct peer *, tain const *now) ;
extern void peer_kill (struct peer *, char const *why, tain const *now) ;  /* why: a text that stays where it is */
 /* Will peer_free close the connection at once, with nothing unread on it? */
#define peer_isclosedalone(p) ((p)->iseof && !(p)->flight.unread)
#define peer_isdead(p) ((p)->state == PEER_DEAD)
#define peer_isbusy(p) ((p)->busy)
#define peer_iswaiting(p) ((p)->state == PEER_WAITING)
#define peer_iswatching(p) (!!(p)->session.watcher)
#define peer_uid(p) ((p)->session.rights.uid)

#endif
