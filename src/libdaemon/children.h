/* ISC license. */

#ifndef S6ACTIVATION_CHILDREN_H
#define S6ACTIVATION_CHILDREN_H

 /* The running children of a program, by pid, and who notices their ends. */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/tree.h"

 /* A part of what the program knows of the child. */
struct child
{
  struct tree_node node ;
  pid_t pid ;
} ;

 /* The child has ended, with that status of waitpid(2), and is the caller's again. */
typedef void child_ended_func (void *, struct child *, int status) ;

struct children
{
  struct tree bypid ;
  child_ended_func *ended ;
  void *data ;
  tain sweep ;  /* when to look for those that ended unnoticed; infinite: there are none */
  uint32_t unswept ;  /* taken by their number since the last look */
} ;

#define children_running(c) ((c)->bypid.count)

extern void children_init (struct children *, child_ended_func *, void *) ;
extern void children_add (struct children *, struct child *, pid_t) ;
extern struct child *children_remove (struct children *, pid_t) ;  /* 0: it is not ours */
extern void children_kill (struct children const *, int sig) ;

 /* After a SIGCHLD that names this one; 0: it names nobody. What is no child
    of ours, left to us by who executed into us, goes without a word. */
extern void children_reap (struct children *, pid_t, tain const *now) ;

 /* Takes every child that has ended. At the beginning, too: what ended before told nobody.
    What cannot be known just now is left for children_turn. */
extern void children_sweep (struct children *) ;
#define children_issweepneeded(c) tain_less(&(c)->sweep, &tain_infinite)

extern void children_turn (struct children *, tain const *now) ;  /* sweeps when it is time */
extern void children_next (struct children const *, tain *when) ;  /* lowers it to that time */

#endif
