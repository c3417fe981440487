/* ISC license. */

#ifndef S6ACTIVATION_PEER_INTERNAL_H
#define S6ACTIVATION_PEER_INTERNAL_H

 /* What the files of the peer module share. */

#include <skalibs/tai.h>

#include "frame.h"
#include "peer.h"

extern void peer_hello (struct peer *, struct frame const *, tain const *now) ;
extern void peer_greet (struct peer *, tain const *now) ;  /* again by a timer, while there is no pipe to be had */
extern void peer_starve (struct peer *, tain const *now) ;  /* short of resources: begin or lengthen the pause */

#endif
