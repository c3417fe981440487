/* ISC license. */

#ifndef S6ACTIVATION_LOG_H
#define S6ACTIVATION_LOG_H

 /*
    A daemon's log. A line is at most PIPE_BUF bytes, so that lines of
    several processes do not mix in a pipe, and it is written without
    waiting (nowait.h): a stuck logger costs lines, never service. Lines
    that found no room are counted, and the count is the next line that
    finds some. What a client can cause goes through complaint.h.
 */

#include <stddef.h>
#include <stdint.h>

#include "libdaemon/nowait.h"

enum log_level
{
  LOG_WARNING = 1,
  LOG_INFO = 2,
  LOG_NOTE = LOG_WARNING | 0x10  /* told like a warning, and called an info */
} ;

enum { LOG_QUOTED_MAX = 1024 } ;  /* room for any id when quoted, with its NUL */

struct log
{
  struct nowait out ;
  unsigned int verbosity ;
  uint64_t dropped ;  /* since something was last told of that */
  uint8_t torn ;  /* the last line was taken in part */
} ;
#define LOG_ZERO { .out = NOWAIT_ZERO(2), .verbosity = 1, .dropped = 0, .torn = 0 }

#define log_wants(l, level) ((l)->verbosity >= ((level) & 0xf))

 /* One line out of pieces: PROG, the level's word, the pieces. Keeps errno. */
extern void log_linev (struct log *, enum log_level, char const *const *, unsigned int) ;
#define log_array(...) ((char const *const[]){__VA_ARGS__})
#define log_count(...) (sizeof(log_array(__VA_ARGS__)) / sizeof(char const *))
#define log_line(l, level, ...) (log_wants(l, level) ? log_linev(l, level, log_array(__VA_ARGS__), log_count(__VA_ARGS__)) : (void)0)

 /* Tells how many lines were dropped, if any were and there is room now. */
extern void log_retry (struct log *) ;

 /* Quotes an id into LOG_QUOTED_MAX bytes. Returns the buffer. */
extern char const *log_quote (char *, char const *, size_t) ;

#endif
