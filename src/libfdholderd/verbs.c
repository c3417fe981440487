/* ISC license. */

#include <errno.h>

#include "libfdholderd/policy.h"
#include "libfdholderd/stage.h"
#include "libfdholderd/store.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

#include "libdaemon/log.h"

 /* Rights that name an id are judged by the functions below; the others here. */

static struct { char letter ; enum right right ; char const *name ; verb_func_ref f ; } const table[] =
{
  { WIRE_STORE, RIGHT_STORE, "store", &verb_store },
  { WIRE_DELETE, RIGHT_STORE, "delete", &verb_delete },
  { WIRE_RETRIEVE, RIGHT_RETRIEVE, "retrieve", &verb_retrieve },
  { WIRE_ACKNOWLEDGE, RIGHT_NONE, "acknowledge", &verb_acknowledge },
  { WIRE_PUTBACK, RIGHT_NONE, "put back", &verb_putback },
  { WIRE_LIST, RIGHT_LIST, "list", &verb_list },
  { WIRE_GETDUMP, RIGHT_GETDUMP, "getdump", &verb_getdump },
  { WIRE_SETDUMP, RIGHT_SETDUMP, "setdump", &verb_setdump },
  { WIRE_DUMPFRAME, RIGHT_SETDUMP, "setdump", &verb_dumpframe },
  { 0, RIGHT_NONE, "unknown", 0 }
} ;

enum { TABLE_LAST = sizeof(table) / sizeof(*table) - 1 } ;

static unsigned int find (char letter)
{
  unsigned int i = 0 ;
  while (i < TABLE_LAST && table[i].letter != letter) i++ ;
  return i ;
}

static void drop_fds (struct holder *h, int const *fds, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++) fdtable_unref(&h->fdtable, fds[i]) ;
}

 /* A dump ends by anything that is not its next frame; a taking by anything
    that is not its acknowledgement; what was given is not put back any more
    after anything else. */

static void end_unless_continued (struct holder *h, struct session *s, char verb)
{
  if (verbs_istaking(s) ? verb != WIRE_ACKNOWLEDGE : s->given && verb != WIRE_PUTBACK) verbs_session_end(h, s) ;
}

static int is_native_only (char verb)
{
  return verb == WIRE_ACKNOWLEDGE || verb == WIRE_PUTBACK ;
}

static int interrupts_dump (struct session const *s, char verb)
{
  return stage_isactive(&s->stage) != (verb == WIRE_DUMPFRAME) ;
}

static enum verdict refuse (struct holder *h, struct session *s, struct wire_request const *req, int e, int const *fds, struct replies const *out)
{
  drop_fds(h, fds, req->nfds) ;
  verbs_log(h, s, table[find(req->verb)].name, req->entry.id.s, e) ;
  verbs_session_end(h, s) ;
  return verbs_error(out, e) ;
}

enum verdict verbs_answer (struct holder *h, struct session *s, struct wire_request const *req, int unpacked, int const *fds, struct replies const *out, tain const *now)
{
  unsigned int i = find(req->verb) ;
  if (unpacked == EPROTO || (!s->isnative && (unpacked == ENOSYS || is_native_only(req->verb))))
    return VERDICT_PROTOCOL ;
  if (interrupts_dump(s, req->verb))
  {
    drop_fds(h, fds, req->nfds) ;
    return VERDICT_PROTOCOL ;
  }
  end_unless_continued(h, s, req->verb) ;
  if (unpacked) return refuse(h, s, req, unpacked, fds, out) ;
  if (!policy_may(&h->policy, &s->rights, table[i].right, req->entry.id.s, now))
    return refuse(h, s, req, EPERM, fds, out) ;
  return (*table[i].f)(h, s, req, fds, out, now) ;
}
