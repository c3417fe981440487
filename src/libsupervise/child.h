/* ISC license. */

#ifndef S6ACTIVATION_CHILD_H
#define S6ACTIVATION_CHILD_H

 /* Which process of the service lives: supervise/child. A supervisor that is killed
    leaves it to the next one, which does not start a second one. A process is known
    by its number, when it was started, and since which boot. */

#include <stdint.h>
#include <sys/types.h>

#include <skalibs/types.h>

enum { CHILD_BOOT = 36 } ;  /* bytes of the kernel's boot id */

struct child_file
{
  char boot[CHILD_BOOT + 1] ;
  int iswritten ;  /* by us, once: it can be written over, which costs less. Nobody reads it while we live */
  char start[UINT64_FMT] ;  /* of who was found */
} ;

 /* Reads what does not change. Where the system has it not, nothing is written, and nobody
    found. 0 and errno: a shortage. */
extern int child_init (struct child_file *) ;

enum child_what
{
  CHILD_RUN,
  CHILD_ENDING,  /* run, and there is a time when it is to be killed */
  CHILD_FINISH
} ;

struct child_note
{
  enum child_what what ;
  int64_t when ;  /* that time, of CHILD_ENDING, as clock_milliseconds has it; below 0: unknown */
  int isleaving ;  /* its supervisor was to end, or has: the next one goes on with nothing but who lives */
  pid_t dead ;  /* found only: who is written there, is no more, and whose number nobody has got since; or 0 */
} ;

 /* Of that process; 0: of the calling one, before it executes. Allocates nothing. 0 and errno:
    ESRCH it is dead. */
extern int child_write (struct child_file const *, pid_t, struct child_note const *) ;

 /* The one that is written there and lives, and a descriptor (procfd.h), -1 where the
    system has none; 0 in pid: there is none, and the note may have a dead one. 0 and errno:
    that cannot be known just now. */
extern int child_find (struct child_file *, pid_t *pid, struct child_note *, int *fd) ;

 /* Who was found: does he live still, as far as can be known? For where there is no descriptor. */
extern int child_lives (struct child_file const *, pid_t) ;

#endif
