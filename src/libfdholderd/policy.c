/* ISC license. */

#include <stdlib.h>
#include <string.h>
#include <errno.h>

#include <skalibs/tai.h>
#include <skalibs/types.h>
#include <skalibs/stralloc.h>

#include <s6-activation/accessrules.h>

#include "libfdholderd/policy.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

enum { RIGHTS_FRESH_SECONDS = 1 } ;

static void init (struct policy *p, struct complaints *complaints)
{
  static struct policy const zero = { .rules = ACCESSRULES_ZERO, .params = ACCESSRULES_PARAMS_ZERO } ;
  *p = zero ;
  p->complaints = complaints ;
}

int policy_init_dir (struct policy *p, char const *dir, struct complaints *complaints)
{
  init(p, complaints) ;
  if (!accessrules_open_dir(&p->rules, dir)) return 0 ;
  policy_check_dir(p, dir) ;
  policy_check_names(p) ;
  return 1 ;
}

int policy_init_cdb (struct policy *p, char const *file, struct complaints *complaints)
{
  init(p, complaints) ;
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
  else log_line(p->complaints->log, LOG_WARNING, "unable to reload rules: ", strerror(errno), ": the ones in use are kept") ;
}

 /* The rule that cannot be read may be another one than let the user in. */

static void warn_rules (struct policy *p, struct rights const *r, tain const *now)
{
  struct complaint_account account ;
  complaint_account_uid(&account, p->params.key, r->uid) ;
  complaint_line(p->complaints, LOG_WARNING, "unable to read the rules", &account, now, "unable to read the rules for ", account.user, p->params.key[0] ? " at " : "", p->params.key, ": ", strerror(errno), ": denied") ;
}

int policy_admit (struct policy *p, struct rights *r, uid_t uid, gid_t gid, tain const *now)
{
  accessrules_result result ;
  memset(r, 0, sizeof(*r)) ;
  r->uid = uid ;
  r->gid = gid ;
  r->judged = *now ;
  r->generation = p->generation ;
  result = accessrules_uidgid(&p->rules, uid, gid, &p->params) ;
  if (result == ACCESSRULES_ERROR) warn_rules(p, r, now) ;
  if (result != ACCESSRULES_ALLOW || strlen(p->params.key) >= sizeof(r->key)) return 0 ;
  memcpy(r->key, p->params.key, strlen(p->params.key) + 1) ;
  return 1 ;
}

void policy_forget (struct policy *p, struct rights *r)
{
  if (!r->one) return ;
  for (unsigned int i = 0 ; i < RIGHT_READ ; i++) expression_release(p, r->one[i].expression) ;
  free(r->one) ;
  r->one = 0 ;
}

 /* A cdb changes when it is reloaded; a directory whenever it likes, so what
    was read there serves for a second. */

static int is_fresh (struct policy const *p, tain const *read, uint32_t generation, tain const *now)
{
  tain end ;
  if (p->iscdb) return generation == p->generation ;
  tain_addsec(&end, read, RIGHTS_FRESH_SECONDS) ;
  return tain_less(now, &end) ;
}

 /* The rule that let the connection in may have changed since. */

static int find_rule (struct policy *p, struct rights *r, tain const *now)
{
  if (!is_fresh(p, &r->judged, r->generation, now))
  {
    accessrules_result result = accessrules_uidgid(&p->rules, r->uid, r->gid, &p->params) ;
    if (result == ACCESSRULES_ERROR) warn_rules(p, r, now) ;
    if (result == ACCESSRULES_ALLOW && strlen(p->params.key) < sizeof(r->key)) strcpy(r->key, p->params.key) ;  /* it fits */
    else r->key[0] = 0 ;
    r->judged = *now ;
    r->generation = p->generation ;
  }
  strcpy(p->params.key, r->key) ;  /* that is the longer one */
  return !!r->key[0] ;
}

static char const *const variables[RIGHT_READ] =
{
  [RIGHT_STORE] = "S6_FDHOLDER_STORE_REGEX",
  [RIGHT_RETRIEVE] = "S6_FDHOLDER_RETRIEVE_REGEX",
  [RIGHT_LIST] = "S6_FDHOLDER_LIST",
  [RIGHT_GETDUMP] = "S6_FDHOLDER_GETDUMP",
  [RIGHT_SETDUMP] = "S6_FDHOLDER_SETDUMP",
  [RIGHT_MAXFDS] = "S6_FDHOLDER_MAXFDS"
} ;

