/* ISC license. */

#ifndef S6ACTIVATION_FIFOWAIT_H
#define S6ACTIVATION_FIFOWAIT_H

 /* Waiting until what is told in fifodirs matches patterns: POSIX extended regular
    expressions, tried on all that has come since the subscription, each time that
    something comes. */

#include <regex.h>
#include <stdint.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libfifodir/fifodir.h"

struct fifowait
{
  struct fifodir_listener listener ;
  regex_t pattern ;
  stralloc received ;  /* with a NUL behind it */
  uint8_t ismatched ;
} ;

 /* Subscribes. 0 and errno: EINVAL that is no expression. */
extern int fifowait_begin (struct fifowait *, char const *path, char const *pattern) ;
extern void fifowait_end (struct fifowait *) ;

 /* Unsubscribes, for stdout may block; then all that has come, and a newline, to stdout. 0 and errno. */
extern int fifowait_print (struct fifowait *) ;

 /* Until all of them have matched, or any; n is not 0. STAMP must be set. 0 and errno: ETIMEDOUT. */
extern int fifowait (struct fifowait *, unsigned int n, int isany, tain const *deadline) ;

 /* Takes what has come, without waiting, also of one that has matched. 0 and errno. */
extern int fifowait_hear (struct fifowait *) ;

#endif
