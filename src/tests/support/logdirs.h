/* ISC license. */

/* What the tests of liblogger/logdir.h share: one set of settings, a clock that stands until
   it is moved, and all that was said to a logdir, to compare with what is in it. */

#ifndef LOGDIRS_H
#define LOGDIRS_H

#include <sys/types.h>

#include "liblogger/logdir.h"
#include "liblogger/script.h"

enum
{
  LOGDIRS_TEXT_MAX = 1 << 20,
  LOGDIRS_SIZE = 4096,
  LOGDIRS_TOLERANCE = 200,
  LOGDIRS_LINE = 100
} ;

extern struct script_settings logdirs_settings ;
extern struct logtime logdirs_now ;
extern char logdirs_said[LOGDIRS_TEXT_MAX] ;  /* all lines that were taken */
extern size_t logdirs_saidlen ;
extern unsigned int logdirs_number ;  /* of the next line */

 /* Once, first: the umask and the clock. */
extern void logdirs_start (void) ;

 /* The usual settings; nothing was said. */
extern void logdirs_begin (void) ;

extern void logdirs_pass (unsigned int milliseconds) ;
extern struct logdir *logdirs_open (struct logdir *, char const *path) ;

 /* A line of that length, with its number. Returns what logdir_write does. */
extern int logdirs_say (struct logdir *, size_t) ;

 /* So many archives of one line each. */
extern void logdirs_fill (struct logdir *, unsigned int) ;

 /* A file of so many lines in that directory, as a logger before has left it. */
extern void logdirs_leave (char const *path, char const *name, mode_t, unsigned int lines) ;

 /* -1 and 0 where there is none. */
extern off_t logdirs_size (char const *path, char const *name) ;
extern unsigned int logdirs_mode (char const *path, char const *name) ;

 /* Whether archives and current, one after the other, are what was said. */
extern int logdirs_hasall (char const *path) ;

 /* How many archives there are, the size of the largest, and how many end in .u */
extern unsigned int logdirs_count (char const *path, off_t *largest, unsigned int *unfinished) ;

#endif
