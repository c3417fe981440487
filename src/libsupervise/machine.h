/* ISC license. */

#ifndef S6ACTIVATION_MACHINE_H
#define S6ACTIVATION_MACHINE_H

 /*
    What a supervisor does when: the table of service-directory(7), and nothing
    else. No system call is made here. An input changes the machine and gives a
    list of effects, which are performed in order before the next input; those
    that start a process are answered by an input.

      DOWN -> UP       wanted, and due or told       status; u
      UP -> FINISH     run died, finish started      tally; status; d
      UP -> DOWN       run died, no finish           tally; status; dD
      FINISH -> DOWN   finish died                   status; D or OD
      DOWN -> OVER     when it is to leave           x
 */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libsupervise/svstatus.h"

enum machine_state
{
  MACHINE_DOWN,
  MACHINE_UP,
  MACHINE_FINISH,  /* run is dead, and finish runs, or is being started */
  MACHINE_OVER  /* the supervisor exits */
} ;

enum machine_event
{
  MACHINE_LETTER,  /* value: one that came by control */
  MACHINE_SIGNAL,  /* value: one that the supervisor got: TERM, HUP, INT, QUIT */
  MACHINE_READY,  /* run has said so */
  MACHINE_DIED,  /* run or finish, whichever there is; value: as wait(2) gives it, or MACHINE_UNKNOWN */
  MACHINE_DUE,  /* due has come */
  MACHINE_AGAIN,  /* what is owed may be done now */
  MACHINE_STARTED,  /* run; value: its pid */
  MACHINE_NOTSTARTED,
  MACHINE_FINISHING,  /* finish was started; value: its pid */
  MACHINE_NOTFINISHING  /* there is none, or it could not be */
} ;

enum { MACHINE_UNKNOWN = -1 } ;  /* how it died: another process has seen it */

struct machine_input
{
  enum machine_event event ;
  int value ;
  tain now ;  /* monotonic */
  tain label ;  /* wall clock */
} ;

 /* What the service's files say. */
struct machine_files
{
  int downsignal ;
  int reloadsignal ;
  unsigned int timeoutkill ;  /* ms; 0: never */
  unsigned int timeoutfinish ;
  unsigned int maxdelay ;  /* ms: the pause before a start grows up to this one */
  uint8_t iskillgroup ;  /* who is killed when timeoutkill is over: the whole group */
  uint8_t isunknown ;  /* one that was asked for cannot be read just now, and has its default here */
} ;

enum machine_file
{
  MACHINE_DOWNSIGNAL = 0x01,
  MACHINE_RELOADSIGNAL = 0x02,
  MACHINE_TIMEOUTKILL = 0x04,
  MACHINE_TIMEOUTFINISH = 0x08,
  MACHINE_MAXDELAY = 0x10,
  MACHINE_KILLGROUP = 0x20
} ;

enum machine_effect_type
{
  EFFECT_STATUS,  /* write it */
  EFFECT_TELL,  /* letters, in one write */
  EFFECT_RUN,  /* start it; answered by STARTED or NOTSTARTED */
  EFFECT_FINISH,  /* the same for finish. value: how run died */
  EFFECT_TALLY,  /* value: how run died */
  EFFECT_SIGNAL,  /* value: for the process that there is */
  EFFECT_SIGNALGROUP,  /* for its group */
  EFFECT_CLEAN,  /* what it has left behind, when finish is over */
  EFFECT_MAKEDOWN,  /* the file */
  EFFECT_REMOVEDOWN,
  EFFECT_LETGO  /* of stdin and stdout */
} ;

struct machine_effect
{
  enum machine_effect_type type ;
  int value ;
  char const *letters ;
} ;

enum { MACHINE_EFFECTS_MAX = 8 } ;

struct machine_effects
{
  struct machine_effect list[MACHINE_EFFECTS_MAX] ;
  unsigned int n ;
} ;

struct machine
{
  enum machine_state state ;
  struct svstatus status ;
  tain due ;  /* DOWN: the next start. Otherwise: who lives is killed. infinite: never */
  tain started ;  /* when run was, monotonic */
  unsigned int pause ;  /* ms between two starts */
  unsigned int failures ;  /* starts that failed, one after the other */
  pid_t run ;  /* the last one: a group of its number may be left */
  uint8_t isonce ;  /* a start is wanted, one only */
  uint8_t isleaving ;  /* exits when it is down */
  uint8_t isuntimed ;  /* finish's time is not known yet: it begins when it is due */
  unsigned int owed ;  /* to run, by letters whose files could not be read: deeds */
} ;

 /* A service that nobody has started yet. */
extern void machine_init (struct machine *, int iswanted, tain const *now, tain const *label) ;

 /* One that a supervisor before us has started: its run, or its finish. old: what it
    has told of it, or 0. */
extern void machine_adopt (struct machine *, pid_t, int isfinish, struct svstatus const *old, tain const *now, tain const *label) ;

 /* After that: it was told to end by d, and is to be killed at that time; 0: after
    timeout-kill, which is asked for when AGAIN comes. */
extern void machine_rearm (struct machine *, tain const *) ;

 /* Is there a time when run, which lives, is to be killed? */
#define machine_isarmed(m) ((m)->state == MACHINE_UP && tain_less(&(m)->due, &tain_infinite))

 /* Which files it must know for that input; the others may be anything. */
extern unsigned int machine_reads (struct machine const *, struct machine_input const *) ;

extern void machine_step (struct machine *, struct machine_input const *, struct machine_files const *, struct machine_effects *) ;

 /* The letter that sends this signal to run; 0: there is none. */
extern char machine_letterof (int sig) ;

#endif
