/* ISC license. */

#ifndef S6ACTIVATION_LONGOPTIONS_H
#define S6ACTIVATION_LONGOPTIONS_H

 /* Long options of s6's newer programs: --name, or --name=value. Each is a short one here. */

#include <skalibs/sgetopt.h>

struct longoption
{
  char const *name ;  /* with its = if it takes a value */
  int letter ;
} ;

 /* The next option, short or long, and its value in l->arg; '?': there is no such
    option; -1 at the end of them. */
extern int longoptions_next (int argc, char const *const *argv, subgetopt *l, char const *letters, struct longoption const *, unsigned int n) ;

#endif
