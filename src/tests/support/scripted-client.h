/* ISC license. */

/* For unit mains whose client talks to a scripted daemon. */

#ifndef S6ACTIVATION_TESTS_SCRIPTED_CLIENT_H
#define S6ACTIVATION_TESTS_SCRIPTED_CLIENT_H

#include <sys/types.h>

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "scripted.h"

struct conversation
{
  unsigned int fds ;  /* how many were open before it */
  pid_t pid ;
  fdholder h ;
  tain deadline ;  /* five seconds after its start */
} ;

 /* Starts the daemon and connects; ends the connection and sees that the daemon has gone
    through its steps, and that no descriptor of ours is left: two points, with that name. */
extern void conversation_start (struct conversation *, struct step const *) ;
extern void conversation_end (struct conversation *, char const *name) ;

 /* One point: the call returned success, or failed with that errno. */
extern void conversation_result (int succeeded, int want, char const *name) ;

#endif
