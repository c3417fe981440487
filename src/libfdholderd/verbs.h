/* ISC license. */

#ifndef S6ACTIVATION_VERBS_H
#define S6ACTIVATION_VERBS_H

 /*
    Requests become replies here. A request is judged whole, then applied
    whole. Replies leave by a struct replies, so that nothing here knows
    a connection.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libfdholderd/holder.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/stage.h"
#include "libfdholderd/store.h"
#include "libfdwire/wire.h"

 /* A retrieve-and-delete that has been answered and not completed. */
struct taking
{
  struct list link ;  /* among those that have ended, and must wait to be told */
  uint64_t serial ;  /* of the entry */
  char id[] ;  /* a copy, for the entry may go */
} ;

 /* What it has asked to be changed. */
enum changing
{
  CHANGING_NOTHING,
  CHANGING_NOW,  /* the keeper is being told: verbs_change() */
  CHANGING_DONE  /* it is to be answered */
} ;

 /* What one connection brings to its requests. */
struct session
{
  struct rights rights ;
  struct stage *stage ;  /* the dump that is being set; or 0 */
  struct taking *taking ;  /* or 0 */
  struct postponed *postponed ;  /* its request waits until something may be changed; or 0 */
  struct watch_waiter *waiter ;  /* its request is answered later; or 0 */
  struct watch_watcher *watcher ;  /* it is told of changes; or 0 */
  struct inspection *inspection ;  /* its answer is made as it leaves; or 0 */
  struct store_entry *given ;  /* acknowledged, and lent by the store until B or anything else; or 0 */
  pid_t pid ;
  uint8_t changing ;  /* enum changing */
  uint8_t isnative ;  /* knows A and B, and gets ENOSYS for what is not known */
} ;

struct replies
{
  char *(*reserve) (void *, size_t, unsigned int) ;  /* room for a body; 0: no memory */
  void (*commit) (void *, size_t, int const *, unsigned int) ;
  void *data ;
} ;

enum verdict
{
  VERDICT_ANSWERED,
  VERDICT_LATER,  /* it waits: nothing else is judged until verbs_resume has another verdict */
  VERDICT_MORE,  /* the answer goes on: verbs_resume, when what there is of it has left, and when woken */
  VERDICT_PROTOCOL,  /* not understood: answer EPROTO and close */
  VERDICT_NOMEMORY  /* not even the answer fits: close */
} ;

 /* What a session is in the middle of, and what a verb belongs to. Anything
    else ends a taking, and what was given is given for good then; but a dump
    that anything interrupts is a protocol error. */
enum phase
{
  PHASE_NONE,
  PHASE_DUMP,  /* staged, frame by frame */
  PHASE_TAKING,  /* a retrieve-and-delete was answered, and is not acknowledged */
  PHASE_GIVEN  /* it is, and may be put back */
} ;

 /* One request. The references to its descriptors are consumed. */
struct call
{
  struct holder *holder ;
  struct session *session ;
  struct wire_request const *request ;
  int const *fds ;  /* request->nfds of them */
  struct replies reply ;
  void *owner ;  /* whom to wake, if the answer comes later, or who may be told of changes (watch.h) */
  int channel ;  /* of the event pipe; -1: there is none */
  tain const *now ;
} ;

typedef enum verdict verb_func (struct call const *) ;
typedef verb_func *verb_func_ref ;

 /* All that is known of a verb. The wire counts its descriptors. */
struct verb
{
  char letter ;
  uint8_t isnativeonly ;
  uint8_t ischange ;  /* of what is held: waits while the keeper is being told of another */
  enum right right ;  /* judged before; by id where it has one */
  enum phase phase ;
  char const *name ;
  verb_func_ref f ;
} ;

 /* unpacked: what wire_unpack_request returned. */
extern enum verdict verbs_answer (struct call const *, int unpacked) ;

 /* How many descriptors of clients are open, against the budget. Where so many
    more are too many, it waits a little for those that are being closed. */
extern uint64_t verbs_open (struct holder *, uint64_t wanted) ;

 /* Would it be too many, if its user had so many more stored? */
extern int verbs_isoverquota (struct holder *, struct session *, uint32_t added, tain const *now) ;

 /* What waits is judged again, as if it were asked now; what goes on goes on.
    The call has no request and no descriptors. */
extern enum verdict verbs_resume (struct call const *) ;

 /* The observer of the store; its data is the holder. */
extern store_observer_func verbs_observe ;

extern enum verdict verbs_error (struct replies const *, int) ;

 /* The same, and the log. what: said of it; id: 0 where it has none. */
extern enum verdict verbs_done (struct call const *, char const *what, char const *id, int error) ;

extern enum phase verbs_phase (struct session const *) ;

 /* The answer to a retrieve-and-delete of the s6 dialect has left: the id goes,
    if it is still there. */
extern void verbs_taking_complete (struct holder *, struct session *, tain const *now) ;
#define verbs_istaking(s) (!!(s)->taking)

 /* Is something of it to be changed, or changed and not answered? */
#define verbs_ischanging(s) ((s)->postponed || (s)->changing)

 /* Tells the keeper of the change, applies it, answers: now, or later. */
extern enum verdict verbs_change (struct call const *, struct change const *, char const *what, char const *id) ;

 /* The request waits until something may be changed. Consumes its descriptor. */
extern enum verdict verbs_postpone (struct call const *) ;

 /* After kept_turn: what has waited is done, in order, as far as it can be. */
extern void verbs_go_on (struct holder *, tain const *now) ;

 /* Is there something that the keeper is being told, or is to be, though nobody
    waits for it? */
extern int verbs_isbehind (struct holder const *) ;

 /* What has expired goes. */
extern void verbs_expire (struct holder *, tain const *now) ;

 /* Undoes what was under way: a taking, a dump, a wait; what was given is given for good. */
extern void verbs_session_end (struct holder *, struct session *) ;

 /* The same, and it is told of nothing any longer: before its connection is closed. */
extern void verbs_session_close (struct holder *, struct session *) ;

 /* From now on it is told of changes, instead of those that it was told of before:
    what E does. glob 0: of all. islost: it has not been told of some. 0 and errno. */
extern int verbs_session_watch (struct holder *, struct session *, int channel, void *owner, char const *glob, int islost) ;

extern enum verdict verbs_inspection_continue (struct call const *) ;
extern enum verdict verbs_setdump_continue (struct call const *) ;

extern verb_func verb_store ;
extern verb_func verb_replace ;
extern verb_func verb_delete ;
extern verb_func verb_retrieve ;
extern verb_func verb_watch ;
extern verb_func verb_acknowledge ;
extern verb_func verb_putback ;
extern verb_func verb_list ;
extern verb_func verb_inspect ;
extern verb_func verb_status ;
extern verb_func verb_keep ;
extern verb_func verb_getdump ;
extern verb_func verb_setdump ;
extern verb_func verb_dumpframe ;

extern void verbs_log (struct holder *, struct session const *, char const *what, char const *id, int e) ;

#endif
