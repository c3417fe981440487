/* ISC license. */

#include <string.h>

#include <skalibs/types.h>

#include "holderclient.h"

struct prefix
{
  char const *s ;
  size_t len ;
  enum dumpenvironment_kind kind ;
} ;

 /* An index is written as uint_fmt does: no other spelling names an entry. */

enum dumpenvironment_kind dumpenvironment_classify (char const *s, unsigned int *i, char const **value)
{
  static struct prefix const prefixes[] =
  {
    { "S6_FD_", 6, DUMPENVIRONMENT_FD },
    { "S6_FDID_", 8, DUMPENVIRONMENT_ID },
    { "S6_FDLIMIT_", 11, DUMPENVIRONMENT_LIMIT },
    { "S6_FD#=", 7, DUMPENVIRONMENT_COUNT },
    { 0, 0, DUMPENVIRONMENT_OTHER }
  } ;
  char canonical[UINT_FMT] ;
  struct prefix const *p = prefixes ;
  size_t len ;
  while (p->len && strncmp(s, p->s, p->len)) p++ ;
  s += p->len ;
  *value = s ;
  if (p->kind == DUMPENVIRONMENT_OTHER || p->kind == DUMPENVIRONMENT_COUNT) return p->kind ;
  len = uint_scan(s, i) ;
  if (!len || s[len] != '=' || uint_fmt(canonical, *i) != len || memcmp(canonical, s, len)) return DUMPENVIRONMENT_OTHER ;
  *value = s + len + 1 ;
  return p->kind ;
}
