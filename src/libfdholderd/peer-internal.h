/* ISC license. */

#ifndef S6ACTIVATION_PEER_INTERNAL_H
#define S6ACTIVATION_PEER_INTERNAL_H

 /* What the files of the peer module share. */

#include <skalibs/tai.h>

#include "libfdwire/frame.h"
#include "libfdholderd/peer.h"

 /* peer-judge.c */

extern unsigned int peer_process (struct peer *, tain const *now) ;  /* what has come, as far as it is whole and may be judged: how many messages */
extern void peer_go_on (struct peer *, tain const *now) ;
extern int peer_awaitsflush (struct peer const *) ;
extern void peer_drain (struct peer *, int e, char const *why, tain const *now) ;
extern void peer_starve (struct peer *, tain const *now) ;  /* no memory for its message */

 /* The others. */

extern void peer_hello (struct peer *, struct frame const *, tain const *now) ;
extern void peer_greet (struct peer *, tain const *now) ;  /* again by a timer, while there is no pipe to be had */
extern void peer_account (struct peer *, unsigned int judged, tain const *now) ;  /* after all else: is it busy, until when? */
extern void peer_say (struct peer const *, char const *) ;  /* at -v 2 */
extern void peer_complain (struct peer const *, char const *, tain const *now) ;
extern void peer_die (struct peer *) ;

#endif
