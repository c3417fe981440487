/* ISC license. */

#include <string.h>
#include <errno.h>
#include <limits.h>

#include <skalibs/types.h>
#include <skalibs/strerr.h>

#include "libdaemon/log.h"

struct line
{
  size_t len ;
  char s[PIPE_BUF] ;
} ;

 /* What is too long is cut, so that a newline follows always. */

static void append (struct line *line, char const *s)
{
  size_t n = strlen(s) ;
  if (n > PIPE_BUF - 1 - line->len) n = PIPE_BUF - 1 - line->len ;
  memcpy(line->s + line->len, s, n) ;
  line->len += n ;
}

static void begin (struct line *line, char const *word)
{
  append(line, PROG) ;
  append(line, word) ;
}

static void end (struct line *line)
{
  line->s[line->len++] = '\n' ;
}

static void append_dropped (struct line *line, uint64_t n)
{
  char fmt[UINT64_FMT] ;
  fmt[uint64_fmt(fmt, n)] = 0 ;
  begin(line, ": warning: log was full: ") ;
  append(line, fmt) ;
  append(line, " lines were dropped") ;
  end(line) ;
}

 /* What was dropped is told in the same write: a line that needs less room
    than the next one would be told again and again where that finds none.
    Sockets and terminals may take a part: what follows begins a line. */

static int write_lines (struct log *l, char const *word, char const *const *pieces, unsigned int n)
{
  struct line line ;
  ssize_t r ;
  line.len = 0 ;
  if (l->torn) end(&line) ;
  if (l->dropped) append_dropped(&line, l->dropped) ;
  if (n)
  {
    begin(&line, word) ;
    for (unsigned int i = 0 ; i < n ; i++) append(&line, pieces[i]) ;
    end(&line) ;
  }
  r = nowait_write(&l->out, line.s, line.len) ;
  if (r > 0) l->torn = (size_t)r < line.len ;
  if (r != (ssize_t)line.len) return 0 ;
  l->dropped = 0 ;
  return 1 ;
}

void log_retry (struct log *l)
{
  int e = errno ;
  if (l->dropped) write_lines(l, "", 0, 0) ;
  errno = e ;
}

void log_linev (struct log *l, enum log_level level, char const *const *pieces, unsigned int n)
{
  int e = errno ;
  if (!write_lines(l, level == LOG_WARNING ? ": warning: " : ": info: ", pieces, n)) l->dropped++ ;
  errno = e ;
}

 /* Printable bytes stand for themselves, so that a line stays one line. */

char const *log_quote (char *out, char const *s, size_t len)
{
  static char const hex[] = "0123456789abcdef" ;
  size_t j = 0 ;
  out[j++] = '"' ;
  for (size_t i = 0 ; i < len && j < LOG_QUOTED_MAX - 6 ; i++)
  {
    unsigned char c = (unsigned char)s[i] ;
    if (c == '"' || c == '\\')
    {
      out[j++] = '\\' ;
      out[j++] = (char)c ;
    }
    else if (c >= ' ' && c < 0x7f) out[j++] = (char)c ;
    else
    {
      out[j++] = '\\' ;
      out[j++] = 'x' ;
      out[j++] = hex[c >> 4] ;
      out[j++] = hex[c & 15] ;
    }
  }
  out[j++] = '"' ;
  out[j] = 0 ;
  return out ;
}
