/* ISC license. */

#include <string.h>
#include <unistd.h>

#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

enum { PREFIX_SIZE = sizeof "uid/" - 1 } ;

static accessrules_result own (accessrules const *rules, uid_t uid, accessrules_params *params)
{
  char key[PREFIX_SIZE + UID_FMT] = "uid/" ;
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  if (uid == geteuid()) result = ruleset_lookup(rules, "uid/self", params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  key[PREFIX_SIZE + uid_fmt(key + PREFIX_SIZE, uid)] = 0 ;
  return ruleset_lookup(rules, key, params) ;
}

static accessrules_result group (accessrules const *rules, gid_t gid, accessrules_params *params)
{
  char key[PREFIX_SIZE + GID_FMT] = "gid/" ;
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  if (gid == getegid()) result = ruleset_lookup(rules, "gid/self", params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  key[PREFIX_SIZE + gid_fmt(key + PREFIX_SIZE, gid)] = 0 ;
  return ruleset_lookup(rules, key, params) ;
}

accessrules_result accessrules_uidgid (accessrules const *rules, uid_t uid, gid_t gid, accessrules_params *params)
{
  accessrules_result result = own(rules, uid, params) ;
  int groups ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  if (ruleset_has_class(rules, "uid") < 0) return ACCESSRULES_ERROR ;
  groups = ruleset_has_class(rules, "gid") ;
  if (groups < 0) return ACCESSRULES_ERROR ;
  if (groups) result = group(rules, gid, params) ;
  if (result != ACCESSRULES_NOTFOUND) return result ;
  return ruleset_lookup(rules, "uid/default", params) ;
}
