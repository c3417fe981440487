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

enum launch_flag
{
  LAUNCH_SESSION = 1,  /* it leads one of its own */
  LAUNCH_APART = 2,  /* before may wait: whether the program can be executed is not waited for */
  LAUNCH_NEWPIDNS = 4,  /* it is process 1 of a new PID namespace */
  LAUNCH_CGROUP = 8  /* it is in that cgroup from its beginning */
} ;

struct launch
{
  char const *path ;  /* never looked for */
  char const *const *argv ;
  char const *const *envp ;
  struct launch_move moves[LAUNCH_MOVES_MAX] ;  /* the rest is inherited, but what is close-on-exec */
  unsigned int n ;
  unsigned int flags ;
  int cgroup ;  /* a descriptor of its file cgroup.procs, to write to */
  void (*before) (void *) ;  /* or 0: called in the child before it executes; it may have our memory */
  void *data ;
} ;

 /* The program has no signal blocked, and none ignored that we ignore (signals.h). Its
    pid; 0 and errno: there is no process; -1 and errno: it could not be executed, and
    there is none either. With LAUNCH_APART the child ends with 127 then, and says why. */
extern pid_t launch (struct launch const *) ;

#endif
