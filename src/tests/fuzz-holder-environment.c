/* ISC license. */

/* Any bytes as an environment, variable after variable, each ended by a NUL:
   what is read is sound, and is the same after it has been written again. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "libchain/dumpenvironment.h"
#include "libfdwire/wire.h"
#include "support/fuzz.h"

static void must (int condition)
{
  if (!condition) abort() ;
}

static void write_again (fdholder_entry const *entries, size_t n, char const *const *envp)
{
  stralloc storage = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  genalloc again = GENALLOC_ZERO ;
  struct dumpenvironment_error error ;
  must(dumpenvironment_write(&storage, &variables, envp, entries, n)) ;
  must(dumpenvironment_read(&again, genalloc_s(char const *, &variables), &error)) ;
  must(genalloc_len(fdholder_entry, &again) == n) ;
  for (size_t i = 0 ; i < n ; i++)
  {
    fdholder_entry const *entry = genalloc_s(fdholder_entry, &again) + i ;
    must(entry->fd == entries[i].fd && !strcmp(entry->id, entries[i].id) && entry->expires == entries[i].expires) ;
  }
  genalloc_free(fdholder_entry, &again) ;
  genalloc_free(char const *, &variables) ;
  stralloc_free(&storage) ;
}

static void check (char const *const *envp)
{
  genalloc entries = GENALLOC_ZERO ;
  struct dumpenvironment_error error ;
  if (dumpenvironment_read(&entries, envp, &error))
  {
    fdholder_entry const *s = genalloc_s(fdholder_entry, &entries) ;
    size_t n = genalloc_len(fdholder_entry, &entries) ;
    for (size_t i = 0 ; i < n ; i++) must(s[i].fd >= 0 && !wire_id_check(s[i].id, strlen(s[i].id))) ;
    write_again(s, n, envp) ;
  }
  else must(!genalloc_len(fdholder_entry, &entries) && memchr(error.name, 0, sizeof(error.name))) ;
  genalloc_free(fdholder_entry, &entries) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  stralloc copy = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  char const *end = 0 ;
  must(stralloc_catb(&copy, (char const *)input, len) && stralloc_0(&copy)) ;
  for (char const *s = copy.s ; s < copy.s + copy.len ; s += strlen(s) + 1)
    must(genalloc_append(char const *, &variables, &s)) ;
  must(genalloc_append(char const *, &variables, &end)) ;
  check(genalloc_s(char const *, &variables)) ;
  genalloc_free(char const *, &variables) ;
  stralloc_free(&copy) ;
  return 0 ;
}

FUZZ_MAIN()
