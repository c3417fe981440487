/* ISC license. */

 /* What is to be closed: tickets, the queues of the lanes, what is given. */

#include <skalibs/nonposix.h>

#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/tai.h>

#include "libdaemon/closer-internal.h"

#define ticket_at(c, i) (genalloc_s(struct closer_ticket, &(c)->tickets) + (i) - 1)
#define ticket_count(c) genalloc_len(struct closer_ticket, &(c)->tickets)

 /* Counted from 1; 0: no memory, or more than the helpers can mark. */

static uint32_t new_ticket (struct closer *c)
{
  static struct closer_ticket const zero = { .owner = 0 } ;
  uint32_t i = c->free ;
  if (i)
  {
    c->free = ticket_at(c, i)->next ;
    return i ;
  }
  if (ticket_count(c) >= c->ownsize || !genalloc_append(struct closer_ticket, &c->tickets, &zero)) return 0 ;
  return (uint32_t)ticket_count(c) ;
}

static void enqueue (struct closer *c, uint32_t i)
{
  struct closer_ticket *t = ticket_at(c, i) ;
  struct closer_lane *lane = t->lane ;
  t->next = 0 ;
  if (lane->first) ticket_at(c, lane->last)->next = i ;
  else lane->first = i ;
  lane->last = i ;
  lane->n++ ;
  c->queued++ ;
  if (lane->islisted) return ;
  lane->islisted = 1 ;
  lane->next = c->lanes ;
  c->lanes = lane ;
}

int closer_queue (struct closer *c, int fd, struct closer_lane *lane, void *owner)
{
  uint32_t i = new_ticket(c) ;
  struct closer_ticket *t ;
  if (!i) return 0 ;
  t = ticket_at(c, i) ;
  t->owner = owner ;
  t->lane = lane ? lane : &c->lane ;
  t->fd = fd ;
  t->isstuck = 0 ;
  c->asked++ ;
  enqueue(c, i) ;
  return 1 ;
}

 /* 0: the ring is full. */

static int give_of (struct closer *c, struct closer_lane *lane)
{
  struct closer_request requests[CLOSER_BATCH] ;
  unsigned int n = 0 ;
  uint32_t i = lane->first ;
  if (lane->stuck) return 1 ;
  for (; i && lane->given + n < CLOSER_BATCH ; i = ticket_at(c, i)->next)
    requests[n++] = (struct closer_request){ .fd = ticket_at(c, i)->fd, .ticket = i } ;
  if (!n) return 1 ;
  if (!closer_put(c->shared, requests, n)) return 0 ;
  lane->first = i ;
  lane->n -= n ;
  lane->given += n ;
  c->queued -= n ;
  c->given += n ;
  return 1 ;
}

void closer_give (struct closer *c)
{
  struct closer_lane **p = &c->lanes ;
  uint32_t given = c->given ;
  c->tried = c->asked + c->heard ;
  while (*p)
  {
    struct closer_lane *lane = *p ;
    if (!give_of(c, lane)) break ;
    if (lane->first) p = &lane->next ;
    else
    {
      lane->islisted = 0 ;
      *p = lane->next ;
    }
  }
  if (c->given > given) closer_rouse(c->shared) ;
}

static void unqueue (struct closer *c, struct closer_ticket *t)
{
  c->given-- ;
  t->lane->given-- ;
}

void closer_recall (struct closer *c)
{
  struct closer_request request ;
  while (closer_take(c->shared, &request))
  {
    unqueue(c, ticket_at(c, request.ticket)) ;
    enqueue(c, request.ticket) ;
  }
}

void closer_mark_stuck (struct closer *c, uint32_t i)
{
  struct closer_ticket *t = ticket_at(c, i) ;
  if (!t->lane || t->isstuck) return ;
  t->isstuck = 1 ;
  t->lane->stuck++ ;
  c->stuck++ ;
}

 /* The owner is told last: with it the lane may go. */

static void finish (struct closer *c, uint32_t i)
{
  struct closer_ticket *t = ticket_at(c, i) ;
  void *owner = t->owner ;
  if (!t->lane) return ;  /* of a helper that was killed as it said so */
  unqueue(c, t) ;
  if (t->isstuck)
  {
    t->lane->stuck-- ;
    c->stuck-- ;
  }
  t->lane = 0 ;
  t->next = c->free ;
  c->free = i ;
  c->heard++ ;
  if (owner) (*c->done)(c->data, owner) ;
}

void closer_hear (struct closer *c)
{
  char *done = c->shared->own + c->ownsize ;
  char *end = done + ticket_count(c) ;
  uint32_t counted = 0 ;
  for (unsigned int i = 0 ; i < CLOSER_HELPERS ; i++) counted += __atomic_load_n(c->shared->closed + i, __ATOMIC_SEQ_CST) ;
  if (counted == c->counted) return ;
  c->counted = counted ;
  for (char *p = done ; p < end && (p = memchr(p, 1, (size_t)(end - p))) ; p++)
  {
    *p = 0 ;
    finish(c, (uint32_t)(p - done) + 1) ;
  }
  if (closer_pending(c)) return ;
  genalloc_setlen(struct closer_ticket, &c->tickets, 0) ;
  c->free = 0 ;
}
