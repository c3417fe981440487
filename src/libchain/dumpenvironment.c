/* ISC license. */

#include <string.h>
#include <limits.h>

#include <skalibs/types.h>
#include <skalibs/genalloc.h>
#include <skalibs/tai.h>
#include <skalibs/stralloc.h>

#include "libchain/dumpenvironment.h"
#include "libfdwire/wire.h"

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

static int fail (struct dumpenvironment_error *error, enum dumpenvironment_problem problem, char const *prefix, unsigned int const *i)
{
  size_t len = strlen(prefix) ;
  memcpy(error->name, prefix, len) ;
  if (i) len += uint_fmt(error->name + len, *i) ;
  error->name[len] = 0 ;
  error->problem = problem ;
  return 0 ;
}

 /* Each entry takes two variables, so a count that is more than half of all
    variables is a lie: nothing is allocated for it. */

static int read_count (char const *const *envp, unsigned int *count, struct dumpenvironment_error *error)
{
  char const *found = 0 ;
  size_t n = 0 ;
  for (; envp[n] ; n++)
  {
    unsigned int i ;
    char const *value ;
    if (!found && dumpenvironment_classify(envp[n], &i, &value) == DUMPENVIRONMENT_COUNT) found = value ;
  }
  if (!found) return fail(error, DUMPENVIRONMENT_NOTSET, "S6_FD#", 0) ;
  if (!uint0_scan(found, count) || *count > n / 2) return fail(error, DUMPENVIRONMENT_INVALID, "S6_FD#", 0) ;
  return 1 ;
}

 /* Of two variables with one name the first counts, as for getenv(3). */

static int read_fd (fdholder_entry *entry, char const *value)
{
  unsigned int fd ;
  if (entry->fd != -1) return 1 ;
  if (!uint0_scan(value, &fd) || fd > INT_MAX) return 0 ;
  entry->fd = fd ;
  return 1 ;
}

static int read_id (fdholder_entry *entry, char const *value)
{
  if (entry->id) return 1 ;
  if (wire_id_check(value, strlen(value))) return 0 ;
  entry->id = value ;
  return 1 ;
}

static int read_limit (fdholder_entry *entry, char const *value)
{
  size_t len ;
  if (entry->expires) return 1 ;
  len = timestamp_scan(value, &entry->limit) ;
  if (!len || value[len]) return 0 ;
  entry->expires = 1 ;
  return 1 ;
}

static int read_variable (fdholder_entry *entries, unsigned int count, char const *variable, struct dumpenvironment_error *error)
{
  unsigned int i = 0 ;
  char const *value ;
  enum dumpenvironment_kind kind = dumpenvironment_classify(variable, &i, &value) ;
  if (kind == DUMPENVIRONMENT_OTHER || kind == DUMPENVIRONMENT_COUNT || i >= count) return 1 ;
  if (kind == DUMPENVIRONMENT_FD)
    return read_fd(entries + i, value) || fail(error, DUMPENVIRONMENT_INVALID, "S6_FD_", &i) ;
  if (kind == DUMPENVIRONMENT_ID)
    return read_id(entries + i, value) || fail(error, DUMPENVIRONMENT_INVALID, "S6_FDID_", &i) ;
  return read_limit(entries + i, value) || fail(error, DUMPENVIRONMENT_INVALID, "S6_FDLIMIT_", &i) ;
}

int dumpenvironment_read (genalloc *ga, char const *const *envp, struct dumpenvironment_error *error)
{
  fdholder_entry const empty = { .id = 0, .fd = -1 } ;
  fdholder_entry *entries ;
  unsigned int count ;
  if (!read_count(envp, &count, error)) return 0 ;
  if (!genalloc_readyplus(fdholder_entry, ga, count)) return fail(error, DUMPENVIRONMENT_NOMEMORY, "S6_FD#", 0) ;
  entries = genalloc_s(fdholder_entry, ga) + genalloc_len(fdholder_entry, ga) ;
  for (unsigned int i = 0 ; i < count ; i++) entries[i] = empty ;
  for (; *envp ; envp++)
    if (!read_variable(entries, count, *envp, error)) return 0 ;
  for (unsigned int i = 0 ; i < count ; i++)
  {
    if (entries[i].fd == -1) return fail(error, DUMPENVIRONMENT_NOTSET, "S6_FD_", &i) ;
    if (!entries[i].id) return fail(error, DUMPENVIRONMENT_NOTSET, "S6_FDID_", &i) ;
  }
  genalloc_setlen(fdholder_entry, ga, genalloc_len(fdholder_entry, ga) + count) ;
  return 1 ;
}

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
