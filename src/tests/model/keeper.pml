/* ISC license. */

/*
   The keeper: one writer, one copy. A worker is the holder; a keeper has a copy
   of what it holds, by a channel whose queue survives its sender. Either may be
   killed at any moment. Checked: what the living hold, or have on its way, is
   what clients were told, at any time; an operation that is not acknowledged may
   found been done or not.

   tools/check-model.sh checks that it holds, and that it does not when one rule
   is broken, by a macro:
     ACKFIRST      the client is answered before the keeper is told
     DELETESTORE   a replace is told as a delete and a store
     NOBATCH       a dump is told entry by entry
     RESPAWNEARLY  a new worker begins before the keeper has read all of the old one
     NOSNAP        a keeper that adopts a worker believes that it has everything
   OPERATIONS and KILLS bound the run.

   Not here: time limits, shortage, the keeper that does not read (that is the
   same as one that is killed), exec in place.
*/

#ifndef OPERATIONS
#define OPERATIONS 4
#endif
#ifndef KILLS
#define KILLS 3
#endif

/* Two ids, each with one of three values, of which 0 is nothing: a content is one
   number below 9. An operation sets one of them (3 * id + value), or is a dump. */
#define FIRST(content) ((content) % 3)
#define SECOND(content) ((content) / 3)
#define DUMP 6
#define SET(content, op) (((op) == DUMP) * 4 + ((op) < 3) * (3 * SECOND(content) + (op)) + ((op) >= 3 && (op) < DUMP) * (3 * ((op) - 3) + FIRST(content)))

/* Messages in the channel: an operation, or a snapshot, which is a content. */
#define SNAPSHOT 10
#define ISSNAPSHOT(message) ((message) >= SNAPSHOT)
#define APPLIED(content, message) (ISSNAPSHOT(message) * ((message) - SNAPSHOT) + SET(content, message))
#define ROOM (OPERATIONS + 3)

/* A set of contents: a bit for each. */
#define HAS(set, content) (((set) >> (content)) & 1)

mtype = { IDLE, ASKED, SENDING, REST, ANSWER }

bool worker = true, keeper = true, whole = true ;  /* they live; the keeper has had a snapshot, or never needed one */
byte held, copy ;  /* what the worker holds; what the keeper has read */
byte queue[ROOM], queued ;
short may = 1 ;  /* what clients may find */
mtype phase = IDLE ;  /* of the operation that the worker is at */
byte op, operations, kills ;

/* Of the steps below, and 0 between them. */
hidden short new ;
hidden byte i, found, at, k ;
hidden byte known ;

inline send (message)
{
  if
  :: keeper -> assert(queued < ROOM) ; queue[queued] = message ; queued++
  :: else
  fi
}

/* What an acknowledgement, or the lack of it, makes of the set. */
inline settle (keepsold)
{
  d_step
  {
    new = 0 ; i = 0 ;
    if
    :: keepsold -> new = may
    :: else
    fi ;
    do
    :: i < 9 ->
      if
      :: HAS(may, i) -> new = new | (1 << SET(i, op))
      :: else
      fi ;
      i++
    :: else -> break
    od ;
    may = new ; new = 0 ; i = 0
  }
}

inline check ()
{
  d_step
  {
    found = copy ; at = 0 ; known = whole ;
    if
    :: worker -> found = held ; known = true
    :: !worker && keeper ->
      do
      :: at < queued ->
        if
        :: ISSNAPSHOT(queue[at]) -> known = true
        :: else
        fi ;
        found = APPLIED(found, queue[at]) ; at++
      :: else -> break
      od
    :: else -> known = false
    fi ;
    assert(!known || HAS(may, found)) ;
    found = 0 ; at = 0 ; known = false
  }
}

inline begin_operation (which)
{
  op = which ; operations++ ; phase = ASKED
}

inline read_one ()
{
  d_step
  {
    k = 1 ;
    whole = whole || ISSNAPSHOT(queue[0]) ;
    copy = APPLIED(copy, queue[0]) ;
    do
    :: k < queued -> queue[k - 1] = queue[k] ; k++
    :: else -> break
    od ;
    queued-- ; queue[queued] = 0 ; k = 0
  }
}

