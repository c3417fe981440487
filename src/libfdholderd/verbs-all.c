/* ISC license. */

 /* Verbs on all that is held: list and getdump. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

static int add_id (struct store_name const *name, void *data)
{
  char **end = data ;
  memcpy(*end, name->id, (size_t)name->len + 1) ;
  *end += (size_t)name->len + 1 ;
  return 1 ;
}

enum verdict verb_list (struct call const *c)
{
  struct store const *store = &c->holder->store ;
  size_t len = WIRE_LIST_HEADER_PACK + store->idbytes ;
  char *body = (*c->reply.reserve)(c->reply.data, len, 0) ;
  char *end ;
  if (!body) return verbs_done(c, "list", 0, ENOMEM) ;
  end = body + wire_pack_list_header(body, store_count(store)) ;
  store_iter_names(store, &add_id, &end) ;
  (*c->reply.commit)(c->reply.data, len, 0, 0) ;
  verbs_log(c->holder, c->session, "list", 0, 0) ;
  return VERDICT_ANSWERED ;
}

 /* A dump leaves as a header and frames. The whole of it is queued at once,
    with references: what it says stays true while it leaves. */

struct dump
{
  struct replies const *out ;
  tain const *now ;
  tain wallclock ;
  char *body ;
  size_t len ;
  unsigned int n ;
  int fds[WIRE_FDS_MAX] ;
} ;

static int commit_frame (struct dump *d)
{
  if (!d->n) return 1 ;
  (*d->out->commit)(d->out->data, d->len, d->fds, d->n) ;
  d->n = 0 ;
  return 1 ;
}

static int add_to_dump (struct store_entry const *e, void *data)
{
  struct dump *d = data ;
  tain limit ;
  if (d->n == WIRE_FDS_MAX) commit_frame(d) ;
  if (!d->n)
  {
    d->body = (*d->out->reserve)(d->out->data, WIRE_DUMPFRAME_MAX, WIRE_FDS_MAX) ;
    if (!d->body) return 0 ;
    d->len = 0 ;
  }
  store_limit_to_wire(&limit, e, &d->wallclock, d->now) ;
  d->len += wire_pack_entry(d->body + d->len, &limit, e->id, e->idlen) ;
  d->fds[d->n++] = e->fd ;
  return 1 ;
}

enum verdict verb_getdump (struct call const *c)
{
  struct dump d = { .out = &c->reply, .now = c->now, .n = 0 } ;
  char *body ;
  if (!tain_wallclock_read(&d.wallclock)) return verbs_done(c, "getdump", 0, errno) ;
  body = (*d.out->reserve)(d.out->data, WIRE_GETDUMP_REPLY_PACK, 0) ;
  if (!body) return verbs_done(c, "getdump", 0, ENOMEM) ;
  (*d.out->commit)(d.out->data, wire_pack_getdump_reply(body, store_count(&c->holder->store)), 0, 0) ;
  if (!store_iter(&c->holder->store, &add_to_dump, &d)) return VERDICT_NOMEMORY ;
  commit_frame(&d) ;
  verbs_log(c->holder, c->session, "getdump", 0, 0) ;
  return VERDICT_ANSWERED ;
}

enum verdict verb_watch (struct call const *c)
{
  char const *glob = c->request->entry.id.s ;
  int error = verbs_session_watch(c->holder, c->session, c->channel, c->owner, glob, 0) ? 0 : errno ;
  return verbs_done(c, "watch", glob, error) ;
}
