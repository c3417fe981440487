/* ISC license. */

#ifndef S6ACTIVATION_LAUNCH_H
#define S6ACTIVATION_LAUNCH_H

 /* Starting the programs of a supervision tree: with no more system calls than it
    needs, and so that it is known whether the program could be executed. */

#include <sys/types.h>

enum { LAUNCH_MOVES_MAX = 4 } ;

struct launch_move
{
  int from ;
  int to ;  /* the program's number */
} ;

struct launch
{
  char const *path ;  /* never looked for */
  char const *const *argv ;
  char const *const *envp ;
  struct launch_move moves[LAUNCH_MOVES_MAX] ;  /* the rest is inherited, but what is close-on-exec */
  unsigned int n ;
  int issession ;  /* leads one of its own */
} ;

 /* The program has no signal blocked, and none ignored that we ignore (signals.h). Its
    pid; 0 and errno: there is no process; -1 and errno: it could not be executed, and
    there is none either. */
extern pid_t launch (struct launch const *) ;

#endif
