/* ISC license. */

/* H14: the S6_FD environment. What is missing or hostile names itself and
   reads nothing beyond; what was written is read again as it was. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "libchain/dumpenvironment.h"
#include "support/tap.h"

enum { VARIABLES_MAX = 8 } ;

#define LONG_51 "012345678901234567890123456789012345678901234567890"
#define LONG_255 LONG_51 LONG_51 LONG_51 LONG_51 LONG_51
#define LIMIT "S6_FDLIMIT_0=@400000006b034e31165a0819"

struct environment
{
  char const *variables[VARIABLES_MAX] ;
  char const *wrong ;  /* 0: nothing */
  enum dumpenvironment_problem problem ;
  size_t count ;
} ;

static struct environment const environments[] =
{
  { { "S6_FD#=x" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=0" }, 0, 0, 0 },
  { { "PATH=/", "S6_FD#=0", "S6_FD_0=x" }, 0, 0, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a" }, 0, 0, 1 },
  { { "S6_FDID_0=a", "S6_FD_0=0", "S6_FD#=1" }, 0, 0, 1 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a", LIMIT }, 0, 0, 1 },
  { { "S6_FD#=1", "S6_FD_0=2147483647", "S6_FDID_0=" LONG_255 }, 0, 0, 1 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a=b\n", "S6_FD_1=", "S6_FDID_1=" }, 0, 0, 1 },
  { { "S6_FD#=2", "S6_FD_0=0", "S6_FDID_0=a", "S6_FD_1=0", "S6_FDID_1=b" }, 0, 0, 2 },
  { { "S6_FD#=1", "S6_FD#=9", "S6_FD_0=3", "S6_FD_0=x", "S6_FDID_0=a", "S6_FDID_0=" }, 0, 0, 1 },
  { { "PATH=/" }, "S6_FD#", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#" }, "S6_FD#", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#=" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=-1", "a=", "b=" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1x", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#= 1", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=4294967295", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=4294967297", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=18446744073709551616", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=2", "S6_FD_0=0", "S6_FDID_0=a" }, "S6_FD#", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "a=", "S6_FDID_0=a" }, "S6_FD_0", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#=1", "S6_FD_00=0", "S6_FDID_0=a" }, "S6_FD_0", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "a=" }, "S6_FDID_0", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#=2", "S6_FD_0=0", "S6_FDID_0=a", "S6_FD_1=0", "S6_FDLIMIT_1=" }, "S6_FDLIMIT_1", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=2", "S6_FD_0=0", "S6_FDID_0=a", "S6_FD_1=0" }, "S6_FDID_1", DUMPENVIRONMENT_NOTSET, 0 },
  { { "S6_FD#=1", "S6_FD_0=", "S6_FDID_0=a" }, "S6_FD_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=-1", "S6_FDID_0=a" }, "S6_FD_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=2147483648", "S6_FDID_0=a" }, "S6_FD_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=" }, "S6_FDID_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=x" LONG_255 }, "S6_FDID_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a", "S6_FDLIMIT_0=" }, "S6_FDLIMIT_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a", "S6_FDLIMIT_0=@4" }, "S6_FDLIMIT_0", DUMPENVIRONMENT_INVALID, 0 },
  { { "S6_FD#=1", "S6_FD_0=0", "S6_FDID_0=a", LIMIT "0" }, "S6_FDLIMIT_0", DUMPENVIRONMENT_INVALID, 0 }
} ;

static void check (struct environment const *e, unsigned int i)
{
  genalloc entries = GENALLOC_ZERO ;
  struct dumpenvironment_error error ;
  char const *variables[VARIABLES_MAX + 1] = { 0 } ;
  int r ;
  memcpy(variables, e->variables, sizeof(e->variables)) ;
  r = dumpenvironment_read(&entries, variables, &error) ;
  tap_int(r, !e->wrong, "environment %u is %s", i, e->wrong ? "refused" : "read") ;
  if (e->wrong && !r)
  {
    tap_string(error.name, e->wrong, "environment %u: the variable that is wrong", i) ;
    tap_int(error.problem, e->problem, "environment %u: what is wrong about it", i) ;
  }
  tap_int(genalloc_len(fdholder_entry, &entries), e->count, "environment %u: %zu entries", i, e->count) ;
  genalloc_free(fdholder_entry, &entries) ;
}

static void check_same (fdholder_entry const *got, fdholder_entry const *want, size_t i)
{
  tap_int(got->fd, want->fd, "entry %zu: its descriptor", i) ;
  tap_string(got->id, want->id, "entry %zu: its id", i) ;
  if (tap_int(!!got->expires, !!want->expires, "entry %zu: whether it expires", i) && want->expires)
    tap_int(got->limit.sec.x, want->limit.sec.x, "entry %zu: when", i) ;
}

static void check_round_trip (void)
{
  static char const *const others[] = { "PATH=/", "S6_FD#=7", "S6_FD_3=9", "S6_FDID_3=old", "S6_FDLIMIT_3=@", "S6_FD_03=kept", "S6_FDNAME_0=kept", 0 } ;
  fdholder_entry const entries[] =
  {
    { .id = "a", .fd = 0 },
    { .id = LONG_255, .fd = 2147483647, .expires = 1, .limit = { .sec = { 0x400000006b034e31 }, .nano = 999999999 } },
    { .id = "=\n\"*[", .fd = 12, .expires = 1 }
  } ;
  stralloc storage = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  genalloc got = GENALLOC_ZERO ;
  struct dumpenvironment_error error ;
  if (!dumpenvironment_write(&storage, &variables, others, entries, 3)) tap_bail("dumpenvironment_write") ;
  tap_int(genalloc_len(char const *, &variables), 3 + 1 + 3 * 2 + 2 + 1, "an older dump leaves nothing, other variables stay") ;
  tap_ok(dumpenvironment_read(&got, genalloc_s(char const *, &variables), &error), "what was written is read") ;
  if (tap_int(genalloc_len(fdholder_entry, &got), 3, "all of it"))
    for (size_t i = 0 ; i < 3 ; i++) check_same(genalloc_s(fdholder_entry, &got) + i, entries + i, i) ;
  stralloc_free(&storage) ;
  genalloc_free(char const *, &variables) ;
  genalloc_free(fdholder_entry, &got) ;
}

int main (void)
{
  for (unsigned int i = 0 ; i < sizeof(environments) / sizeof(environments[0]) ; i++) check(environments + i, i) ;
  check_round_trip() ;
  return tap_done() ;
}
