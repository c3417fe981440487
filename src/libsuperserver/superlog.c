/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "internal.h"

enum { COMPLAINT_PAUSE = 60 } ;

static size_t append (char *line, size_t len, char const *s)
{
  size_t n = strlen(s) ;
  if (n > PIPE_BUF - 1 - len) n = PIPE_BUF - 1 - len ;
  memcpy(line + len, s, n) ;
  return len + n ;
}

 /* fd 2 is not ours alone, so it stays blocking: we look before we write. */

static int has_room (void)
{
  struct pollfd x = { .fd = 2, .events = POLLOUT, .revents = 0 } ;
  return poll(&x, 1, 0) == 1 && !(x.revents & (POLLERR | POLLNVAL)) ;
}

static void write_line (struct superlog *log, char const *kind, char const *const *parts, unsigned int n)
{
  char line[PIPE_BUF] ;
  size_t len = 0 ;
  if (!has_room())
  {
    log->dropped++ ;
    return ;
  }
  if (log->dropped)
  {
    char fmt[UINT_FMT] ;
    fmt[uint_fmt(fmt, log->dropped)] = 0 ;
    len = append(line, len, PROG) ;
    len = append(line, len, ": warning: stderr was stuck: lines lost: ") ;
    len = append(line, len, fmt) ;
    line[len++] = '\n' ;
    log->dropped = 0 ;
  }
  len = append(line, len, PROG) ;
  len = append(line, len, kind) ;
  for (unsigned int i = 0 ; i < n ; i++) len = append(line, len, parts[i]) ;
  line[len++] = '\n' ;
  if (write(2, line, len) == -1) log->dropped++ ;
}

void superlog_info (struct superlog *log, char const *const *parts, unsigned int n)
{
  write_line(log, ": info: ", parts, n) ;
}

void superlog_complain (struct superlog *log, enum complaint kind, char const *what, char const *name, char const *then)
{
  char const *parts[] = { "unable to ", what, name, ": ", strerror(errno), then } ;
  struct timespec now ;
  if (!log->verbosity) return ;
  clock_gettime(CLOCK_MONOTONIC, &now) ;
  if (log->last[kind] && now.tv_sec + 1 - log->last[kind] < COMPLAINT_PAUSE) return ;
  log->last[kind] = now.tv_sec + 1 ;
  write_line(log, ": warning: ", parts, sizeof(parts) / sizeof(char const *)) ;
}
