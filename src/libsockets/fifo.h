/* ISC license. */

#ifndef S6ACTIVATION_FIFO_H
#define S6ACTIVATION_FIFO_H

#include "libsockets/unixsocket.h"

 /*
   Makes a FIFO at path, open for reading and writing, so that a reader never
   sees an end. The flags of the binding are as for a socket, but what is
   exclusive makes no room at all: who has a FIFO open cannot be asked. At no
   moment can it be opened by more than may. -1: errno, failed and remedy are
   set, and nothing of ours is left at path.
 */
extern int fifo_make (char const *path, struct unixbinding *binding) ;

 /* Unlinks path if it is a FIFO; keeps errno. 1 if nothing is there any more. */
extern int fifo_unlink (char const *path) ;

#endif
