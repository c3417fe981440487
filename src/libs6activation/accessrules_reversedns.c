/* ISC license. */

#include <errno.h>
#include <string.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

#define PREFIX "reversedns/"
enum { PREFIX_SIZE = sizeof PREFIX - 1 } ;

 /* What a resolver gives may be anything at all. */

static int is_sound (char const *name, size_t len)
{
  char before = '.' ;
  for (size_t i = 0 ; i < len ; i++)
  {
    if (name[i] == '/' || (name[i] == '.' && before == '.')) return 0 ;
    before = name[i] ;
  }
  return before != '.' ;
}

accessrules_result accessrules_reversedns (accessrules const *rules, char const *name, accessrules_params *params)
{
  char key[PREFIX_SIZE + ACCESSRULES_NAME_MAX + 1] = PREFIX ;
  size_t len = strlen(name) ;
  char const *end = name + len ;
  int present ;
  params->key[0] = 0 ;
  if (len > ACCESSRULES_NAME_MAX) return (errno = ENAMETOOLONG, ACCESSRULES_ERROR) ;
  if (!len) return ACCESSRULES_NOTFOUND ;  /* no name, no rule by name: not @ either */
  if (len > 1 && end[-1] == '.') end-- ;
  if (!is_sound(name, end - name)) return (errno = EINVAL, ACCESSRULES_ERROR) ;
  present = ruleset_has_class(rules, "reversedns") ;
  if (present <= 0) return present ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
  while (name < end)
  {
    char const *dot = memchr(name, '.', end - name) ;
    accessrules_result result ;
    memcpy(key + PREFIX_SIZE, name, end - name) ;
    key[PREFIX_SIZE + (end - name)] = 0 ;
    result = ruleset_lookup(rules, key, params) ;
    if (result != ACCESSRULES_NOTFOUND) return result ;
    name = dot ? dot + 1 : end ;
  }
  return ruleset_lookup(rules, PREFIX "@", params) ;
}
