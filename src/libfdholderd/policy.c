/* ISC license. */

#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>
#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>

#include "log.h"
#include "policy.h"

enum { RIGHTS_FRESH_SECONDS = 1 } ;

static void init (struct policy *p, struct log *log)
{
  static struct policy const zero = { .rules = ACCESSRULES_ZERO, .params = ACCESSRULES_PARAMS_ZERO } ;
  *p = zero ;
  p->log = log ;
}

int policy_init_dir (struct policy *p, char const *dir, struct log *log)
{
  init(p, log) ;
  return accessrules_open_dir(&p->rules, dir) ;
}

int policy_init_cdb (struct policy *p, char const *file, struct log *log)
{
  init(p, log) ;
  p->iscdb = 1 ;
  return accessrules_open_cdb(&p->rules, file) ;
}

void policy_free (struct policy *p)
{
  expression_freeall(p) ;
  accessrules_params_free(&p->params) ;
  accessrules_close(&p->rules) ;
}

void policy_reload (struct policy *p)
{
  if (!p->iscdb) return ;
  if (accessrules_reload(&p->rules)) p->generation++ ;
  else log_line(p->log, LOG_WARNING, "unable to reload rules: ", strerror(errno), ": the ones in use are kept") ;
}

static void warn_rules (struct policy *p, struct rights const *r)
{
  char uid[UID_FMT] ;
  uid[uid_fmt(uid, r->uid)] = 0 ;
  log_line(p->log, LOG_WARNING, "unable to read the rules for uid ", uid, p->params.key[0] ? " at " : "", p->params.key, ": ", strerror(errno), ": denied") ;
}

int policy_admit (struct policy *p, struct rights *r, uid_t uid, gid_t gid)
{
  accessrules_result result ;
  memset(r, 0, sizeof(*r)) ;
  r->uid = uid ;
  r->gid = gid ;
  result = accessrules_uidgid(&p->rules, uid, gid, &p->params) ;
  if (result == ACCESSRULES_ERROR) warn_rules(p, r) ;
  if (result != ACCESSRULES_ALLOW || strlen(p->params.key) >= sizeof(r->key)) return 0 ;
  memcpy(r->key, p->params.key, strlen(p->params.key) + 1) ;
  return 1 ;
}

void policy_forget (struct policy *p, struct rights *r)
{
  expression_release(p, r->store) ;
  expression_release(p, r->retrieve) ;
  r->store = r->retrieve = 0 ;
  r->granted = 0 ;
  r->known = 0 ;
}

 /* An expression that is empty, or nothing but a newline, would match every
    id: it denies instead. */

static struct expression *read_expression (struct policy *p, char const *name, char const *text)
{
  if (text[strspn(text, "\n")]) return expression_get(p, text) ;
  log_line(p->log, LOG_WARNING, "rule ", p->params.key, ": ", name, " is empty: denied") ;
  return 0 ;
}

static void take_expression (struct policy *p, struct expression **where, char const *name, char const *text)
{
  expression_release(p, *where) ;
  *where = read_expression(p, name, text) ;
}

 /* One modification: VAR=value. The last one counts. Presence grants what is
    not an expression; unset variables (no =) grant nothing. */

static void read_modification (struct policy *p, struct rights *r, char const *s)
{
  static char const prefix[] = "S6_FDHOLDER_" ;
  static struct { char const *name ; enum right right ; } const flags[] =
  {
    { "LIST=", RIGHT_LIST },
    { "GETDUMP=", RIGHT_GETDUMP },
    { "SETDUMP=", RIGHT_SETDUMP }
  } ;
  static char const store[] = "STORE_REGEX=" ;
  static char const retrieve[] = "RETRIEVE_REGEX=" ;
  if (strncmp(s, prefix, sizeof(prefix) - 1)) return ;
  s += sizeof(prefix) - 1 ;
  if (!strncmp(s, store, sizeof(store) - 1)) take_expression(p, &r->store, "S6_FDHOLDER_STORE_REGEX", s + sizeof(store) - 1) ;
  else if (!strncmp(s, retrieve, sizeof(retrieve) - 1)) take_expression(p, &r->retrieve, "S6_FDHOLDER_RETRIEVE_REGEX", s + sizeof(retrieve) - 1) ;
  else for (unsigned int i = 0 ; i < sizeof(flags) / sizeof(*flags) ; i++)
    if (!strncmp(s, flags[i].name, strlen(flags[i].name))) r->granted |= 1 << flags[i].right ;
}

 /* The rule that let the connection in decides at its first request; later
    ones find the rule anew, for it may have changed. */

static void read_rights (struct policy *p, struct rights *r, tain const *now)
{
  int isfirst = !r->known ;
  accessrules_result result ;
  policy_forget(p, r) ;
  r->known = 1 ;
  r->read = *now ;
  r->generation = p->generation ;
  if (isfirst)
  {
    strcpy(p->params.key, r->key) ;
    result = ACCESSRULES_ALLOW ;
  }
  else result = accessrules_uidgid(&p->rules, r->uid, r->gid, &p->params) ;
  if (result == ACCESSRULES_ALLOW) result = accessrules_read_env(&p->rules, &p->params) ;
  if (result == ACCESSRULES_ERROR) warn_rules(p, r) ;
  if (result != ACCESSRULES_ALLOW) return ;
  for (size_t i = 0 ; i < p->params.env.len ; i += strlen(p->params.env.s + i) + 1)
    read_modification(p, r, p->params.env.s + i) ;
}

static int is_fresh (struct policy const *p, struct rights const *r, tain const *now)
{
  tain end ;
  if (!r->known) return 0 ;
  if (p->iscdb) return r->generation == p->generation ;
  tain_addsec(&end, &r->read, RIGHTS_FRESH_SECONDS) ;
  return tain_less(now, &end) ;
}

int policy_may (struct policy *p, struct rights *r, enum right right, char const *id, tain const *now)
{
  if (right == RIGHT_NONE) return 1 ;
  if (!is_fresh(p, r, now)) read_rights(p, r, now) ;
  switch (right)
  {
    case RIGHT_STORE : return r->store && expression_matches(r->store, id) ;
    case RIGHT_RETRIEVE : return r->retrieve && expression_matches(r->retrieve, id) ;
    default : return !!(r->granted & (1 << right)) ;
  }
}
