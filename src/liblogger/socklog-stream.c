/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "libdaemon/shortage.h"
#include "liblogger/lines.h"
#include "liblogger/socklog-internal.h"

static int write_text (struct socklog_source *x, char const *line, size_t len)
{
  struct socklog *l = x->socklog ;
  return socklog_write(l, x->origin, x->originlen, l->room + (line - l->room), len, 0) ;
}

 /* The beginning of a line that finds no memory is a line. */

static int hold (struct socklog_source *x, char const *s, size_t len)
{
  if (!len) return 1 ;
  x->held = malloc(len) ;
  if (!x->held) return write_text(x, s, len) ;
  memcpy(x->held, s, len) ;
  x->heldlen = len ;
  return 1 ;
}

static size_t recall (struct socklog_source *x)
{
  size_t len = x->heldlen ;
  if (len) memcpy(x->socklog->room, x->held, len) ;
  free(x->held) ;
  x->held = 0 ;
  x->heldlen = 0 ;
  return len ;
}

 /* 1; 0: there is nothing now, or nothing ever: isover. -1: it cannot go on. */

static int read_once (struct socklog_source *x, int *isover)
{
  struct socklog *l = x->socklog ;
  size_t held = x->heldlen ;
  struct lines lines ;
  char const *line ;
  size_t len ;
  ssize_t r = recv(x->fd, l->room + held, SOCKLOG_READ, MSG_DONTWAIT) ;
  if (r == -1 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return 0 ;
  if (r == -1 && is_shortage(errno)) return (socklog_pause(x, "receive"), 0) ;
  if (r <= 0)
  {
    *isover = 1 ;
    return 0 ;
  }
  backoff_reset(&x->backoff) ;
  socklog_heard(x) ;
  recall(x) ;
  lines_init(&lines, l->room, held + (size_t)r, l->limit) ;
  while (lines_next(&lines, &line, &len)) if (!write_text(x, line, len)) return -1 ;
  return hold(x, l->room + lines.at, lines.len - lines.at) ? 1 : -1 ;
}

int socklog_read_connection (struct socklog_source *x, unsigned int most)
{
  int isover = 0 ;
  while (most--)
  {
    int r = read_once(x, &isover) ;
    if (r < 0) return 0 ;
    if (r) continue ;
    return !isover || socklog_end_connection(x) ;
  }
  return 1 ;
}

int socklog_end_connection (struct socklog_source *x)
{
  struct socklog *l = x->socklog ;
  size_t len = recall(x) ;
  int ok = !len || write_text(x, l->room, len) ;
  loop_watch_stop(&l->loop, &x->watch) ;
  list_remove(&x->node) ;
  socklog_leave(x) ;
  fd_close(x->fd) ;
  l->paused -= x->ispaused ;
  l->connections-- ;
  free(x) ;
  return ok ;
}
