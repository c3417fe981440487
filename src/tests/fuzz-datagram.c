/* ISC license. */

/* Messages to s6-fdholder-notifyd, and identifiers of a holder. What is found in a message is
   found here a second time, line by line; a name that is good, and an identifier that is
   understood, is written as it was read. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "libnotifyd/datagram.h"
#include "libnotifyd/stored.h"
#include "support/fuzz.h"

static struct stored stored ;

static void must (int condition)
{
  if (!condition) abort() ;
}

 /* The value of the first line that begins with that key and "="; 0: there is none. */

static char const *find (char const *s, size_t len, char const *key, size_t *valuelen)
{
  size_t keylen = strlen(key) ;
  for (size_t begin = 0, i = 0 ; i <= len ; i++)
  {
    if (i < len && s[i] != '\n') continue ;
    if (i - begin > keylen && !memcmp(s + begin, key, keylen) && s[begin + keylen] == '=')
    {
      *valuelen = i - begin - keylen - 1 ;
      return s + begin + keylen + 1 ;
    }
    begin = i + 1 ;
  }
  return 0 ;
}

static void check_message (char const *s, size_t len)
{
  struct datagram d ;
  size_t stripped = len && !s[len - 1] ? len - 1 : len ;
  int isgood = !memchr(s, 0, stripped) ;
  must(datagram_parse(&d, s, len) == isgood) ;
  if (!isgood) return ;
  for (unsigned int i = 0 ; i < DATAGRAM_KEYS ; i++)
  {
    size_t n = 0 ;
    char const *value = find(s, stripped, datagram_name(i), &n) ;
    must(d.values[i].s == value && (!value || d.values[i].len == n)) ;
  }
}

static void check_id (char const *id, int istobe)
{
  char again[FDHOLDER_ID_MAX + 1] ;
  int fd = open("/dev/null", O_RDONLY | O_CLOEXEC) ;
  struct stored_entry *e = stored_adopt(&stored, id, fd) ;
  must(!!e == stored_isid(&stored, id)) ;
  must(e || !istobe) ;
  if (!e) return ;
  stored_id(e, again) ;
  must(!strcmp(id, again) && stored_find(&stored, id) == e) ;
  stored_forget(e) ;
  must(!stored.count && !stored.names.count) ;
}

 /* Named so, and then so again by what the holder has. */

static void check_name (char const *s, size_t len)
{
  char id[FDHOLDER_ID_MAX + 1] ;
  struct stored_entry *e ;
  if (len > FDHOLDER_ID_MAX || !stored_isname(&stored, s, len)) return ;
  e = stored_add(&stored, s, len, open("/dev/null", O_RDONLY | O_CLOEXEC), (int)(len & 1)) ;
  must(!!e) ;
  stored_id(e, id) ;
  must(!memcmp(id, stored.prefix, stored.prefixlen) && !memcmp(id + stored.prefixlen, s, len)) ;
  stored_forget(e) ;
  check_id(id, 1) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  char *s = malloc(len + 1) ;
  size_t n = 0 ;
  char const *name ;
  must(!!s) ;
  memcpy(s, input, len) ;
  s[len] = 0 ;
  stored_init(&stored, "p:", 4, 0) ;
  check_message((char const *)input, len) ;
  name = find(s, len, "FDNAME", &n) ;
  if (name) check_name(name, n) ;
  if (strlen(s) == len && len <= FDHOLDER_ID_MAX) check_id(s, 0) ;
  free(s) ;
  return 0 ;
}

FUZZ_MAIN()
