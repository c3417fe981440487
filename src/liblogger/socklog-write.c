/* ISC license. */

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>

#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/signals.h"
#include "libsockets/inetaddress.h"
#include "liblogger/socklog-internal.h"
#include "liblogger/syslogline.h"

enum { NOTHING_MS = 10 } ;

int socklog_fail (struct socklog *l, char const *what)
{
  l->error = errno ;
  l->failed = what ;
  return 0 ;
}

static size_t put (char *s, char const *text, size_t len)
{
  memcpy(s, text, len) ;
  return len ;
}

size_t socklog_origin_address (char *s, struct sockaddr_storage const *address)
{
  size_t len ;
  inetaddress_format(s, address) ;
  len = strlen(s) ;
  s[len++] = '_' ;
  len += uint_fmt(s + len, inetaddress_port(address)) ;
  return len + put(s + len, ": ", 2) ;
}

size_t socklog_origin_ids (char *s, int64_t pid, uint64_t uid)
{
  size_t len = put(s, "pid=", 4) ;
  len += int64_fmt(s + len, pid) ;
  len += put(s + len, " uid=", 5) ;
  len += uint64_fmt(s + len, uid) ;
  return len + put(s + len, ": ", 2) ;
}

static int milliseconds_left (struct socklog const *l)
{
  int64_t left ;
  if (!l->isending || !l->timeout) return -1 ;
  left = l->deadline - clock_milliseconds() ;
  return left <= 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left ;
}

static void on_signal (void *data, int sig, pid_t pid)
{
  struct socklog *l = data ;
  (void)sig ;
  (void)pid ;
  if (l->isending) return ;
  l->isending = 1 ;
  l->deadline = clock_milliseconds() + l->timeout ;
}

void socklog_hear (struct socklog *l)
{
  if (!signals_take(l->signals.fd, &on_signal, l)) log_line(l->log, LOG_WARNING, "unable to read signals: ", strerror(errno)) ;
}

 /* isagain: poll has said that there is room, and there was none: that is a shortage, and
    asking once more at once would be no use. */

static int wait_for_room (struct socklog *l, int isagain)
{
  struct pollfd p[2] = { { .fd = l->signals.fd, .events = POLLIN }, { .fd = l->out.fd, .events = POLLOUT } } ;
  int ms = milliseconds_left(l) ;
  int r ;
  if (!ms) return (errno = ETIMEDOUT, 0) ;
  if (isagain && (ms < 0 || ms > NOTHING_MS)) ms = NOTHING_MS ;
  r = poll(p, isagain ? 1 : 2, ms) ;
  if (r == -1) return errno == EINTR ;
  if (r && p[0].revents) socklog_hear(l) ;
  return 1 ;
}

static int write_all (struct socklog *l, char const *s, size_t len)
{
  unsigned int misses = 0 ;
  while (len)
  {
    ssize_t r = nowait_write(&l->out, s, len) ;
    if (r > 0)
    {
      s += r ;
      len -= (size_t)r ;
      misses = 0 ;
      continue ;
    }
    if (r == -1 && errno != EAGAIN && errno != EWOULDBLOCK) return 0 ;
    if (!wait_for_room(l, misses & 1)) return 0 ;
    misses++ ;
  }
  return 1 ;
}

int socklog_write (struct socklog *l, char const *origin, size_t originlen, char *text, size_t len, int iscut)
{
  size_t at = put(l->line, origin, originlen) ;
  size_t used = 0 ;
  len = syslogline_clean(text, len) ;
  if (!l->israw) at += syslogline_priority(l->line + at, text, len, &used) ;
  at += put(l->line + at, text + used, len - used) ;
  if (iscut) at += put(l->line + at, "...", 3) ;
  l->line[at++] = '\n' ;
  return write_all(l, l->line, at) || socklog_fail(l, "write to stdout") ;
}
