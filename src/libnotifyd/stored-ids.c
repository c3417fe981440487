/* ISC license. */

#include <string.h>

#include <skalibs/types.h>

#include "libchain/listenfds.h"
#include "libnotifyd/stored-internal.h"
#include "libnotifyd/stored.h"

#define NOPOLL ":nopoll"

int stored_isname (struct stored const *s, char const *name, size_t len)
{
  char copy[FDHOLDER_ID_MAX + 1] ;
  if (s->prefixlen + len + STORED_SUFFIX_MAX > FDHOLDER_ID_MAX) return 0 ;
  memcpy(copy, name, len) ;
  copy[len] = 0 ;
  return strlen(copy) == len && listenfds_isname(copy) ;
}

 /* Nothing but what stored_id writes is understood. */

int stored_parse (struct stored const *s, char const *text, struct stored_idparts *id)
{
  size_t len = strlen(text) ;
  size_t suffix = sizeof(NOPOLL) - 1 ;
  char const *colon ;
  id->number = 0 ;
  id->ispolled = len < suffix || strcmp(text + len - suffix, NOPOLL) ;
  if (!id->ispolled) len -= suffix ;
  if (len < s->prefixlen || memcmp(text, s->prefix, s->prefixlen)) return 0 ;
  id->name.s = text + s->prefixlen ;
  id->name.len = len - s->prefixlen ;
  colon = memchr(id->name.s, ':', id->name.len) ;
  if (colon)
  {
    size_t n = uint32_scan(colon + 1, &id->number) ;
    if (!n || colon[1] == '0' || colon + 1 + n != text + len || id->number >= STORED_NUMBERS) return 0 ;
    id->name.len = (size_t)(colon - id->name.s) ;
  }
  return stored_isname(s, id->name.s, id->name.len) ;
}

int stored_isid (struct stored const *s, char const *text)
{
  struct stored_idparts id ;
  return stored_parse(s, text, &id) ;
}

void stored_id (struct stored_entry const *e, char *id)
{
  struct stored const *s = e->stored ;
  memcpy(id, s->prefix, s->prefixlen) ;
  id += s->prefixlen ;
  memcpy(id, e->name->s, e->name->len) ;
  id += e->name->len ;
  if (e->number)
  {
    *id++ = ':' ;
    id += uint32_fmt(id, e->number) ;
  }
  strcpy(id, e->ispolled ? "" : NOPOLL) ;  /* stored_isname leaves room for all that */
}
