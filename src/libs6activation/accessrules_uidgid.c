/* ISC license. */

#include <string.h>
#include <unistd.h>

#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

enum { PREFIX_SIZE = sizeof "uid/" - 1 } ;

 /* A rule for an id that stands for several may deny them all, but allows
    none: whom it was written for cannot be told from the others. */

static accessrules_result look (accessrules const *rules, char const *key, int isambiguous, accessrules_params *params)
{
  accessrules_result result = ruleset_lookup(rules, key, params) ;
  if (result != ACCESSRULES_ALLOW || !isambiguous) return result ;
  params->key[0] = 0 ;
  return ACCESSRULES_NOTFOUND ;
}

static accessrules_result own (accessrules const *rules, uid_t uid, int isambiguous, accessrules_params *params)
{
  char key[PREFIX_SIZE + UID_FMT] = "uid/" ;
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  if (uid == geteuid()) result = look(rules, "uid/self", isambiguous, params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  key[PREFIX_SIZE + uid_fmt(key + PREFIX_SIZE, uid)] = 0 ;
  return look(rules, key, isambiguous, params) ;
}

static accessrules_result group (accessrules const *rules, gid_t gid, int isambiguous, accessrules_params *params)
{
  char key[PREFIX_SIZE + GID_FMT] = "gid/" ;
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  if (gid == getegid()) result = look(rules, "gid/self", isambiguous, params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  key[PREFIX_SIZE + gid_fmt(key + PREFIX_SIZE, gid)] = 0 ;
  return look(rules, key, isambiguous, params) ;
}

accessrules_result accessrules_uidgid (accessrules const *rules, uid_t uid, gid_t gid, accessrules_params *params)
{
  int isambiguous = rules->hasunmapped && uid == rules->overflowuid ;
  accessrules_result result = own(rules, uid, isambiguous, params) ;
  int groups ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  if (ruleset_has_class(rules, "uid") < 0) return ACCESSRULES_ERROR ;
  groups = ruleset_has_class(rules, "gid") ;
  if (groups < 0) return ACCESSRULES_ERROR ;
  isambiguous |= rules->hasunmapped && gid == rules->overflowgid ;
  if (groups) result = group(rules, gid, isambiguous, params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  return ruleset_lookup(rules, "uid/default", params) ;
}
