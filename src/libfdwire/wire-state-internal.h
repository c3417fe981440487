/* ISC license. */

#ifndef S6ACTIVATION_WIRE_STATE_INTERNAL_H
#define S6ACTIVATION_WIRE_STATE_INTERNAL_H

 /* What who writes a state and who reads it have in common. */

#include "libfdwire/wire-state.h"

#define STATE_MAGIC "s6fdholderstate"  /* behind the version */

enum { STATE_MAGIC_LEN = sizeof(STATE_MAGIC) - 1 } ;

enum entry_flag
{
  FLAG_SOCKET = 1,
  FLAG_UNIX = 2,
  FLAG_NEVER = 4,  /* what it has left is not said */
  FLAG_SAME = 8  /* nor whose it is: it is said of the one before */
} ;

enum connection_flag { FLAG_S6 = 1, FLAG_GIVEN = 2, FLAG_WATCHING = 4, FLAG_LOST = 8, FLAGS = 15 } ;

 /* before: 0 where there is none. */
extern int wire_state_issame (struct wire_state_entry const *, struct wire_state_entry const *before) ;

#endif
