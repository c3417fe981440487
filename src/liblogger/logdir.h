/* ISC license. */

#ifndef S6ACTIVATION_LOGDIR_H
#define S6ACTIVATION_LOGDIR_H

 /*
    A directory that a logger writes to: current, which is rotated, and archives;
    s6-log(8). Nothing that was taken is lost: exactly one of current and previous
    has each byte, and each step of a rotation can be done again after a kill.

      WRITABLE -> SYNC      current is full, or old, or it was asked for
      SYNC -> RENAME -> REOPEN -> CHMOD -> ARCHIVE -> TRIM -> WRITABLE
      WRITABLE -> CLOSING -> CLOSED    fsync, and current is marked as finished

    A step that fails is done again after the time between retries; until then nothing
    is written. It is told when it begins to fail, each minute, and when it is over.

    With a processor ARCHIVE leaves previous to it, and current is written to meanwhile:

      IDLE -> SPAWN -> RUNNING -> DONE -> DROP -> STATE -> ARCHIVE -> IDLE
      RUNNING -> SPAWN      it has failed, or could not be started: again, later and later

    What is there for processors is theirs alone: no rotation begins before IDLE. Current
    takes LOGDIR_PATIENCE times what it should, and then nothing more.
 */

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include "libdaemon/log.h"
#include "liblogger/archives.h"
#include "liblogger/script.h"

enum logdir_state
{
  LOGDIR_WRITABLE,
  LOGDIR_SYNC,
  LOGDIR_RENAME,
  LOGDIR_REOPEN,
  LOGDIR_CHMOD,
  LOGDIR_ARCHIVE,
  LOGDIR_TRIM,
  LOGDIR_CLOSING,
  LOGDIR_CLOSED
} ;

enum logdir_processing
{
  LOGDIR_IDLE,
  LOGDIR_SPAWN,
  LOGDIR_RUNNING,
  LOGDIR_DONE,  /* it has done its work, and processed is to be made safe */
  LOGDIR_DROP,  /* previous has gone into processed */
  LOGDIR_NEWSTATE_BECOMES_STATE,
  LOGDIR_PROCESSED_BECOMES_ARCHIVE
} ;

enum { LOGDIR_PATIENCE = 4, LOGDIR_LEFT = 4 } ;

struct logtime
{
  tain now ;  /* monotonic */
  struct timespec wall ;
} ;

struct logdir
{
  char const *path ;
  struct script_settings const *settings ;
  struct log *log ;
  int dir ;
  int lock ;
  int fd ;  /* of current; at REOPEN of what is previous by then */
  enum logdir_state state ;
  uint64_t size ;  /* of current */
  size_t torn ;  /* bytes of the line that it ends with, whose rest is still to come; 0: none */
  uint8_t isrotationwanted ;
  mode_t mode ;  /* of current, while it is in use */
  struct archives archives ;
  uint64_t period ;  /* of the clock, that current is of, if rotations are aligned to it */
  tain rotation ;  /* when it is due by its age; or infinite */
  tain sync ;  /* when what was written is to be on the disk; or infinite */
  tain look ;  /* when to look next whether current is still there */
  tain retry ;  /* it fails: when to try again; else infinite */
  tain since ;  /* it fails */
  tain telling ;  /* when to tell of it again */
  uint8_t istold ;
  enum logdir_processing processing ;
  pid_t pid ;  /* of the processor, at RUNNING */
  pid_t left[LOGDIR_LEFT] ;  /* those that are not waited for any more, and not reaped; 0: none */
  unsigned int failures ;  /* of it, one after the other */
  unsigned int pause ;  /* milliseconds until it is tried again */
  tain turn ;  /* when it is to go on; infinite at IDLE and RUNNING */
  tain processortelling ;  /* when to tell of its failures again */
} ;

 /* A part of what is to be written: whole lines, each with its newline. */
struct logpart
{
  char const *s ;
  size_t len ;
} ;

 /* Makes it, or takes it over as the last logger has left it. The settings stay in use.
    0 and errno: EBUSY another logger has it. */
extern int logdir_open (struct logdir *, char const *path, struct script_settings const *, struct log *, struct logtime const *) ;

 /* Writes what it can, rotating on the way; what was written is taken off. 1: all of it.
    0: it fails, or has no time: try again at retry. */
extern int logdir_write (struct logdir *, struct logpart *, unsigned int n, struct logtime const *) ;

 /* Of a line whose rest will not come, because all of it is for the next logger, nothing is
    to stay, if that can be. */
extern void logdir_untear (struct logdir *) ;

extern void logdir_rotate (struct logdir *) ;  /* as soon as it can be; nothing if it is empty */

 /* What is due by itself. Call it at logdir_next. */
extern void logdir_turn (struct logdir *, struct logtime const *) ;
extern void logdir_next (struct logdir const *, tain *when) ;  /* lowers it */

 /* 1: it is closed. 0: it fails: try again at retry; or a processor is at work. */
extern int logdir_close (struct logdir *, struct logtime const *) ;

 /* A processor that is at work is not waited for: what it was given is for the next
    logger. Before logdir_close. */
extern void logdir_leave_processor (struct logdir *) ;

 /* Lets go of all, as a kill would. */
extern void logdir_abandon (struct logdir *) ;

#endif
