/* ISC license. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static unsigned int points = 0 ;
static unsigned int failures = 0 ;

static int point (int condition, char const *name, va_list arguments)
{
  printf("%sok %u - ", condition ? "" : "not ", ++points) ;
  vprintf(name, arguments) ;
  putchar('\n') ;
  fflush(stdout) ;
  if (!condition) failures++ ;
  return condition ;
}

 /* The body of each that takes a name: condition, then what is told where it does not hold. */
#define POINT(condition, name, ...) \
  va_list arguments ; \
  int holds ; \
  va_start(arguments, name) ; \
  holds = point(condition, name, arguments) ; \
  va_end(arguments) ; \
  if (!holds) tap_diag(__VA_ARGS__) ; \
  return holds

int tap_ok (int condition, char const *name, ...)
{
  va_list arguments ;
  va_start(arguments, name) ;
  condition = point(condition, name, arguments) ;
  va_end(arguments) ;
  return condition ;
}

int tap_int (intmax_t got, intmax_t want, char const *name, ...)
{
  POINT(got == want, name, "got %jd, wanted %jd", got, want) ;
}

int tap_most (intmax_t got, intmax_t most, char const *name, ...)
{
  POINT(got <= most, name, "got %jd, wanted at most %jd", got, most) ;
}

int tap_least (intmax_t got, intmax_t least, char const *name, ...)
{
  POINT(got >= least, name, "got %jd, wanted at least %jd", got, least) ;
}

 /* strerror may give both the same room */
int tap_error (int got, int want, char const *name, ...)
{
  char told[128] ;
  snprintf(told, sizeof(told), "%s", got ? strerror(got) : "no error") ;
  POINT(got == want, name, "got %d (%s), wanted %d (%s)", got, told, want, want ? strerror(want) : "no error") ;
}

int tap_string (char const *got, char const *want, char const *name, ...)
{
  POINT(got && want ? !strcmp(got, want) : got == want, name, "got \"%s\", wanted \"%s\"",
    got ? got : "(none)", want ? want : "(none)") ;
}

int tap_contains (char const *got, char const *part, char const *name, ...)
{
  POINT(!!strstr(got, part), name, "got \"%s\", wanted \"%s\" in it", got, part) ;
}

static void print_bytes (char const *what, unsigned char const *s, size_t len)
{
  printf("# %s %zu bytes:", what, len) ;
  for (size_t i = 0 ; i < len && i < 64 ; i++) printf(" %02x", s[i]) ;
  puts(len > 64 ? " ..." : "") ;
}

int tap_bytes (void const *got, size_t gotlen, void const *want, size_t wantlen, char const *name, ...)
{
  va_list arguments ;
  int holds = gotlen == wantlen && (!gotlen || !memcmp(got, want, gotlen)) ;
  va_start(arguments, name) ;
  point(holds, name, arguments) ;
  va_end(arguments) ;
  if (!holds)
  {
    print_bytes("got", got, gotlen) ;
    print_bytes("wanted", want, wantlen) ;
  }
  return holds ;
}

void tap_diag (char const *text, ...)
{
  va_list arguments ;
  fputs("# ", stdout) ;
  va_start(arguments, text) ;
  vprintf(text, arguments) ;
  va_end(arguments) ;
  putchar('\n') ;
  fflush(stdout) ;
}

void tap_skip_all (char const *why)
{
  printf("1..0 # SKIP %s\n", why) ;
  exit(0) ;
}

void tap_bail (char const *name)
{
  printf("Bail out! %s: %s\n", name, strerror(errno)) ;
  exit(111) ;
}

int tap_done (void)
{
  printf("1..%u\n", points) ;
  return !!failures ;
}
