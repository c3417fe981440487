/* ISC license. */

/* A cursor file of any bytes: what is believed is written again as the same place. */

#include <stdlib.h>
#include <string.h>

#include <skalibs/stralloc.h>

#include "liblogger/cursor.h"
#include "support/fuzz.h"

static void must (int condition)
{
  if (!condition) abort() ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  static char const *const paths[] = { "./d" } ;
  struct cursor_place x, again ;
  stralloc sa = STRALLOC_ZERO ;
  if (cursor_scan((char const *)input, len, paths[0], &x) != 1) return 0 ;
  must(!strchr(x.name, '/') && !strchr(x.newest, '/')) ;
  must(cursor_fmt(&sa, &x, paths, 1)) ;
  must(cursor_scan(sa.s, sa.len, paths[0], &again) == 1) ;
  must(again.ino == x.ino && again.offset == x.offset && again.hash == x.hash) ;
  must(!strcmp(again.name, x.name) && !strcmp(again.newest, x.newest)) ;
  stralloc_free(&sa) ;
  return 0 ;
}

FUZZ_MAIN()
