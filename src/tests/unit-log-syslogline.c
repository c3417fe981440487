/* ISC license. */

/* liblogger/syslogline.h: what <n> is, and what is none; what a datagram becomes as a line. */

#include <stdio.h>
#include <string.h>

#include "liblogger/syslogline.h"
#include "support/tap.h"

enum { TEXT = 256, NUMBERS = 1000 } ;

static char const *show (char *out, char const *s, size_t len)
{
  char name[SYSLOGLINE_NAME] ;
  size_t used = 0 ;
  size_t n = syslogline_priority(name, s, len, &used) ;
  sprintf(out, "%.*s|%.*s", (int)n, name, (int)(len - used), s + used) ;
  return out ;
}

static void priority (char const *s, char const *want)
{
  char out[TEXT] ;
  tap_string(show(out, s, strlen(s)), want, "priority: %s", s) ;
}

static void clean (char const *s, size_t len, char const *want, char const *name)
{
  char copy[TEXT] ;
  memcpy(copy, s, len) ;
  len = syslogline_clean(copy, len) ;
  copy[len] = 0 ;
  tap_string(copy, want, "%s", name) ;
}

 /* The longest name has room, and a number does not change another one's. */

static void test_all (void)
{
  size_t longest = 0 ;
  unsigned int wrong = 0 ;
  for (unsigned int n = 0 ; n < NUMBERS ; n++)
  {
    char name[SYSLOGLINE_NAME], s[TEXT] ;
    size_t used = 0 ;
    size_t len = (size_t)sprintf(s, "<%u>", n) ;
    size_t namelen = syslogline_priority(name, s, len, &used) ;
    if (namelen > longest) longest = namelen ;
    if (used != len || memcmp(name + namelen - 2, ": ", 2)) wrong++ ;
    if ((n >= 200) != !memcmp(name, "unknown.", 8) && (n < 96 || n > 127)) wrong++ ;
  }
  tap_int(wrong, 0, "all numbers") ;
  tap_ok(longest < SYSLOGLINE_NAME, "the longest name has room") ;
}

int main (void)
{
  char out[TEXT] ;
  priority("<0>a", "kern.emerg: |a") ;
  priority("<13>a", "user.notice: |a") ;
  priority("<86>", "authpriv.info: |") ;
  priority("<191>", "local7.debug: |") ;
  priority("<192>", "mark.emerg: |") ;
  priority("<96>", "unknown.emerg: |") ;
  priority("<0000013>a", "user.notice: |a") ;
  priority("<4294967295>a", "unknown.debug: |a") ;
  priority("<4294967296>a", "|<4294967296>a") ;
  priority("<18446744073709551629>a", "|<18446744073709551629>a") ;
  priority("<13><14>", "user.notice: |<14>") ;
  priority("<>", "|<>") ;
  priority("<", "|<") ;
  priority("<1", "|<1") ;
  priority("<1x>", "|<1x>") ;
  priority("<-1>", "|<-1>") ;
  priority(" <1>", "| <1>") ;
  priority("", "|") ;
  tap_string(show(out, "<13>", 3), "|<13", "no further than its length") ;
  test_all() ;
#define CLEAN(s, want, name) clean(s, sizeof(s) - 1, want, name)
  CLEAN("", "", "nothing") ;
  CLEAN("a\n\0\n\0", "a", "ends go") ;
  CLEAN("\n\0\n", "", "nothing but ends") ;
  CLEAN("\0a\nb\0\0c\r", "~a~b~~c\r", "inner ones are visible") ;
  CLEAN("\377\200 \t", "\377\200 \t", "any other byte stays") ;
  return tap_done() ;
}