inline forget_queue ()
{
  d_step
  {
    do
    :: queued > 0 -> queued-- ; queue[queued] = 0
    :: else -> break
    od
  }
}

#ifdef RESPAWNEARLY
#define HASREAD true
#else
#define HASREAD (queued == 0)
#endif
#define CANASK (worker && phase == IDLE && operations < OPERATIONS)

/* What the message of a whole operation is worth: nothing is between its parts. */
inline tell ()
{
  if
#ifdef NOBATCH
  :: keeper && op == DUMP -> send(1) ; phase = REST
#endif
#ifdef DELETESTORE
  :: keeper && op < 3 && op && FIRST(held) -> send(0) ; phase = REST
  :: keeper && op > 3 && op < DUMP && SECOND(held) -> send(3) ; phase = REST
#endif
#if defined(NOBATCH)
  :: !(keeper && op == DUMP) -> send(op) ; held = SET(held, op) ; phase = ANSWER
#elif defined(DELETESTORE)
  :: !(keeper && ((op < 3 && op && FIRST(held)) || (op > 3 && op < DUMP && SECOND(held)))) -> send(op) ; held = SET(held, op) ; phase = ANSWER
#else
  :: send(op) ; held = SET(held, op) ; phase = ANSWER
#endif
  fi
}

active proctype world ()
{
  do
  /* a client asks: store, delete, replace, or a dump */
  :: atomic { CANASK && !FIRST(held) -> if :: begin_operation(1) :: begin_operation(2) fi ; check() }
  :: atomic { CANASK && !SECOND(held) -> if :: begin_operation(4) :: begin_operation(5) fi ; check() }
  :: atomic { CANASK && FIRST(held) -> if :: begin_operation(0) :: begin_operation(3 - FIRST(held)) fi ; check() }
  :: atomic { CANASK && SECOND(held) -> if :: begin_operation(3) :: begin_operation(3 + 3 - SECOND(held)) fi ; check() }
  :: atomic { CANASK -> begin_operation(DUMP) ; check() }

  /* the worker: it may be done from now on; told; applied; answered */
  :: atomic { worker && phase == ASKED ->
#ifdef ACKFIRST
    settle(false) ;
#else
    settle(true) ;
#endif
    phase = SENDING ; check() }
  :: atomic { worker && phase == SENDING -> tell() ; check() }
  :: atomic { worker && phase == REST -> send((op == DUMP) * 4 + (op != DUMP) * op) ; held = SET(held, op) ; phase = ANSWER ; check() }
  :: atomic { worker && phase == ANSWER -> settle(false) ; phase = IDLE ; op = 0 ; check() }

  /* the keeper reads */
  :: atomic { keeper && queued > 0 -> read_one() ; check() }

  /* one of them is killed, and never the last one */
  :: atomic { kills < KILLS && worker && keeper -> worker = false ; held = 0 ; phase = IDLE ; op = 0 ; kills++ ; check() }
  :: atomic { kills < KILLS && worker && keeper -> keeper = false ; copy = 0 ; whole = false ; forget_queue() ; kills++ ; check() }

  /* the keeper has read all, and starts another worker */
  :: atomic { !worker && keeper && whole && HASREAD -> worker = true ; held = copy ; forget_queue() ; check() }

  /* the supervisor starts another keeper, which adopts the worker; never within a batch */
  :: atomic { !keeper && worker && phase != REST -> keeper = true ;
#ifdef NOSNAP
    whole = true ;
#else
    queue[0] = SNAPSHOT + held ; queued = 1 ;
#endif
    check() }

  :: atomic { (!worker && !keeper) || (operations == OPERATIONS && phase == IDLE && kills == KILLS && queued == 0 && worker && keeper) -> break }
  :: atomic { !worker && keeper && !whole && queued == 0 -> break }  /* it died alone */
  od
}
