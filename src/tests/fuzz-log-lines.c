/* ISC license. */

/* Any bytes as lines, seen as a source shows them: what is no line yet is seen again with
   what comes behind it, wherever that is cut. The lines are those that a walk byte by byte
   finds in all of it. The first byte is the limit, the second one what comes at once. */

#include <stdlib.h>
#include <string.h>

#include "liblogger/lines.h"
#include "support/fuzz.h"

enum { HEAD = 2, LIMITS = 20, ROOM = 2 } ;  /* each byte may be a line, with its newline */

struct text
{
  char *s ;
  size_t len ;
} ;

static void must (int condition)
{
  if (!condition) abort() ;
}

static void put (struct text *t, char const *line, size_t len)
{
  memcpy(t->s + t->len, line, len) ;
  t->len += len ;
  t->s[t->len++] = '\n' ;
}

static void walk (struct text *t, char const *s, size_t len, size_t limit)
{
  size_t from = 0 ;
  for (size_t i = 0 ; i < len ; i++)
  {
    int isend = s[i] == '\n' || !s[i] ;
    if (!isend && !(limit && i - from == limit)) continue ;
    put(t, s + from, i - from) ;
    from = isend ? i + 1 : i ;
  }
  if (from < len) put(t, s + from, len - from) ;
}

 /* How much of s is done with. The room behind s is no more than it has bytes. */

static size_t take (struct text *t, char const *s, size_t len, size_t limit, int islast)
{
  char *copy = malloc(len ? len : 1) ;
  struct lines l ;
  char const *line ;
  size_t linelen ;
  must(!!copy) ;
  memcpy(copy, s, len) ;
  lines_init(&l, copy, len, limit) ;
  while (lines_next(&l, &line, &linelen) || (islast && lines_last(&l, &line, &linelen)))
  {
    must(line >= copy && line + linelen <= copy + len && l.at <= len) ;
    must(!limit || linelen <= limit) ;
    put(t, line, linelen) ;
  }
  must(!limit || len - l.at <= limit) ;
  free(copy) ;
  return l.at ;
}

static void read_all (struct text *t, char const *s, size_t len, size_t limit, size_t atonce)
{
  size_t from = 0, to = 0 ;
  while (to < len)
  {
    to = len - to < atonce ? len : to + atonce ;
    from += take(t, s + from, to - from, limit, to == len) ;
  }
  must(from == len) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  struct text want = { .len = 0 }, got = { .len = 0 } ;
  if (len < HEAD) return 0 ;
  want.s = malloc(ROOM * len) ;
  got.s = malloc(ROOM * len) ;
  must(want.s && got.s) ;
  walk(&want, (char const *)input + HEAD, len - HEAD, input[0] % LIMITS) ;
  read_all(&got, (char const *)input + HEAD, len - HEAD, input[0] % LIMITS, (size_t)input[1] + 1) ;
  must(got.len == want.len && !memcmp(got.s, want.s, got.len)) ;
  free(want.s) ;
  free(got.s) ;
  return 0 ;
}

FUZZ_MAIN()
