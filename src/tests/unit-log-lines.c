/* ISC license. */

/* liblogger/lines.h: what ends a line, where a long one is cut, and what is left. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "liblogger/lines.h"
#include "support/tap.h"

enum { SHOWN = 256, ROUNDS = 20000, BATCH = 40, LIMIT_MAX = 12 } ;

 /* The lines, each in brackets, and the rest behind them. */

static void show (char *out, char const *s, size_t len, size_t limit)
{
  struct lines l ;
  char const *line ;
  size_t linelen ;
  char *at = out ;
  lines_init(&l, s, len, limit) ;
  while (lines_next(&l, &line, &linelen)) at += sprintf(at, "[%.*s]", (int)linelen, line) ;
  sprintf(at, "%.*s", (int)(l.len - l.at), l.s + l.at) ;
}

static void is (char const *s, size_t len, size_t limit, char const *want, char const *name)
{
  char out[SHOWN] ;
  show(out, s, len, limit) ;
  tap_string(out, want, "%s", name) ;
}

#define IS(s, limit, want, name) is(s, sizeof(s) - 1, limit, want, name)

static void test_ends (void)
{
  IS("", 0, "", "nothing") ;
  IS("a\nbc\n", 0, "[a][bc]", "newlines") ;
  IS("a\nbc", 0, "[a]bc", "the last one has no end") ;
  IS("\n\na\n", 0, "[][][a]", "empty lines") ;
  IS("a\0b\n\0c\0d", 0, "[a][b][][c]d", "NUL ends a line") ;
  IS("\377\200\n", 0, "[\377\200]", "any other byte is in it") ;
}

static void test_limit (void)
{
  IS("abc\n", 4, "[abc]", "limit - 1") ;
  IS("abcd\n", 4, "[abcd]", "the limit: no empty line behind it") ;
  IS("abcde\n", 4, "[abcd][e]", "limit + 1") ;
  IS("abcdefgh\n", 4, "[abcd][efgh]", "twice the limit") ;
  IS("abcd", 4, "abcd", "the limit, and its end may come") ;
  IS("abcdefghi", 4, "[abcd][efgh]i", "the rest stays") ;
  IS("abcd\0efghi\0", 4, "[abcd][efgh][i]", "NUL at the limit") ;
  IS("abcde\0f\n", 4, "[abcd][e][f]", "NUL behind it") ;
}

static void test_last (void)
{
  struct lines l ;
  char const *line ;
  size_t len ;
  lines_init(&l, "a\nbc", 4, 0) ;
  lines_next(&l, &line, &len) ;
  tap_int(lines_next(&l, &line, &len), 0, "no line yet") ;
  tap_ok(lines_last(&l, &line, &len) && len == 2 && !memcmp(line, "bc", 2), "the last one") ;
  tap_int(lines_last(&l, &line, &len), 0, "and no other") ;
}

 /* The same, byte by byte. */

static void model (char *out, char const *s, size_t len, size_t limit)
{
  size_t from = 0 ;
  for (size_t i = 0 ; i < len ; i++)
  {
    int isend = s[i] == '\n' || !s[i] ;
    if (!isend && !(limit && i - from == limit)) continue ;
    out += sprintf(out, "[%.*s]", (int)(i - from), s + from) ;
    from = isend ? i + 1 : i ;
  }
  sprintf(out, "%.*s", (int)(len - from), s + from) ;
}

static void test_any (void)
{
  unsigned int wrong = 0 ;
  srand(1) ;
  for (unsigned int round = 0 ; round < ROUNDS ; round++)
  {
    static char const letters[] = { 'a', 'b', 'c', 'd', '\n', 0 } ;
    char s[BATCH], got[SHOWN], want[SHOWN] ;
    size_t len = (size_t)rand() % BATCH ;
    size_t limit = (size_t)rand() % LIMIT_MAX ;
    for (size_t i = 0 ; i < len ; i++) s[i] = letters[(size_t)rand() % (rand() % 2 ? 6 : 4)] ;
    show(got, s, len, limit) ;
    model(want, s, len, limit) ;
    wrong += !!strcmp(got, want) ;
  }
  tap_int(wrong, 0, "%u batches, as byte by byte", ROUNDS) ;
}

int main (void)
{
  test_ends() ;
  test_limit() ;
  test_last() ;
  test_any() ;
  return tap_done() ;
}
