/* ISC license. */

 /* What an expression would cost, judged before the C library compiles it: that
    library writes out bounds, copy by copy, and tries back-references one after
    the other, and all that within one turn of the holder. */

#include <stdint.h>
#include <string.h>

#include "libfdholderd/policy.h"

enum
{
  TEXT_MAX = 1024,
  PRODUCT_MAX = 4096,  /* of nested bounds */
  PLACES_MAX = 16384,  /* characters, classes and groups, each as often as it is written out */
  CHOICES_MAX = 512,  /* likewise * + ? | and what is optional: their cost grows with the square, and more */
  DEPTH_MAX = 100,  /* of groups: to compile them takes stack */
  BOUND_MAX = 32767,
  UNBOUNDED = UINT32_MAX
} ;

struct cost
{
  uint64_t places ;
  uint64_t choices ;
  uint64_t product ;  /* of the bounds that are nested deepest */
} ;

struct scan
{
  char const *s ;
  char const *why ;  /* not 0: it costs too much */
  unsigned int depth ;
} ;

static void refuse (struct scan *scan, char const *why)
{
  if (!scan->why) scan->why = why ;
}

 /* No sum or product of what is below the bounds overflows 64 bits. */

static void check (struct scan *scan, struct cost const *cost)
{
  if (cost->product > PRODUCT_MAX) refuse(scan, "bounds that multiply to more than 4096") ;
  if (cost->places > PLACES_MAX) refuse(scan, "too many repetitions") ;
  if (cost->choices > CHOICES_MAX) refuse(scan, "too many repetitions and alternatives") ;
}

static void add (struct scan *scan, struct cost *sum, struct cost const *cost)
{
  sum->places += cost->places ;
  sum->choices += cost->choices ;
  if (cost->product > sum->product) sum->product = cost->product ;
  check(scan, sum) ;
}

 /* From after the [ to after the ], which is a character where it comes first. */

static void skip_bracket (struct scan *scan)
{
  if (*scan->s == '^') scan->s++ ;
  if (*scan->s == ']') scan->s++ ;
  for (; *scan->s && *scan->s != ']' ; scan->s++)
  {
    char const end[3] = { scan->s[1], ']', 0 } ;
    char const *closed ;
    if (scan->s[0] != '[' || !scan->s[1] || !strchr(".:=", scan->s[1])) continue ;
    closed = strstr(scan->s + 2, end) ;
    if (!closed) continue ;
    scan->s = closed + 1 ;
  }
  if (*scan->s) scan->s++ ;
}

static uint32_t number (char const **s)
{
  uint32_t n = 0 ;
  for (; **s >= '0' && **s <= '9' ; ++*s)
    if (n <= BOUND_MAX) n = n * 10 + (**s - '0') ;
  return n ;
}

 /* *, +, ?, {m}, {m,}, {,n} or {m,n}. 0: none of these. */

static int repetition (struct scan *scan, uint32_t *min, uint32_t *max)
{
  char const *s = scan->s + 1 ;
  *min = *scan->s == '+' ;
  *max = *scan->s == '?' ? 1 : UNBOUNDED ;
  if (*scan->s == '{')
  {
    int isempty = *s < '0' || *s > '9' ;
    if (isempty && *s != ',') return 0 ;
    *min = *max = number(&s) ;
    if (*s == ',')
    {
      s++ ;
      *max = *s < '0' || *s > '9' ? UNBOUNDED : number(&s) ;
    }
    if (*s++ != '}') return 0 ;
  }
  else if (!*scan->s || !strchr("*+?", *scan->s)) return 0 ;
  scan->s = s ;
  return 1 ;
}

 /* x{2,4} is xx(x(x)?)?, x{2,} and x+ are written out with a copy more for the loop. */

static void repeat (struct scan *scan, struct cost *cost)
{
  uint32_t min, max ;
  while (!scan->why && repetition(scan, &min, &max))
  {
    uint32_t bound = max == UNBOUNDED ? min : max ;
    uint64_t copies = max == UNBOUNDED ? (uint64_t)min + 1 : max ;
    uint64_t optional = max == UNBOUNDED ? 1 : max > min ? max - min : 0 ;
    if (bound) cost->product *= bound ;
    if (copies) cost->places *= copies ;
    cost->choices = cost->choices * (copies ? copies : 1) + optional ;
    check(scan, cost) ;
  }
}

static struct cost alternatives (struct scan *) ;

 /* One character, class or group, and how often it is repeated. */

static struct cost item (struct scan *scan)
{
  struct cost cost = { .places = 1, .choices = 0, .product = 1 } ;
  char c = *scan->s++ ;
  if (c == '(')
  {
    struct cost inner = { .places = 0, .choices = 0, .product = 1 } ;
    if (++scan->depth > DEPTH_MAX) refuse(scan, "groups nested too deeply") ;
    else inner = alternatives(scan) ;
    scan->depth-- ;
    add(scan, &cost, &inner) ;
    if (*scan->s == ')') scan->s++ ;
  }
  else if (c == '[') skip_bracket(scan) ;
  else if (c == '\\' && *scan->s)
  {
    if (*scan->s >= '1' && *scan->s <= '9') refuse(scan, "a back-reference") ;
    scan->s++ ;
  }
  repeat(scan, &cost) ;
  return cost ;
}

 /* Up to the end of the text, or to the parenthesis that closes a group. */

static struct cost alternatives (struct scan *scan)
{
  static struct cost const one = { .places = 0, .choices = 1, .product = 1 } ;
  struct cost sum = { .places = 0, .choices = 0, .product = 1 } ;
  while (!scan->why && *scan->s && *scan->s != ')')
  {
    struct cost cost = one ;
    if (*scan->s == '|') scan->s++ ;
    else cost = item(scan) ;
    add(scan, &sum, &cost) ;
  }
  return sum ;
}

char const *expression_excess (char const *text)
{
  struct scan scan = { .s = text, .why = 0, .depth = 0 } ;
  struct cost sum = { .places = 0, .choices = 0, .product = 1 } ;
  if (strlen(text) > TEXT_MAX) return "more than 1024 bytes" ;
  while (!scan.why && *scan.s)
  {
    struct cost cost = alternatives(&scan) ;
    add(&scan, &sum, &cost) ;
    if (*scan.s) scan.s++ ;  /* a parenthesis that closes nothing */
  }
  return scan.why ;
}
