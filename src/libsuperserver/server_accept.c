/* ISC license. */

 /* A client, from accept to its child. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "internal.h"

#include "libdaemon/backoff.h"
#include "libdaemon/children.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/shortage.h"
#include "libdaemon/spawner.h"

void server_complain (struct server *s, char const *what, char const *name, char const *then)
{
  complaint_line(&s->complaints, LOG_WARNING, what, 0, &STAMP, what, name, ": ", strerror(errno), then) ;
}

static int may_pass (int e)
{
  return is_shortage(e) || e == ETXTBSY || e == ETOOMANYREFS ;
}

static void let_go (struct server *s, int (*end) (struct closer *, int, int))
{
  s->isserved = !(*end)(&s->closer, s->client.fd, s->client.address.ss_family) ;
  if (s->isserved && !may_pass(errno))
  {
    close(s->client.fd) ;
    s->isserved = 0 ;
  }
  if (s->isserved)
  {
    server_complain(s, "unable to close a connection with descriptors unread", "", "; trying again") ;
    backoff_begin(&s->backoff, &STAMP) ;
  }
  s->waiting = s->isserved ;
}

static void turn_away (struct server *s)
{
  let_go(s, &server_turn_away) ;
}

void server_serve (struct server *s)
{
  unsigned char const *key = s->client.known ? s->client.key : 0 ;
  pid_t pid ;
  if (s->isserved)
  {
    let_go(s, &server_close) ;
    return ;
  }
  if (!connections_reserve(&s->connections))
  {
    server_complain(s, "unable to remember a child", "", "; the client waits") ;
    backoff_begin(&s->backoff, &STAMP) ;
    return ;
  }
  pid = spawner_run(&s->spawner, s->client.fd, s->environment.envp) ;
  if (!pid)
  {
    int shortage = may_pass(errno) ;
    server_complain(s, "unable to spawn ", s->config->argv[0], shortage ? "; the client waits" : "; the connection is closed") ;
    if (shortage) backoff_begin(&s->backoff, &STAMP) ;
    else turn_away(s) ;
    return ;
  }
  connections_add(&s->connections, pid, key) ;
  server_log_accept(s, pid, key) ;
  server_log_status(s) ;
  backoff_reset(&s->backoff) ;
  let_go(s, &server_close) ;
}

static void meet (struct server *s)
{
  struct superserver_face const *face = s->config->face ;
  char fmt[UINT_FMT] = "" ;
  memset(s->client.key, 0, SUPERSERVER_KEYSIZE) ;
  environment_restart(&s->environment) ;
  superserver_put(&s->environment, "PROTO", face->protocol) ;
  if (!(*face->identify)(&s->client, &s->environment, s->config->data))
  {
    server_complain(s, "unable to find out who the client is", "", "; the connection is closed") ;
    turn_away(s) ;
    return ;
  }
  if (s->client.known)
  {
    uint32_t count = connections_count(&s->connections, s->client.key) ;
    if (count >= s->config->localmaxconn && children_issweepneeded(&s->connections.children))
    {
      children_sweep(&s->connections.children) ;
      count = connections_count(&s->connections, s->client.key) ;
    }
    if (count >= s->config->localmaxconn)
    {
      server_log_reject(s, count) ;
      turn_away(s) ;
      return ;
    }
    fmt[uint_fmt(fmt, count + 1)] = 0 ;
  }
  superserver_put(&s->environment, face->number, fmt) ;
  server_serve(s) ;
}

void server_accept (struct server *s)
{
  s->client.addresslen = sizeof(s->client.address) ;
  s->client.fd = accept4(0, (struct sockaddr *)&s->client.address, &s->client.addresslen, SOCK_CLOEXEC) ;
  if (s->client.fd == -1)
  {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return ;
    server_complain(s, "unable to accept", "", "; trying again") ;
    backoff_begin(&s->backoff, &STAMP) ;
    return ;
  }
  s->waiting = 1 ;
  meet(s) ;
}