#define has_expression(right) ((right) == RIGHT_STORE || (right) == RIGHT_RETRIEVE)

 /* An expression that is empty, or nothing but newlines, would match every
    id: it denies instead. */

static struct expression *read_expression (struct policy *p, struct rights const *r, char const *name, char const *text, tain const *now)
{
  struct complaint_account account ;
  if (text[strspn(text, "\n")]) return expression_get(p, r, name, text, now) ;
  complaint_account_uid(&account, r->key, r->uid) ;
  complaint_line(p->complaints, LOG_WARNING, "an expression is empty", &account, now, "rule ", p->params.key, ": ", name, " is empty: denied") ;
  return 0 ;
}

static uint32_t read_number (struct policy *p, struct rights const *r, char const *name, char const *text, tain const *now)
{
  struct complaint_account account ;
  char quoted[LOG_QUOTED_MAX] ;
  uint32_t n ;
  if (uint320_scan(text, &n)) return n ;
  complaint_account_uid(&account, r->key, r->uid) ;
  complaint_line(p->complaints, LOG_WARNING, "a quota is no number", &account, now, "rule ", p->params.key, ": ", name, " is no number, ", log_quote(quoted, text, strlen(text)), ": none may be stored") ;
  return 0 ;
}

 /* VAR=value grants; VAR alone, which unsets the variable, does not. */

static void read_right (struct policy *p, struct rights *r, enum right right, tain const *now)
{
  struct rights_one *one = r->one + right ;
  char const *value ;
  int isallowed ;
  accessrules_result result ;
  expression_release(p, one->expression) ;
  one->expression = 0 ;
  one->isgranted = 0 ;
  one->number = 0 ;
  one->isknown = 1 ;
  one->generation = p->generation ;
  isallowed = find_rule(p, r, now) ;
  one->read = r->judged ;  /* no right is fresh for longer than the rule that it is read from */
  if (!isallowed) return ;
  result = accessrules_read_variable(&p->rules, &p->params, variables[right]) ;
  if (result == ACCESSRULES_ERROR) warn_rules(p, r, now) ;
  if (result != ACCESSRULES_ALLOW) return ;
  value = p->params.env.len ? strchr(p->params.env.s, '=') : 0 ;
  if (right == RIGHT_MAXFDS) one->number = p->params.env.len ? read_number(p, r, variables[right], value ? value + 1 : "", now) : POLICY_ANY ;
  else if (!value) return ;
  else if (has_expression(right)) one->expression = read_expression(p, r, variables[right], value + 1, now) ;
  else one->isgranted = 1 ;
}

 /* Not by calloc: each connection comes by, and glibc's has no short way. The
    rest of one is set when it is read. */

static struct rights_one *make_unknown (void)
{
  struct rights_one *one = malloc(RIGHT_READ * sizeof(struct rights_one)) ;
  for (unsigned int i = 0 ; one && i < RIGHT_READ ; i++)
  {
    one[i].expression = 0 ;
    one[i].isknown = 0 ;
  }
  return one ;
}

 /* Who asks for nothing that needs a right costs no memory for any. */

static int has_place (struct policy *p, struct rights *r, tain const *now)
{
  if (!r->one) r->one = make_unknown() ;
  if (r->one) return 1 ;
  strcpy(p->params.key, r->key) ;  /* that is the longer one */
  warn_rules(p, r, now) ;
  return 0 ;
}

static struct rights_one *find_fresh (struct policy *p, struct rights *r, enum right right, tain const *now)
{
  struct rights_one *one ;
  if (!has_place(p, r, now)) return 0 ;
  one = r->one + right ;
  if (!one->isknown || !is_fresh(p, &one->read, one->generation, now)) read_right(p, r, right, now) ;
  return one ;
}

uint32_t policy_maxfds (struct policy *p, struct rights *r, tain const *now)
{
  struct rights_one const *one = find_fresh(p, r, RIGHT_MAXFDS, now) ;
  return one ? one->number : 0 ;
}

int policy_may (struct policy *p, struct rights *r, enum right right, char const *id, tain const *now)
{
  struct rights_one *one ;
  if (right == RIGHT_NONE) return 1 ;
  one = find_fresh(p, r, right, now) ;
  if (!one) return 0 ;
  return has_expression(right) ? one->expression && expression_matches(one->expression, id) : one->isgranted ;
}
