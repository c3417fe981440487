/* ISC license. */

#include <string.h>
#include <errno.h>

#include <skalibs/types.h>

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

unsigned int verbs_fds (struct wire_request const *req)
{
  struct wire_reader r = req->entries ;
  struct wire_entry entry ;
  unsigned int n = 0 ;
  if (req->verb == WIRE_STORE) return 1 ;
  if (req->verb != WIRE_DUMPFRAME) return 0 ;
  while (!wire_reader_isempty(&r) && wire_get_entry(&r, &entry)) n++ ;
  return n ;
}

uint64_t verbs_open (struct holder *h, uint64_t wanted)
{
  uint64_t open = fdtable_count(&h->fdtable) ;
  int wouldhelp = h->fdtable.count + wanted + h->budget.reserved <= h->budget.limit ;
  if (!wouldhelp || open + wanted + h->budget.reserved <= h->budget.limit) return open ;
  closer_settle(&h->closer, 0) ;
  return fdtable_count(&h->fdtable) ;
}

enum verdict verbs_error (struct replies const *out, int e)
{
  char *body = (*out->reserve)(out->data, WIRE_ERROR_PACK, 0) ;
  if (!body) return VERDICT_NOMEMORY ;
  *body = (char)e ;
  (*out->commit)(out->data, WIRE_ERROR_PACK, 0, 0) ;
  return VERDICT_ANSWERED ;
}

void verbs_log (struct holder *h, struct session const *s, char const *what, char const *id, int e)
{
  char quoted[LOG_QUOTED_MAX] ;
  char uid[UID_FMT] ;
  char pid[PID_FMT] ;
  if (!log_wants(&h->log, LOG_INFO)) return ;
  uid[uid_fmt(uid, s->rights.uid)] = 0 ;
  pid[pid_fmt(pid, s->pid)] = 0 ;
  log_line(&h->log, LOG_INFO, "uid ", uid, " pid ", pid, ": ", what, id ? " " : "", id ? log_quote(quoted, id, strlen(id)) : "", ": ", e ? strerror(e) : "done") ;
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
  drop_fds(h, fds, verbs_fds(req)) ;
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
    drop_fds(h, fds, verbs_fds(req)) ;
    return VERDICT_PROTOCOL ;
  }
  end_unless_continued(h, s, req->verb) ;
  if (unpacked) return refuse(h, s, req, unpacked, fds, out) ;
  if (!policy_may(&h->policy, &s->rights, table[i].right, req->entry.id.s, now))
    return refuse(h, s, req, EPERM, fds, out) ;
  return (*table[i].f)(h, s, req, fds, out, now) ;
}

int verbs_taking_complete (struct holder *h, struct session *s)
{
  struct store_entry *e = verbs_istaking(s) ? store_get(&h->store, s->taking.id) : 0 ;
  int error = ENOENT ;
  if (e && e->serial == s->taking.serial)
  {
    if (s->isnative) store_lend(&h->store, s->given = e) ;
    else store_drop(&h->store, e) ;
    error = 0 ;
  }
  verbs_log(h, s, "retrieve-and-delete", verbs_istaking(s) ? s->taking.id : 0, error) ;
  s->taking.serial = 0 ;
  return error ;
}

void verbs_session_end (struct holder *h, struct session *s)
{
  if (verbs_istaking(s))
  {
    struct store_entry *e = store_get(&h->store, s->taking.id) ;
    if (e && e->serial == s->taking.serial) e->taken = 0 ;
    s->taking.serial = 0 ;
  }
  if (s->given) store_forget(&h->store, s->given) ;
  s->given = 0 ;
  if (stage_isactive(&s->stage)) stage_end(&s->stage) ;
  budget_release(&h->budget, s->reserved) ;
  s->reserved = 0 ;
}
