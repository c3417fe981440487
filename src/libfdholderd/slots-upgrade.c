/* ISC license. */

 /* Connections, when one image of the holder follows another. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/tai.h>

#include "libfdholderd/peer.h"
#include "libfdholderd/slots-internal.h"

void slots_quiesce (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; i++) slots_update(s->all[i], now) ;
}

int slots_arequiet (struct slots const *s)
{
  for (uint32_t i = 0 ; i < s->n ; i++)
    if (!peer_isquiet(s->all[i]->peer)) return 0 ;
  return 1 ;
}

void slots_end_exchanges (struct slots *s, tain const *now)
{
  for (uint32_t i = 0 ; i < s->n ; i++)
  {
    struct peer *p = s->all[i]->peer ;
    if (peer_isdead(p) || peer_isquiet(p)) continue ;
    peer_kill(p, "not done with something when the holder was to execute itself: closed", now) ;
    slots_update(s->all[i], now) ;
  }
}

 /* This image may give fewer places than the one before: who has one keeps it. */

static int has_place (struct slots *s)
{
  struct slot **all ;
  if (s->n < s->max) return 1 ;
  all = realloc(s->all, ((size_t)s->n + 1) * sizeof(struct slot *)) ;
  if (!all) return (errno = ENOMEM, 0) ;
  s->all = all ;
  return 1 ;
}

struct peer *slots_inherit (struct slots *s, struct slots_waiting const *w, tain const *now)
{
  struct slot *one = has_place(s) ? slots_seat(s, w, now) : 0 ;
  return one ? one->peer : 0 ;
}

void slots_inherited (struct peer *p, tain const *now)
{
  slots_update(p->owner, now) ;
}
