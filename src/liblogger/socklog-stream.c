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

#include "liblogger/lines.h"
#include "liblogger/socklog-internal.h"

 /* Whoever it is: who it was when it connected. */

static void find_origin (struct socklog_source *x, struct sockaddr_storage const *address)
{
#ifdef SO_PEERCRED
  struct ucred ids = { .pid = 0, .uid = (uid_t)-1 } ;
  socklen_t len = sizeof(ids) ;
#endif
  if (x->family != AF_UNIX) x->originlen = socklog_origin_address(x->origin, address) ;
#ifdef SO_PEERCRED
  else if (x->socklog->istellingpeers)
  {
    getsockopt(x->fd, SOL_SOCKET, SO_PEERCRED, &ids, &len) ;
    x->originlen = socklog_origin_ids(x->origin, ids.pid, ids.uid) ;
  }
#endif
}

 /* 0: none was taken. */

static int accept_one (struct socklog_source *listener)
{
  struct socklog *l = listener->socklog ;
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  struct socklog_source *x ;
  int fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_CLOEXEC) ;
  if (fd == -1)
  {
    if (errno == EINTR || errno == ECONNABORTED) return 1 ;
    if (errno != EAGAIN && errno != EWOULDBLOCK) socklog_pause(listener, "accept") ;
    return 0 ;
  }
  backoff_reset(&listener->backoff) ;
  x = socklog_add(l, fd, listener->family, SOCKLOG_CONNECTION) ;
  if (!x || !socklog_watch(x))
  {
    log_line(l->log, LOG_WARNING, "unable to serve a connection: ", strerror(errno)) ;
    if (x) socklog_end_connection(x) ;
    else fd_close(fd) ;
    return 1 ;
  }
  find_origin(x, &address) ;
  return 1 ;
}

void socklog_accept (struct socklog_source *listener)
{
  struct socklog *l = listener->socklog ;
  for (unsigned int i = 0 ; i < SOCKLOG_TURN && l->connections < l->most ; i++)
    if (!accept_one(listener)) return ;
  if (l->connections >= l->most) loop_watch_stop(&l->loop, &listener->watch) ;
}

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
  if (r <= 0)
  {
    *isover = 1 ;
    return 0 ;
  }
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
  fd_close(x->fd) ;
  free(x) ;
  l->connections-- ;
  return ok && (l->connections + 1 != l->most || socklog_watch_listeners(l)) ;
}
