/* ISC license. */

#ifndef S6ACTIVATION_LOG_H
#define S6ACTIVATION_LOG_H

 /*
    The daemon's log. A line is at most PIPE_BUF bytes, so that lines of
    several processes do not mix in a pipe, and it is written only when
    the descriptor has room: a stuck logger costs lines, never service.
    Lines that found no room are counted, and the count is the next line
    that finds some. O_NONBLOCK is left alone: the descriptor is shared.
 */

#include <stddef.h>
#include <stdint.h>

enum log_level
{
  LOG_WARNING = 1,
  LOG_INFO = 2
} ;

enum { LOG_QUOTED_MAX = 1024 } ;  /* room for any id when quoted, with its NUL */

struct log
{
  int fd ;
  unsigned int verbosity ;
  uint64_t dropped ;
} ;
#define LOG_ZERO { .fd = 2, .verbosity = 1, .dropped = 0 }

#define log_wants(l, level) ((l)->verbosity >= (level))

 /* One line out of pieces: PROG, the level's word, the pieces. Keeps errno. */
extern void log_linev (struct log *, enum log_level, char const *const *, unsigned int) ;
#define log_array(...) ((char const *const[]){__VA_ARGS__})
#define log_line(l, level, ...) (log_wants(l, level) ? log_linev(l, level, log_array(__VA_ARGS__), sizeof(log_array(__VA_ARGS__)) / sizeof(char const *)) : (void)0)

 /* Quotes an id into LOG_QUOTED_MAX bytes. Returns the buffer. */
extern char const *log_quote (char *, char const *, size_t) ;

#endif
