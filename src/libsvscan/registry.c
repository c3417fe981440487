/* ISC license. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libsvscan/pairpipe.h"
#include "libsvscan/registry.h"

enum { BETWEEN_STARTS_MS = 1000 } ;

struct identity
{
  dev_t dev ;
  ino_t ino ;
} ;

static int order (dev_t adev, ino_t aino, dev_t bdev, ino_t bino)
{
  if (adev != bdev) return adev < bdev ? -1 : 1 ;
  return aino < bino ? -1 : aino > bino ;
}

int registry_order (struct tree_node const *x, struct tree_node const *y)
{
  struct service const *a = service_of(x) ;
  struct service const *b = service_of(y) ;
  return order(a->dev, a->ino, b->dev, b->ino) ;
}

static int compare_identity (void const *key, struct tree_node const *node)
{
  struct identity const *a = key ;
  struct service const *b = service_of(node) ;
  return order(a->dev, a->ino, b->dev, b->ino) ;
}

static int compare_due (struct tree_node const *x, struct tree_node const *y)
{
  struct supervisor const *a = tree_owner(struct supervisor, node, x) ;
  struct supervisor const *b = tree_owner(struct supervisor, node, y) ;
  if (tain_less(&a->due, &b->due)) return -1 ;
  if (tain_less(&b->due, &a->due)) return 1 ;
  return a < b ? -1 : a > b ;
}

void registry_init (struct registry *r, child_ended_func *ended, void *data)
{
  tree_init(&r->services, &registry_order) ;
  tree_init(&r->due, &compare_due) ;
  children_init(&r->children, ended, data) ;
}

struct service *registry_find (struct tree const *services, dev_t dev, ino_t ino)
{
  struct identity const key = { .dev = dev, .ino = ino } ;
  struct tree_node *node = tree_find(services, &key, &compare_identity) ;
  return node ? service_of(node) : 0 ;
}

struct service *registry_findname (struct registry const *r, char const *name)
{
  for (struct tree_node *node = tree_first(&r->services) ; node ; node = node->next)
    if (!strcmp(service_of(node)->name, name)) return service_of(node) ;
  return 0 ;
}

struct service *service_new (char const *name, dev_t dev, ino_t ino)
{
  static struct service const zero ;
  struct service *s = malloc(sizeof(struct service)) ;
  if (!s) return 0 ;
  *s = zero ;
  s->name = strdup(name) ;
  if (!s->name) return (free(s), (struct service *)0) ;
  s->dev = dev ;
  s->ino = ino ;
  s->pipe[0] = s->pipe[1] = -1 ;
  for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++)
  {
    s->part[i].service = s ;
    s->part[i].part = (uint8_t)i ;
    s->part[i].due = tain_infinite ;
  }
  return s ;
}

static void close_end (struct service *s, unsigned int end)
{
  if (s->pipe[end] >= 0) fd_close(s->pipe[end]) ;
  s->pipe[end] = -1 ;
}

static void close_ends (struct service *s)
{
  close_end(s, 0) ;
  close_end(s, 1) ;
}

static void close_pipe (struct service *s)
{
  if (s->pipe[0] < 0) return ;
  close_ends(s) ;
  pairpipe_forget(s->dev, s->ino) ;
}

static void close_writing (struct service *s)
{
  if (s->pipe[1] < 0) return ;
  close_end(s, 1) ;
  pairpipe_forget(s->dev, s->ino) ;
}

void service_free (struct service *s)
{
  close_pipe(s) ;
  free(s->finding.name) ;
  free(s->name) ;
  free(s) ;
}

void registry_soonest (struct supervisor const *v, tain const *now, tain *when)
{
  clock_after(when, &v->started, BETWEEN_STARTS_MS) ;
  if (tain_less(when, now)) *when = *now ;
}

void registry_due (struct registry *r, struct supervisor *v, tain const *when)
{
  if (tain_less(&v->due, &tain_infinite)) tree_delete(&r->due, &v->node) ;
  v->due = *when ;
  if (tain_less(&v->due, &tain_infinite)) tree_insert(&r->due, &v->node) ;
}

void registry_norestarts (struct registry *r)
{
  for (;;)
  {
    struct supervisor *v = registry_firstdue(r) ;
    if (!v) break ;
    registry_due(r, v, &tain_infinite) ;
  }
}

void registry_started (struct registry *r, struct supervisor *v, pid_t pid, tain const *now)
{
  registry_due(r, v, &tain_infinite) ;
  v->started = *now ;
  v->isending = 0 ;
  children_add(&r->children, &v->child, pid) ;
}

void registry_settle (struct registry *r, struct service *s)
{
  struct supervisor const *service = s->part + REGISTRY_SERVICE ;
  struct supervisor const *logger = s->part + REGISTRY_LOGGER ;
  if (supervisor_isknown(service))
  {
     /* without the writing end: it has come back, and will have a pipe that is whole */
    if (s->pipe[1] < 0 || (!supervisor_runs(service) && !supervisor_isknown(logger))) close_pipe(s) ;
  }
  else if (supervisor_isknown(logger))
  {
    if (logger->isending) close_writing(s) ;
  }
  else
  {
    tree_delete(&r->services, &s->node) ;
    service_free(s) ;
  }
}

static void tell (struct supervisor *v, int sigloggers)
{
  int islast = v->part == REGISTRY_LOGGER || !strcmp(v->service->name, REGISTRY_CATCHALL) ;
  if (!supervisor_runs(v)) return ;
  kill(v->child.pid, islast ? sigloggers : SIGTERM) ;
  v->isending = 1 ;
}

void registry_end (struct registry *r, int sigloggers)
{
  for (struct tree_node *node = tree_first(&r->services) ; node ; node = node->next)
    for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++) tell(service_of(node)->part + i, sigloggers) ;
}

void registry_endgone (struct registry *r, int sigloggers)
{
  for (struct tree_node *next, *node = tree_first(&r->services) ; node ; node = next)
  {
    struct service *s = service_of(node) ;
    next = node->next ;
    if (s->part[REGISTRY_SERVICE].isfound) continue ;
    for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++) tell(s->part + i, sigloggers) ;
    registry_settle(r, s) ;
  }
}

 /* Who has a supervisor that is not ours lives on, and so does the name of his pipe. */

void registry_closepipes (struct registry *r)
{
  for (struct tree_node *node = tree_first(&r->services) ; node ; node = node->next)
  {
    struct service *s = service_of(node) ;
    if (supervisor_runs(s->part + REGISTRY_SERVICE) && supervisor_runs(s->part + REGISTRY_LOGGER)) close_pipe(s) ;
    else close_ends(s) ;
  }
}
