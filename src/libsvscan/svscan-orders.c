/* ISC license. */

 /* What s6-svscan is told, and does. */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/children.h"
#include "libdaemon/launch.h"
#include "libdaemon/log.h"
#include "libsvscan/finale.h"
#include "libsvscan/orders.h"
#include "libsvscan/registry.h"
#include "libsvscan/svscan-internal.h"

enum { LETTERS_AT_ONCE = 256 } ;

void svscan_prune (struct svscan *s)
{
  if (s->pruning) registry_endgone(&s->registry, s->pruning & ORDER_HARD ? SIGTERM : SIGHUP) ;
  s->pruning = 0 ;
}

void svscan_leavecatchall (struct svscan *s)
{
  if (s->isconsole) return ;
  s->isconsole = (s->options.console < 0 && !registry_findname(&s->registry, REGISTRY_CATCHALL))
    || finale_console(&s->log, s->options.console) ;
}

static void end (struct svscan *s, int ishard)
{
  s->state = SVSCAN_ENDING ;
  s->starts.isended = 1 ;
  registry_norestarts(&s->registry) ;
  registry_end(&s->registry, ishard ? SIGTERM : SIGHUP) ;
  registry_closepipes(&s->registry) ;
  svscan_leavecatchall(s) ;
}

static void obey (struct svscan *s, unsigned int effect)
{
  if (effect & ORDER_REAP) children_sweep(&s->registry.children) ;
  if (s->state == SVSCAN_OVER) return ;
  if (effect & ORDER_NOW) s->state = SVSCAN_OVER ;
  if (effect & ORDER_END) end(s, !!(effect & ORDER_HARD)) ;
  if (s->state != SVSCAN_RUNNING) return ;
  if (effect & ORDER_SCAN)
  {
    s->isscanwanted = 1 ;
    s->scan = STAMP ;
  }
  if (effect & ORDER_PRUNE)
  {
    s->pruning |= effect ;
    if (!s->isscanwanted) svscan_prune(s) ;
  }
}

void svscan_oncontrol (void *data, unsigned int events, tain const *now)
{
  struct svscan *s = data ;
  char letters[LETTERS_AT_ONCE] ;
  char quoted[LOG_QUOTED_MAX] ;
  int iswarned = 0 ;
  ssize_t n = read(s->control.fd, letters, sizeof(letters)) ;
  (void)events ;
  (void)now ;
  for (ssize_t i = 0 ; i < n ; i++)
  {
    struct order const *o = order_of_letter(letters[i]) ;
    if (o) obey(s, o->effect) ;
    else if (!iswarned++) log_line(&s->log, LOG_WARNING, "an order that there is not: ", log_quote(quoted, letters + i, 1)) ;
  }
}

 /* It is nobody's child: whoever sweeps takes it. */

static int has_handled (struct svscan *s, char const *path)
{
  char const *const argv[] = { path, 0 } ;
  struct launch const l = { .path = path, .argv = argv, .envp = s->options.envp, .n = 0 } ;
  if (!path) return 0 ;
  if (launch(&l) > 0) return 1 ;
  if (errno != ENOENT) log_line(&s->log, LOG_WARNING, "unable to execute ", path, ": ", strerror(errno)) ;
  return 0 ;
}

void svscan_onsignal (void *data, int sig, pid_t pid)
{
  struct svscan *s = data ;
  struct order const *o = order_of_signal(sig) ;
  (void)pid ;
  if (o && !has_handled(s, o->handler)) obey(s, o->effect) ;
}
