/* ISC license. */

#ifndef S6ACTIVATION_CLOSING_H
#define S6ACTIVATION_CLOSING_H

 /*
    What is being closed, against who has brought it. A close that never ends
    keeps a number, and a message can bring 253 of the kind: no further ones
    are read from an account that has too many of them. And no message that
    brings more than there is room for is read from anybody: what finds no
    number the kernel closes on our time.
 */

#include <stddef.h>

#include "libfdholderd/account.h"
#include "libfdholderd/verbs.h"

enum closing_numbers
{
  CLOSING_USER = 64,
  CLOSING_RULE = 128
} ;

 /* The table of the holder, and its helpers. Where there are none all is closed
    here, with a warning if there could be. */
extern void closing_begin (struct holder *, int hasconnections) ;
extern void closing_await (struct holder *) ;  /* they are there: before anything comes from clients */

 /* How many bytes of that connection may be read now, so that nothing comes
    with them that there is no room for. 0: none, not even to see its end. */
extern size_t closing_room (struct holder const *, struct account const *, int fd) ;

 /* Is it to be waited for? */
extern int closing_hasroom (struct holder const *, struct account const *, int fd) ;

#endif
