/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <string.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "liblogger/socklog-internal.h"

enum { MAPPED_OFFSET = 12, OF_IPV4 = 4, OF_IPV6 = 6 } ;

 /* A mapped address is one of IPv4. */

static void make_key (unsigned char *key, struct sockaddr_storage const *address)
{
  struct in6_addr const *ip6 = &((struct sockaddr_in6 const *)address)->sin6_addr ;
  int is6 = address->ss_family == AF_INET6 && !IN6_IS_ADDR_V4MAPPED(ip6) ;
  key[0] = is6 ? OF_IPV6 : OF_IPV4 ;
  if (is6) memcpy(key + 1, ip6, SOCKLOG_KEY - 1) ;
  else if (address->ss_family == AF_INET6) memcpy(key + 1, (char const *)ip6 + MAPPED_OFFSET, sizeof(struct in_addr)) ;
  else memcpy(key + 1, &((struct sockaddr_in const *)address)->sin_addr, sizeof(struct in_addr)) ;
}

 /* Whoever it is: who it was when it connected. key: his account's. */

static void find_origin (struct socklog_source *x, struct sockaddr_storage const *address, unsigned char *key)
{
#ifdef SO_PEERCRED
  struct ucred ids = { .pid = 0, .uid = (uid_t)-1 } ;
  socklen_t len = sizeof(ids) ;
#endif
  memset(key, 0, SOCKLOG_KEY) ;
  if (x->family != AF_UNIX)
  {
    make_key(key, address) ;
    x->originlen = socklog_origin_address(x->origin, address) ;
  }
#ifdef SO_PEERCRED
  else
  {
    getsockopt(x->fd, SOL_SOCKET, SO_PEERCRED, &ids, &len) ;
    memcpy(key + 1, &ids.uid, sizeof(ids.uid)) ;
    if (x->socklog->istellingpeers) x->originlen = socklog_origin_ids(x->origin, ids.pid, ids.uid) ;
  }
#endif
}

static int fail (struct socklog_source *x)
{
  log_line(x->socklog->log, LOG_WARNING, "unable to serve a connection: ", strerror(errno)) ;
  return socklog_end_connection(x) ;
}

int socklog_let_in (struct socklog *l)
{
  struct socklog_source *x ;
  while ((x = socklog_next(l)))
    if (!socklog_serve(x) && !fail(x)) return 0 ;
  return 1 ;
}

 /* What it has sent is written first. */

static int end_silent (struct socklog_source *x)
{
  struct socklog *l = x->socklog ;
  uint32_t before = l->connections ;
  complaint_line(&l->complaints, LOG_WARNING, "a connection was ended", 0, &STAMP, "there are as many connections as -C says: a silent one is ended for one of another user") ;
  if (!socklog_read_connection(x, SOCKLOG_TURN)) return 0 ;
  return l->connections < before || socklog_end_connection(x) ;
}

static int turn_away (struct socklog_source *x)
{
  complaint_line(&x->socklog->complaints, LOG_WARNING, "too many connections", 0, &STAMP, "there are as many connections as -C says, and others wait: one is closed") ;
  return socklog_end_connection(x) ;
}

 /* When all places are taken, who has fewer than another one takes one of his: that of the
    connection that has been silent longest, of who has most. Who has no fewer waits, so
    that a connection is not ended for another one of the same user; few of them, for
    behind them may be others. So every connection is taken at once, to see whose it is. */

static int place (struct socklog_source *x, unsigned char const *key)
{
  struct socklog *l = x->socklog ;
  struct socklog_source *silent = 0 ;
  if (!socklog_find_account(x, key)) return fail(x) ;
  if (l->served >= l->most)
  {
    silent = socklog_silent(x) ;
    if (!silent) return socklog_wait(x) || turn_away(x) ;
  }
  if (!socklog_serve(x)) return fail(x) ;
  return !silent || end_silent(silent) ;
}

 /* A place may have become free in this turn: it is of those that wait. 0: none was taken,
    or it cannot go on. */

static int accept_one (struct socklog_source *listener)
{
  struct socklog *l = listener->socklog ;
  struct sockaddr_storage address ;
  socklen_t len = sizeof(address) ;
  unsigned char key[SOCKLOG_KEY] ;
  struct socklog_source *x ;
  int fd ;
  if (!socklog_let_in(l)) return 0 ;
  fd = accept4(listener->fd, (struct sockaddr *)&address, &len, SOCK_CLOEXEC) ;
  if (fd == -1)
  {
    if (errno == EINTR || errno == ECONNABORTED) return 1 ;
    if (errno != EAGAIN && errno != EWOULDBLOCK) socklog_pause(listener, "accept") ;
    return 0 ;
  }
  backoff_reset(&listener->backoff) ;
  x = socklog_add(l, fd, listener->family, SOCKLOG_CONNECTION) ;
  if (!x)
  {
    log_line(l->log, LOG_WARNING, "unable to serve a connection: ", strerror(errno)) ;
    fd_close(fd) ;
    return 1 ;
  }
  find_origin(x, &address, key) ;
  return place(x, key) ;
}

void socklog_accept (struct socklog_source *listener)
{
  for (unsigned int i = 0 ; i < SOCKLOG_TURN ; i++) if (!accept_one(listener)) return ;
}
