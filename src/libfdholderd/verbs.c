/* ISC license. */

#include <errno.h>
#include <string.h>

#include "libfdholderd/change.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/policy.h"
#include "libfdholderd/verbs.h"
#include "libfdwire/wire.h"

static struct verb const table[] =
{
  { WIRE_STORE, 0, 1, RIGHT_STORE, PHASE_NONE, "store", &verb_store },
  { WIRE_REPLACE, 1, 1, RIGHT_STORE, PHASE_NONE, "replace", &verb_replace },
  { WIRE_DELETE, 0, 1, RIGHT_STORE, PHASE_NONE, "delete", &verb_delete },
  { WIRE_RETRIEVE, 0, 0, RIGHT_RETRIEVE, PHASE_NONE, "retrieve", &verb_retrieve },
  { WIRE_WATCH, 1, 0, RIGHT_LIST, PHASE_NONE, "watch", &verb_watch },
  { WIRE_ACKNOWLEDGE, 1, 1, RIGHT_NONE, PHASE_TAKING, "acknowledge", &verb_acknowledge },
  { WIRE_PUTBACK, 1, 1, RIGHT_NONE, PHASE_GIVEN, "put back", &verb_putback },
  { WIRE_LIST, 0, 0, RIGHT_LIST, PHASE_NONE, "list", &verb_list },
  { WIRE_INSPECT, 1, 0, RIGHT_LIST, PHASE_NONE, "list in detail", &verb_inspect },
  { WIRE_STATUS, 1, 0, RIGHT_LIST, PHASE_NONE, "status", &verb_status },
  { WIRE_KEEP, 1, 0, RIGHT_NONE, PHASE_NONE, "keep", &verb_keep },
  { WIRE_GETDUMP, 0, 0, RIGHT_GETDUMP, PHASE_NONE, "getdump", &verb_getdump },
  { WIRE_SETDUMP, 0, 0, RIGHT_SETDUMP, PHASE_NONE, "setdump", &verb_setdump },
  { WIRE_DUMPFRAME, 0, 0, RIGHT_SETDUMP, PHASE_DUMP, "setdump", &verb_dumpframe }
} ;

enum { VERBS = sizeof(table) / sizeof(*table) } ;

 /* What has no letter of ours is refused, under a name for the log. */

static struct verb const *find (char letter)
{
  static struct verb const unknown = { .right = RIGHT_NONE, .phase = PHASE_NONE, .name = "unknown" } ;
  for (unsigned int i = 0 ; i < VERBS ; i++)
    if (table[i].letter == letter) return table + i ;
  return &unknown ;
}

static void drop_fds (struct call const *c)
{
  for (unsigned int i = 0 ; i < c->request->nfds ; i++) fdtable_unref(&c->holder->fdtable, c->fds[i]) ;
}

static enum verdict refuse (struct call const *c, struct verb const *verb, int error)
{
  drop_fds(c) ;
  verbs_log(c->holder, c->session, verb->name, c->request->entry.id.s, error) ;
  verbs_session_end(c->holder, c->session) ;
  return verbs_error(&c->reply, error) ;
}

static enum verdict ask_again (struct call const *c)
{
  struct session *s = c->session ;
  struct watch_waiter const *waiter = s->waiter ;
  char const *id = watch_waiter_id(waiter) ;
  struct wire_request request = { .verb = WIRE_RETRIEVE, .flags = waiter->flags, .entry = { .id = { .s = id, .len = (uint8_t)strlen(id) } } } ;
  struct call again = *c ;
  enum verdict verdict ;
  again.request = &request ;
  verdict = verbs_answer(&again, 0) ;
  if (verdict != VERDICT_LATER && s->waiter)
  {
    watch_forget(&c->holder->watch, s->waiter) ;
    s->waiter = 0 ;
  }
  return verdict ;
}

 /* It was put off while the keeper was told of another change, or of its own. */

static enum verdict answer_change (struct call const *c)
{
  struct change_underway const *u = &c->holder->changes.underway ;
  if (c->session->changing == CHANGING_NOW) return VERDICT_LATER ;
  c->session->changing = CHANGING_NOTHING ;
  return verbs_done(c, u->what, u->hasid ? u->id : 0, 0) ;
}

static enum verdict ask_postponed (struct call const *c)
{
  struct postponed *p = c->session->postponed ;
  struct call again = *c ;
  int fd = p->fd ;
  enum verdict verdict ;
  c->session->postponed = 0 ;
  p->fd = -1 ;
  again.request = &p->request ;
  again.fds = &fd ;
  verdict = p->request.verb == WIRE_DUMPFRAME ? verbs_setdump_continue(&again) : verbs_answer(&again, 0) ;
  postponed_free(p, &c->holder->fdtable) ;
  return verdict ;
}

enum verdict verbs_resume (struct call const *c)
{
  if (c->session->postponed) return ask_postponed(c) ;
  if (c->session->changing) return answer_change(c) ;
  return c->session->inspection ? verbs_inspection_continue(c) : ask_again(c) ;
}

 /* A retrieve of s6's dialect has a byte of flags, too, and is judged for them. */

static int has_native_flags (struct wire_request const *r)
{
  return r->verb == WIRE_SETDUMP && r->flags ;
}

enum verdict verbs_answer (struct call const *c, int unpacked)
{
  struct session *s = c->session ;
  struct verb const *verb = find(c->request->verb) ;
  enum phase phase = verbs_phase(s) ;
  int isunknown = unpacked == EPROTO || (!s->isnative && (unpacked == ENOSYS || verb->isnativeonly || has_native_flags(c->request))) ;
  if (isunknown || (phase == PHASE_DUMP) != (verb->phase == PHASE_DUMP))
  {
    drop_fds(c) ;
    return VERDICT_PROTOCOL ;
  }
  if (phase != verb->phase && phase != PHASE_NONE) verbs_session_end(c->holder, s) ;
  if (unpacked) return refuse(c, verb, unpacked) ;
  if (s->rights.isguest && verb->letter != WIRE_KEEP) return refuse(c, verb, EPERM) ;
  if (!policy_may(&c->holder->policy, &s->rights, verb->right, c->request->entry.id.s, c->now)) return refuse(c, verb, EPERM) ;
  return verb->ischange && kept_isbusy(&c->holder->kept) ? verbs_postpone(c) : (*verb->f)(c) ;
}
