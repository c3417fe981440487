/* ISC license. */

 /* Verbs on one id. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>

#include "libfdholderd/budget.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/selfsocket.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"

static enum verdict done (struct holder *h, struct session *s, char const *what, struct wire_request const *req, struct replies const *out, int e)
{
  verbs_log(h, s, what, req->entry.id.s, e) ;
  return verbs_error(out, e) ;
}

static int store (struct holder *h, struct wire_entry const *w, int fd, tain const *now)
{
  tain limit, wallclock ;
  struct store_entry *e ;
  enum selfsocket_kind kind ;
  int error ;
  if (!tain_wallclock_read(&wallclock)) return errno ;
  if (!limit_from_wire(&limit, &w->limit, &wallclock, now)) return EINVAL ;
  kind = selfsocket_kind(&h->self, fd) ;
  if (kind == SELFSOCKET_HERE) return ELOOP ;
  if (budget_isexceeded(&h->budget, verbs_open(h, 0))) return ENFILE ;
  e = store_entry_new(fd, w->id.s, w->id.len, &limit) ;
  if (!e) return ENOMEM ;
  e->issocket = kind != SELFSOCKET_NONE ;
  error = store_put(&h->store, e) ;
  if (error) store_entry_free(e) ;
  return error ;
}

enum verdict verb_store (struct holder *h, struct session *s, struct wire_request const *req, int const *fds, struct replies const *out, tain const *now)
{
  int error = store(h, &req->entry, fds[0], now) ;
  if (error) fdtable_unref(&h->fdtable, fds[0]) ;
  return done(h, s, "store", req, out, error) ;
}

 /* Who deletes a listening socket may want to bind to its address next: it is
    closed before the answer, if that can be. */

static void drop (struct holder *h, struct store_entry *e)
{
  int issocket = e->issocket ;
  uint32_t before = closer_pending(&h->closer) ;
  store_drop(&h->store, e) ;
  if (issocket) closer_settle(&h->closer, before) ;
}

enum verdict verb_delete (struct holder *h, struct session *s, struct wire_request const *req, int const *fds, struct replies const *out, tain const *now)
{
  struct store_entry *e = store_get(&h->store, req->entry.id.s) ;
  int error = !e ? ENOENT : e->taken ? EBUSY : 0 ;
  (void)fds ;
  (void)now ;
  if (!error) drop(h, e) ;
  return done(h, s, "delete", req, out, error) ;
}

static void take (struct session *s, struct store_entry *e)
{
  e->taken = 1 ;
  s->taking.serial = e->serial ;
  memcpy(s->taking.id, e->id, (size_t)e->idlen + 1) ;
}

enum verdict verb_retrieve (struct holder *h, struct session *s, struct wire_request const *req, int const *fds, struct replies const *out, tain const *now)
{
  int isdelete = !!(req->flags & WIRE_RETRIEVE_DELETE) ;
  char const *what = isdelete ? "retrieve-and-delete (answer)" : "retrieve" ;
  struct store_entry *e ;
  char *body ;
  (void)fds ;
  if (req->flags & ~WIRE_RETRIEVE_DELETE) return done(h, s, what, req, out, EINVAL) ;
  if (isdelete && !policy_may(&h->policy, &s->rights, RIGHT_STORE, req->entry.id.s, now))
    return done(h, s, what, req, out, EPERM) ;
  e = store_get(&h->store, req->entry.id.s) ;
  if (!e) return done(h, s, what, req, out, ENOENT) ;
  if (isdelete && e->taken) return done(h, s, what, req, out, EBUSY) ;
  body = (*out->reserve)(out->data, WIRE_ERROR_PACK, 1) ;
  if (!body) return done(h, s, what, req, out, ENOMEM) ;
  (*out->commit)(out->data, wire_pack_error(body, 0), &e->fd, 1) ;
  if (isdelete) take(s, e) ;
  verbs_log(h, s, what, e->id, 0) ;
  return VERDICT_ANSWERED ;
}

enum verdict verb_acknowledge (struct holder *h, struct session *s, struct wire_request const *req, int const *fds, struct replies const *out, tain const *now)
{
  (void)req ;
  (void)fds ;
  (void)now ;
  return verbs_error(out, verbs_taking_complete(h, s)) ;
}

 /* Before it expires, and while nobody else has stored under its id. */

static int put_back (struct holder *h, struct session *s, tain const *now)
{
  int error ;
  if (!s->given || (s->given->expires && !tain_less(now, &s->given->limit))) return ENOENT ;
  error = store_restore(&h->store, s->given) ;
  if (!error) s->given = 0 ;
  return error ;
}

enum verdict verb_putback (struct holder *h, struct session *s, struct wire_request const *req, int const *fds, struct replies const *out, tain const *now)
{
  struct store_entry const *given = s->given ;
  int error = put_back(h, s, now) ;
  (void)req ;
  (void)fds ;
  verbs_log(h, s, "put back", given ? given->id : 0, error) ;
  verbs_session_end(h, s) ;
  return verbs_error(out, error) ;
}
