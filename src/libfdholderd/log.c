/* ISC license. */

#include <string.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <unistd.h>

#include <skalibs/types.h>
#include <skalibs/strerr.h>

#include "log.h"

 /* poll(2) says that a pipe is writable when PIPE_BUF bytes fit. */

static int has_room (int fd)
{
  struct pollfd x = { .fd = fd, .events = POLLOUT } ;
  int r ;
  do r = poll(&x, 1, 0) ;
  while (r == -1 && errno == EINTR) ;
  return r > 0 && (x.revents & POLLOUT) && !(x.revents & (POLLERR | POLLNVAL)) ;
}

static size_t append (char *line, size_t len, char const *s)
{
  size_t n = strlen(s) ;
  if (n > PIPE_BUF - 1 - len) n = PIPE_BUF - 1 - len ;
  memcpy(line + len, s, n) ;
  return len + n ;
}

static int write_line (struct log *l, char const *word, char const *const *pieces, unsigned int n)
{
  char line[PIPE_BUF] ;
  size_t len ;
  ssize_t r ;
  if (!has_room(l->fd)) return 0 ;
  len = append(line, 0, PROG) ;
  len = append(line, len, word) ;
  for (unsigned int i = 0 ; i < n ; i++) len = append(line, len, pieces[i]) ;
  line[len++] = '\n' ;
  do r = write(l->fd, line, len) ;
  while (r == -1 && errno == EINTR) ;
  return r >= 0 ;
}

static int report_dropped (struct log *l)
{
  char fmt[UINT64_FMT] ;
  char const *const pieces[] = { "log was full: ", fmt, " lines were dropped" } ;
  fmt[uint64_fmt(fmt, l->dropped)] = 0 ;
  if (!write_line(l, ": warning: ", pieces, sizeof(pieces) / sizeof(char const *))) return 0 ;
  l->dropped = 0 ;
  return 1 ;
}

void log_linev (struct log *l, enum log_level level, char const *const *pieces, unsigned int n)
{
  int e = errno ;
  if ((l->dropped && !report_dropped(l))
   || !write_line(l, level == LOG_WARNING ? ": warning: " : ": info: ", pieces, n)) l->dropped++ ;
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
