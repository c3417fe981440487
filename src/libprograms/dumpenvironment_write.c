/* ISC license. */

#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "holderclient.h"

 /* Pointers into storage must wait until it has stopped growing: while it
    grows, each variable is only counted. */

static int add_number (stralloc *sa, char const *name, unsigned int value)
{
  char fmt[UINT_FMT] ;
  return stralloc_cats(sa, name) && stralloc_catb(sa, fmt, uint_fmt(fmt, value)) ;
}

static int add_entry (stralloc *sa, fdholder_entry const *entry, unsigned int i)
{
  char timestamp[TIMESTAMP] ;
  if (!add_number(sa, "S6_FD_", i) || !add_number(sa, "=", entry->fd) || !stralloc_0(sa)
   || !add_number(sa, "S6_FDID_", i) || !stralloc_append(sa, '=') || !stralloc_cats(sa, entry->id) || !stralloc_0(sa)) return 0 ;
  if (!entry->expires) return 1 ;
  return add_number(sa, "S6_FDLIMIT_", i) && stralloc_append(sa, '=')
    && stralloc_catb(sa, timestamp, timestamp_fmt(timestamp, &entry->limit)) && stralloc_0(sa) ;
}

static int keep_others (genalloc *pointers, char const *const *envp)
{
  for (; *envp ; envp++)
  {
    unsigned int i ;
    char const *value ;
    if (dumpenvironment_classify(*envp, &i, &value) == DUMPENVIRONMENT_OTHER
     && !genalloc_append(char const *, pointers, envp)) return 0 ;
  }
  return 1 ;
}

int dumpenvironment_write (stralloc *storage, genalloc *pointers, char const *const *envp, fdholder_entry const *entries, size_t n)
{
  char const *end = 0 ;
  if (!add_number(storage, "S6_FD#=", n) || !stralloc_0(storage) || !keep_others(pointers, envp)) return 0 ;
  for (size_t i = 0 ; i < n ; i++)
    if (!add_entry(storage, entries + i, i)) return 0 ;
  for (char const *s = storage->s ; s < storage->s + storage->len ; s += strlen(s) + 1)
    if (!genalloc_append(char const *, pointers, &s)) return 0 ;
  return genalloc_append(char const *, pointers, &end) ;
}
