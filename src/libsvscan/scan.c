/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/tai.h>

#include "libsvscan/scan.h"

static struct service_finding const nothing = { .name = 0 } ;

static void forget_findings (struct registry *r)
{
  for (struct tree_node *node = tree_first(&r->services) ; node ; node = node->next)
  {
    struct service_finding *f = &service_of(node)->finding ;
    free(f->name) ;
    *f = nothing ;
  }
}

static void forget_plan (struct scan_plan *p)
{
  for (struct tree_node *next, *node = tree_first(&p->added) ; node ; node = next)
  {
    next = node->next ;
    service_free(service_of(node)) ;
  }
  free(p->steps) ;
  p->steps = 0 ;
}

 /* What cannot be looked at is not gone: a service of that name stays as it is. */

static void judge_bad (struct scan_step *step, struct registry *r, char const *name, int error)
{
  struct service *s = error == ENOENT ? 0 : registry_findname(r, name) ;
  step->verdict = SCAN_BAD ;
  step->service = s ;
  if (!s) return ;
  s->finding.isfound = s->finding.isnamed = 1 ;
  s->finding.islogged = s->part[REGISTRY_LOGGER].isfound ;
}

static int judge (struct scan_step *step, struct scan_plan *p, struct registry *r, char const *name, struct listing_entry const *e)
{
  struct service *s = registry_find(&r->services, e->dev, e->ino) ;
  if (!s) s = registry_find(&p->added, e->dev, e->ino) ;
  if (!s)
  {
    s = service_new(name, e->dev, e->ino) ;
    if (!s) return 0 ;
    tree_insert(&p->added, &s->node) ;
    step->verdict = SCAN_ADD ;
  }
  else step->verdict = s->finding.isfound ? SCAN_ALIAS : SCAN_KEEP ;
  step->service = s ;
  s->finding.isfound = 1 ;
  s->finding.islogged |= e->islogged ;
  if (!strcmp(name, s->name)) s->finding.isnamed = 1 ;
  else if (!s->finding.name)
  {
    s->finding.name = strdup(name) ;
    if (!s->finding.name) return 0 ;
  }
  return 1 ;
}

static uint32_t count_known (struct registry const *r)
{
  uint32_t n = 0 ;
  for (struct tree_node *node = tree_first(&r->services) ; node ; node = node->next)
  {
    struct service const *s = service_of(node) ;
    n += s->finding.isfound || supervisor_runs(s->part + REGISTRY_SERVICE) ;
    n += (s->finding.islogged && s->part[REGISTRY_LOGGER].isfound) || supervisor_runs(s->part + REGISTRY_LOGGER) ;
  }
  return n ;
}

 /* In the order of the listing: what is known stays, and what is new comes while there is room. */

static void make_room (struct scan_plan *p, struct registry *r, uint32_t max)
{
  uint32_t n = count_known(r) ;
  for (size_t i = 0 ; i < p->n ; i++)
  {
    struct scan_step *step = p->steps + i ;
    struct service *s = step->service ;
    if (step->verdict == SCAN_ADD)
    {
      uint32_t need = 1 + s->finding.islogged ;
      if (n + need <= max) n += need ;
      else
      {
        step->verdict = SCAN_NOROOM ;
        s->finding.isfound = 0 ;
      }
    }
    else if (step->verdict == SCAN_KEEP && s->finding.islogged && !supervisor_isknown(s->part + REGISTRY_LOGGER))
    {
      if (n < max) n++ ;
      else
      {
        step->verdict = SCAN_NOROOM ;
        s->finding.islogged = 0 ;
      }
    }
  }
}

int scan_plan (struct scan_plan *p, struct registry *r, struct listing const *l, uint32_t max)
{
  p->n = l->n ;
  p->steps = malloc((l->n + 1) * sizeof(struct scan_step)) ;
  tree_init(&p->added, &registry_order) ;
  if (!p->steps) return 0 ;
  for (size_t i = 0 ; i < l->n ; i++)
  {
    struct listing_entry const *e = l->entries + i ;
    char const *name = listing_name(l, e) ;
    if (e->error) judge_bad(p->steps + i, r, name, e->error) ;
    else if (!judge(p->steps + i, p, r, name, e))
    {
      forget_findings(r) ;
      forget_plan(p) ;
      return (errno = ENOMEM, 0) ;
    }
  }
  make_room(p, r, max) ;
  return 1 ;
}

 /* A supervisor that is there goes on; one that is not is due, a second after its last
    start at the earliest. */

static void find_part (struct registry *r, struct supervisor *v, int isfound, tain const *now)
{
  tain when ;
  if (v->isfound == isfound) return ;
  v->isfound = (uint8_t)isfound ;
  if (isfound && supervisor_runs(v)) return ;
  if (isfound) registry_soonest(v, now, &when) ;
  else when = tain_infinite ;
  v->pause = 0 ;
  registry_due(r, v, &when) ;
}

static void rename_service (struct service *s)
{
  struct service_finding *f = &s->finding ;
  if (!f->isfound || f->isnamed || !f->name) return ;
  free(s->name) ;
  s->name = f->name ;
  f->name = 0 ;
}

static void apply_to (struct registry *r, struct service *s, tain const *now, scan_gone_func *gone, void *data)
{
  int const isfound[REGISTRY_PARTS] = { s->finding.isfound, s->finding.isfound && s->finding.islogged } ;
  rename_service(s) ;
  for (unsigned int i = 0 ; i < REGISTRY_PARTS ; i++)
  {
    if (s->part[i].isfound && !isfound[i] && gone) (*gone)(data, s->part + i) ;
    find_part(r, s->part + i, isfound[i], now) ;
  }
  free(s->finding.name) ;
  s->finding = nothing ;
  registry_settle(r, s) ;
}

void scan_apply (struct scan_plan *p, struct registry *r, tain const *now, scan_gone_func *gone, void *data)
{
  for (struct tree_node *next, *node = tree_first(&r->services) ; node ; node = next)
  {
    next = node->next ;
    apply_to(r, service_of(node), now, gone, data) ;
  }
  for (struct tree_node *next, *node = tree_first(&p->added) ; node ; node = next)
  {
    struct service *s = service_of(node) ;
    next = node->next ;
    if (!s->finding.isfound)
    {
      service_free(s) ;
      continue ;
    }
    tree_insert(&r->services, &s->node) ;
    apply_to(r, s, now, gone, data) ;
  }
  free(p->steps) ;
  p->steps = 0 ;
}
