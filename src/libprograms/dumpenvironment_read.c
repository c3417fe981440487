/* ISC license. */

#include <limits.h>
#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "wire.h"
#include "holderclient.h"

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
