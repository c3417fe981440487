/* ISC license. */

#include <string.h>

#include "libnotifyd/datagram.h"

static char const *const names[DATAGRAM_KEYS] =
{
  [DATAGRAM_READY] = "READY",
  [DATAGRAM_FDSTORE] = "FDSTORE",
  [DATAGRAM_FDSTOREREMOVE] = "FDSTOREREMOVE",
  [DATAGRAM_FDNAME] = "FDNAME",
  [DATAGRAM_FDPOLL] = "FDPOLL",
  [DATAGRAM_BARRIER] = "BARRIER",
  [DATAGRAM_STOPPING] = "STOPPING",
  [DATAGRAM_RELOADING] = "RELOADING",
  [DATAGRAM_STATUS] = "STATUS",
  [DATAGRAM_ERRNO] = "ERRNO",
  [DATAGRAM_MAINPID] = "MAINPID",
  [DATAGRAM_WATCHDOG] = "WATCHDOG"
} ;

char const *datagram_name (enum datagram_key key)
{
  return names[key] ;
}

static void take_line (struct datagram *d, char const *s, size_t len)
{
  char const *equals = memchr(s, '=', len) ;
  size_t keylen = equals ? (size_t)(equals - s) : 0 ;
  d->lines++ ;
  for (unsigned int i = 0 ; equals && i < DATAGRAM_KEYS ; i++)
  {
    if (strlen(names[i]) != keylen || memcmp(names[i], s, keylen)) continue ;
    if (d->values[i].s) return ;
    d->values[i].s = equals + 1 ;
    d->values[i].len = len - keylen - 1 ;
  }
}

int datagram_parse (struct datagram *d, char const *s, size_t len)
{
  static struct datagram const zero ;
  char const *end ;
  *d = zero ;
  if (len && !s[len - 1]) len-- ;
  if (memchr(s, 0, len)) return 0 ;
  for (end = s + len ; s < end ; )
  {
    char const *newline = memchr(s, '\n', (size_t)(end - s)) ;
    char const *next = newline ? newline : end ;
    if (next > s) take_line(d, s, (size_t)(next - s)) ;
    s = newline ? next + 1 : end ;
  }
  return 1 ;
}

int datagram_is (struct datagram const *d, enum datagram_key key, char const *value)
{
  struct datagram_value const *v = d->values + key ;
  return v->s && strlen(value) == v->len && !memcmp(v->s, value, v->len) ;
}
