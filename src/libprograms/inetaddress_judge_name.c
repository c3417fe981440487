/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>

#include "inetaddress.h"

 /* In lower case; 0: no letter of a host name. */

static char letter_of_name (char c)
{
  if (c >= 'A' && c <= 'Z') return c - 'A' + 'a' ;
  if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) return c ;
  return c == '-' || c == '_' || c == '.' ? c : 0 ;
}

int inetaddress_judge_name (char *name, char const *given)
{
  struct in_addr address ;
  char before = '.' ;
  size_t len = 0 ;
  for (; given[len] ; len++)
  {
    char c = letter_of_name(given[len]) ;
    if (!c || (c == '.' && before == '.') || len == INETADDRESS_NAME_MAX) return 0 ;
    name[len] = before = c ;
  }
  if (len && before == '.') len-- ;
  if (!len || name[0] == '-') return 0 ;
  name[len] = 0 ;
   /* Who looks up 1.2.3.4, 0x1020304 or 127.1 gets that address, and no name server is asked. */
  return !inet_aton(name, &address) ;
}
