/* ISC license. */

 /* A list in detail: what is held, and what the kernel says of it. It is made
    frame by frame as it leaves; what goes meanwhile is left out. */

#include <errno.h>
#include <stdint.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libfdholderd/inspect.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

static size_t add (char *body, struct inspected const *found, tain const *now)
{
  struct store_entry const *e = found->entry ;
  struct wire_inspected known =
  {
    .age = clock_elapsed(&e->since, now),
    .left = e->expires ? clock_elapsed(now, &e->limit) : 0,
    .uid = e->uid,
    .pid = (uint32_t)e->pid,
    .expires = e->expires
  } ;
  return wire_pack_inspected(body, e->id, found->s, found->len, &known) ;
}

static enum verdict end (struct call const *c, int error)
{
  verbs_log(c->holder, c->session, "list in detail", 0, error) ;
  inspect_forget(c->session->inspection) ;
  c->session->inspection = 0 ;
  return VERDICT_ANSWERED ;
}

 /* The last frame is empty, whether or not the one before it was full. */

static enum verdict send_frame (struct call const *c)
{
  struct inspected found ;
  size_t len = 0 ;
  char *body = (*c->reply.reserve)(c->reply.data, WIRE_INSPECTFRAME_MAX, 0) ;
  if (!body) return VERDICT_NOMEMORY ;
  for (unsigned int n = 0 ; n < WIRE_FDS_MAX && len < WIRE_INSPECTFRAME_FULL && inspection_next(&c->holder->inspect, c->session->inspection, &found) ; n++)
    len += add(body + len, &found, c->now) ;
  (*c->reply.commit)(c->reply.data, len, 0, 0) ;
  return len ? VERDICT_MORE : end(c, 0) ;
}

enum verdict verbs_inspection_continue (struct call const *c)
{
  struct inspection *one = c->session->inspection ;
  int error ;
  if (!inspection_isready(one)) return VERDICT_MORE ;
  error = inspection_error(one) ;
  if (error)
  {
    enum verdict verdict = verbs_error(&c->reply, error) ;
    end(c, error) ;
    return verdict ;
  }
  if (inspection_isbegun(one)) return send_frame(c) ;
  inspection_begin(one) ;
  return verbs_error(&c->reply, 0) == VERDICT_ANSWERED ? VERDICT_MORE : VERDICT_NOMEMORY ;
}

enum verdict verb_inspect (struct call const *c)
{
  c->session->inspection = inspect_ask(&c->holder->inspect, c->owner) ;
  return c->session->inspection ? VERDICT_MORE : verbs_done(c, "list in detail", 0, ENOMEM) ;
}
