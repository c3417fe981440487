/* ISC license. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static unsigned int points = 0 ;
static unsigned int failures = 0 ;

int tap_ok (int condition, char const *name, ...)
{
  va_list arguments ;
  printf("%sok %u - ", condition ? "" : "not ", ++points) ;
  va_start(arguments, name) ;
  vprintf(name, arguments) ;
  va_end(arguments) ;
  putchar('\n') ;
  fflush(stdout) ;
  if (!condition) failures++ ;
  return condition ;
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
