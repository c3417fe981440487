/* ISC license. */

#ifndef S6ACTIVATION_MACHINE_INTERNAL_H
#define S6ACTIVATION_MACHINE_INTERNAL_H

#include "libsupervise/machine.h"

 /* What a letter does, in this order; some of it in some states only. */
enum machine_deed
{
  DEED_MAKEDOWN = 0x0001,
  DEED_REMOVEDOWN = 0x0002,
  DEED_SIGNAL = 0x0004,  /* the letter's own, to run */
  DEED_SIGNALGROUP = 0x0008,  /* to the group of run */
  DEED_DOWNSIGNAL = 0x0010,
  DEED_RELOADSIGNAL = 0x0020,
  DEED_CONTINUE = 0x0040,  /* CONT, too */
  DEED_PAUSED = 0x0080,
  DEED_UNPAUSED = 0x0100,
  DEED_ARM = 0x0200,  /* the time until it is killed */
  DEED_WANTUP = 0x0400,
  DEED_WANTDOWN = 0x0800,
  DEED_START = 0x1000,  /* now */
  DEED_ONCE = 0x2000,
  DEED_LETGO = 0x4000,
  DEED_LEAVE = 0x8000
} ;

struct machine_letter
{
  char letter ;
  int sig ;
  unsigned int deeds[3] ;  /* by state: DOWN, UP, FINISH */
} ;

 /* The last row is of any letter that has no meaning. */
extern struct machine_letter const *machine_letter (int) ;

extern void machine_obey (struct machine *, struct machine_letter const *, struct machine_input const *, struct machine_files const *, struct machine_effects *) ;

 /* What is owed. */
extern void machine_pay (struct machine *, struct machine_input const *, struct machine_files const *, struct machine_effects *) ;

extern void machine_add (struct machine_effects *, enum machine_effect_type, int value) ;
extern void machine_tell (struct machine_effects *, char const *letters) ;  /* the status, then these */

 /* It is down, with nothing left of its last life: what now? */
extern void machine_settle (struct machine *, tain const *now, struct machine_effects *) ;
extern void machine_leave (struct machine *, struct machine_effects *) ;  /* at once */

#endif
