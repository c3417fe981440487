/* ISC license. */

/* A program each of whose system calls can be made to fail. A process of ours, the
   warden, is asked before each of them, by seccomp(2), and lets it be or answers in
   the kernel's place. Those of the program's children count until they execute. */

#ifndef S6ACTIVATION_TESTS_BREAKER_H
#define S6ACTIVATION_TESTS_BREAKER_H

#include <sys/types.h>

 /* Shared with the warden. */
struct breaker
{
  pid_t pid ;  /* the program */
  pid_t warden ;
  int volatile listener ;
  int volatile isarmed ;
  int volatile isexecuted ;
  unsigned int volatile at ;  /* the call that is to fail, counted from when it was armed: from 1 */
  unsigned int volatile ms ;  /* and for so long, all calls of that kind */
  int volatile number ;  /* errno */
  unsigned int volatile calls ;  /* since it was armed */
  unsigned int volatile failed ;
  long volatile kind ;  /* the number of the call that failed */
} ;

extern int breaker_works (void) ;

 /* Ends the one before, if it is not 0, and executes argv, whose first is a path, with stderr
    to the end of that file; at not 0: armed so. What it starts has the same warden. */
extern struct breaker *breaker_begin (struct breaker *, char const *const *argv, char const *path, unsigned int at, int number, unsigned int ms) ;

 /* From now on; or from its beginning, if it was not started yet. */
extern void breaker_arm (struct breaker *, unsigned int at, int number, unsigned int ms) ;
extern void breaker_disarm (struct breaker *) ;

 /* When all of the program's processes have ended; the warden is ended, if they have not. */
extern void breaker_free (struct breaker *) ;

#endif
