/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "exitcodes.h"
#include "libdaemon/clock.h"
#include "libdaemon/launch.h"
#include "libdaemon/log.h"
#include "libdaemon/pause.h"
#include "libdaemon/spawner.h"
#include "libsvscan/listing.h"
#include "libsvscan/pairpipe.h"
#include "libsvscan/registry.h"
#include "libsvscan/starts.h"

#define SUPERVISE "s6-supervise"

enum { ARGUMENT_SIZE = 1024 + sizeof(LISTING_LOG) } ;

static char const *full_name (char *s, struct supervisor const *v)
{
  strcpy(s, v->service->name) ;  /* it was short enough to be listed */
  if (v->part == REGISTRY_LOGGER) strcat(s, LISTING_LOG) ;
  return s ;
}

void starts_init (struct starts *x, struct registry *r, struct log *log, char const *const *envp, int console)
{
  struct starts const start = { .registry = r, .log = log, .envp = envp, .console = console, .until = TAIN_ZERO } ;
  *x = start ;
}

static void complain (struct starts *x, struct supervisor const *v, char const *what, int error)
{
  char name[ARGUMENT_SIZE] ;
  char quoted[LOG_QUOTED_MAX] ;
  full_name(name, v) ;
  log_line(x->log, LOG_WARNING, "unable to ", what, " for ", log_quote(quoted, name, strlen(name)), ": ", strerror(error), ": trying again") ;
}

 /* A pair has its pipe before its first start. */

static int has_pipe (struct starts *x, struct supervisor *v, tain const *now)
{
  struct service *s = v->service ;
  tain when ;
  if (s->pipe[0] >= 0 || !s->part[REGISTRY_LOGGER].isfound) return 1 ;
  if (pairpipe_open(s->pipe, s->dev, s->ino))
  {
    s->pause = 0 ;
    return 1 ;
  }
  if (!s->pause) complain(x, v, errno == EMFILE ? "make a pipe (the limit on open files, ulimit -n, is too low)" : "make a pipe", errno) ;
  pause_lengthen(&s->pause, PAUSE_LONGEST_SHORTAGE) ;
  pause_end(s->pause, now, &when) ;
  registry_due(x->registry, v, &when) ;
  return 0 ;
}

static void add_move (struct launch *l, int from, int to)
{
  if (from < 0) return ;
  l->moves[l->n].from = from ;
  l->moves[l->n].to = to ;
  l->n++ ;
}

static pid_t run (struct starts *x, struct supervisor const *v)
{
  char name[ARGUMENT_SIZE] ;
  char const *const argv[] = { SUPERVISE, full_name(name, v), 0 } ;
  struct launch l = { .path = x->path, .argv = argv, .envp = x->envp, .n = 0 } ;
  if (v->part == REGISTRY_LOGGER) add_move(&l, v->service->pipe[0], 0) ;
  else
  {
    add_move(&l, v->service->pipe[1], 1) ;
    if (!strcmp(v->service->name, REGISTRY_CATCHALL)) add_move(&l, x->console, 2) ;
  }
  return launch(&l) ;
}

static int find_program (struct starts *x)
{
  if (x->path && *x->path) return 1 ;
  x->path = spawner_find(SUPERVISE) ;
  return x->path && (*x->path || (errno = ENOENT, 0)) ;
}

 /* It may be elsewhere by now. */

static void forget_program (struct starts *x)
{
  if (x->path && *x->path) free((char *)x->path) ;
  x->path = 0 ;
}

static void fail (struct starts *x, struct supervisor const *v, char const *what, tain const *now)
{
  int e = errno ;
  if (e != x->error || !x->pause) complain(x, v, what, e) ;
  x->error = e ;
  if (e == ENOENT || e == EACCES || e == ENOTDIR) forget_program(x) ;
  pause_lengthen(&x->pause, PAUSE_LONGEST_SHORTAGE) ;
  pause_end(x->pause, now, &x->until) ;
}

 /* 0: nothing else can be started just now. */

static int start (struct starts *x, struct supervisor *v, tain const *now)
{
  pid_t pid ;
  if (!has_pipe(x, v, now)) return 1 ;
  if (!find_program(x)) return (fail(x, v, "find " SUPERVISE, now), 0) ;
  pid = run(x, v) ;
  if (pid <= 0) return (fail(x, v, pid ? "execute " SUPERVISE : "make a process", now), 0) ;
  x->pause = 0 ;
  registry_started(x->registry, v, pid, now) ;
  return 1 ;
}

int starts_one (struct starts *x, tain const *now)
{
  struct supervisor *v = registry_firstdue(x->registry) ;
  if (!v || x->isended || tain_less(now, &v->due) || (x->pause && tain_less(now, &x->until))) return 0 ;
  return start(x, v, now) ;
}

void starts_next (struct starts const *x, tain *when)
{
  struct supervisor const *v = registry_firstdue(x->registry) ;
  if (!v || x->isended) return ;
  clock_lower(when, x->pause && tain_less(&v->due, &x->until) ? &x->until : &v->due) ;
}

 /* There is another one already: the s6-svscan before us was killed, maybe, and what
    it had started lives on. */

static void wait_for_other (struct starts *x, struct supervisor *v, tain const *now)
{
  tain when ;
  if (!v->pause)
  {
    char name[ARGUMENT_SIZE] ;
    char quoted[LOG_QUOTED_MAX] ;
    full_name(name, v) ;
    log_line(x->log, LOG_WARNING, log_quote(quoted, name, strlen(name)), " has another supervisor: waiting for its end") ;
  }
  pause_lengthen(&v->pause, PAUSE_LONGEST_BUSY) ;
  pause_end(v->pause, now, &when) ;
  registry_due(x->registry, v, &when) ;
}

static void restart (struct starts *x, struct supervisor *v, tain const *now)
{
  tain when ;
  v->pause = 0 ;
  registry_soonest(v, now, &when) ;
  registry_due(x->registry, v, &when) ;
}

void starts_ended (void *data, struct child *child, int status)
{
  struct starts *x = data ;
  struct supervisor *v = (struct supervisor *)child ;
  child->pid = 0 ;
  if (x->isended) return ;
  if (v->isfound)
  {
    if (WIFEXITED(status) && WEXITSTATUS(status) == EXITCODE_USAGE) wait_for_other(x, v, &STAMP) ;
    else restart(x, v, &STAMP) ;
  }
  registry_settle(x->registry, v->service) ;
}
