/* ISC license. */

/* Programs that are killed as they enter their n-th system call. */

#ifndef S6ACTIVATION_TESTS_TRACER_H
#define S6ACTIVATION_TESTS_TRACER_H

#include <sys/types.h>

struct trace
{
  unsigned int calls ;  /* system calls it has entered, up to the next program that it executes */
  unsigned int sends ;  /* of them, sendmsg */
  int signal ;          /* what it died of; 0: it exited */
  int code ;            /* of its exit */
} ;

extern int tracer_works (void) ;  /* is ptrace(2) allowed here? */

 /* Runs the program, a path and not a name, with that descriptor as 0, and sends the signal as it
    enters its n-th system call; 0: never. */
extern void tracer_run (struct trace *, char const *const *argv, int input, unsigned int n, int signal) ;

 /* Runs the program as above and untouched, while a process that is our child is sent the
    signal as it enters its n-th system call from now on. victim says how far that one
    came: its calls are less than n if the program ended before. It is left untraced. */
extern void tracer_run_against (struct trace *program, struct trace *victim, char const *const *argv, int input, pid_t, unsigned int n, int signal) ;

#endif
