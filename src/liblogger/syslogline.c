/* ISC license. */

#include <stdint.h>
#include <string.h>

#include "liblogger/syslogline.h"

enum { PRIORITIES = 8, DIGITS_BASE = 10 } ;

static char const *const priorities[PRIORITIES] = { "emerg", "alert", "crit", "err", "warn", "notice", "info", "debug" } ;

 /* 0: that number has no name. */
static char const *const facilities[] =
{
  "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp", 0, 0, 0, 0,
  "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7", "mark"
} ;

enum { FACILITIES = sizeof(facilities) / sizeof(facilities[0]) } ;

static size_t put (char *s, char const *word)
{
  size_t len = strlen(word) ;
  memcpy(s, word, len) ;
  return len ;
}

 /* How many bytes <n> takes; n is of 32 bits, else it is none. */

static size_t scan (char const *s, size_t len, uint32_t *n)
{
  uint64_t value = 0 ;
  size_t i = 1 ;
  if (!len || s[0] != '<') return 0 ;
  for (; i < len && s[i] >= '0' && s[i] <= '9' ; i++)
  {
    value = value * DIGITS_BASE + (uint64_t)(s[i] - '0') ;
    if (value > UINT32_MAX) return 0 ;
  }
  if (i == 1 || i == len || s[i] != '>') return 0 ;
  *n = (uint32_t)value ;
  return i + 1 ;
}

size_t syslogline_priority (char *name, char const *s, size_t len, size_t *used)
{
  uint32_t n ;
  size_t taken = scan(s, len, &n) ;
  size_t at ;
  char const *facility ;
  if (!taken) return 0 ;
  facility = n / PRIORITIES < FACILITIES ? facilities[n / PRIORITIES] : 0 ;
  at = put(name, facility ? facility : "unknown") ;
  at += put(name + at, ".") ;
  at += put(name + at, priorities[n % PRIORITIES]) ;
  at += put(name + at, ": ") ;
  *used = taken ;
  return at ;
}

static int is_end (char c)
{
  return c == '\n' || !c ;
}

size_t syslogline_clean (char *s, size_t len)
{
  while (len && is_end(s[len - 1])) len-- ;
  for (size_t i = 0 ; i < len ; i++) if (is_end(s[i])) s[i] = '~' ;
  return len ;
}
