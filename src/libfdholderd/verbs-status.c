/* ISC license. */

 /* Facts on the daemon itself: names and values. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include <s6-activation/config.h>

#include "libdaemon/clock.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

struct fact
{
  char const *name ;
  uint64_t value ;
} ;

static size_t pack_facts (char *s, struct fact const *facts, unsigned int n)
{
  size_t len = 0 ;
  for (unsigned int i = 0 ; i < n ; i++) len += wire_pack_number_fact(s + len, facts[i].name, facts[i].value) ;
  return len ;
}

 /* The keeper may be in no process id namespace of ours: 0. */

static size_t pack_keeper (char *s, struct kept const *k)
{
  size_t len ;
  if (kept_isopen(k)) return wire_pack_number_fact(s, "keeper", (uint64_t)k->pid) ;
  len = wire_pack_string(s, "keeper") ;
  return len + wire_pack_string(s + len, k->state == KEPT_OFF ? "off" : "none") ;
}

 /* In the order in which people look at them. */

static size_t pack_status (char *s, struct holder *h, tain const *now)
{
  struct fact const facts[] =
  {
    { "held", store_count(&h->store) },
    { "maxfds", h->budget.maxfds },
    { "descriptors", fdtable_count(&h->fdtable) },
    { "connections", h->fdtable.connections },
    { "maxconn", h->budget.maxconn },
    { "waiting", h->watch.waiting },
    { "watching", h->watch.watching },
    { "upgrades", h->upgrades }
  } ;
  size_t len = wire_pack_error(s, 0) ;
  len += wire_pack_string(s + len, "version") ;
  len += wire_pack_string(s + len, S6_ACTIVATION_VERSION) ;
  len += wire_pack_string(s + len, "uptime") ;
  len += wire_pack_seconds(s + len, clock_elapsed(&h->begun, now)) ;
  len += pack_facts(s + len, facts, sizeof(facts) / sizeof(*facts)) ;
  return len + pack_keeper(s + len, &h->kept) ;
}

enum verdict verb_status (struct call const *c)
{
  char *body = (*c->reply.reserve)(c->reply.data, WIRE_STATUS_REPLY_MAX, 0) ;
  if (!body) return verbs_done(c, "status", 0, ENOMEM) ;
  (*c->reply.commit)(c->reply.data, pack_status(body, c->holder, c->now), 0, 0) ;
  verbs_log(c->holder, c->session, "status", 0, 0) ;
  return VERDICT_ANSWERED ;
}
