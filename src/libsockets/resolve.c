/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <resolv.h>
#include <netinet/in.h>

#include "libsockets/inetaddress.h"
#include "libsockets/timedwork.h"

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

enum { NAME_SIZE = 1025 } ;  /* what getnameinfo can need */

 /* The answer: getnameinfo's code, then the name. */

static ptrdiff_t ask_name (void const *data, char *out, size_t size)
{
  struct sockaddr_storage const *address = data ;
  int code = getnameinfo((struct sockaddr const *)address, inetaddress_length(address), out + sizeof(int), size - sizeof(int), 0, 0, NI_NAMEREQD) ;
  memcpy(out, &code, sizeof(code)) ;
  return sizeof(code) + (code ? 0 : strlen(out + sizeof(code)) + 1) ;
}

int inetaddress_name (char *name, struct sockaddr_storage const *given, unsigned int ms)
{
  struct sockaddr_storage address = *given ;
  char out[sizeof(int) + NAME_SIZE] ;
  ptrdiff_t len ;
  int code ;
  inetaddress_unmap(&address) ;
  len = timedwork_run(&ask_name, &address, out, sizeof(out), ms) ;
  if (len == -1) return -1 ;
  memcpy(&code, out, sizeof(code)) ;
  if (code == EAI_MEMORY) return (errno = ENOMEM, -1) ;
  if (code && code != EAI_NONAME) return (errno = EAGAIN, -1) ;
  return !code && inetaddress_judge_name(name, out + sizeof(code)) ;
}

struct question
{
  char const *host ;
  int family ;
  int qualify ;
} ;

 /*
   Unless it is to be qualified, no domain is added to a name. A final dot
   would do the same, but then /etc/hosts is not looked at; LOCALDOMAIN would,
   but it is read only once. musl knows no such option: there, a name without
   a dot gets its domain all the same.
 */

static int lookup (struct question const *question, struct addrinfo **list)
{
  struct addrinfo hints = { .ai_family = question->family, .ai_socktype = SOCK_STREAM } ;
  unsigned long kept ;
  int code ;
  if (question->qualify) return getaddrinfo(question->host, 0, &hints, list) ;
  if (res_init() == -1) return EAI_MEMORY ;
  kept = _res.options ;
  _res.options &= ~(RES_DEFNAMES | RES_DNSRCH) ;
  code = getaddrinfo(question->host, 0, &hints, list) ;
  _res.options = kept ;
  return code ;
}

 /* The answer: getaddrinfo's code, then the addresses. */

static ptrdiff_t ask_addresses (void const *data, char *out, size_t size)
{
  struct question const *question = data ;
  struct addrinfo *list = 0 ;
  int code = lookup(question, &list) ;
  size_t len = sizeof(code) ;
  memcpy(out, &code, sizeof(code)) ;
  if (code) return len ;
  for (struct addrinfo *item = list ; item && len + sizeof(struct sockaddr_storage) <= size ; item = item->ai_next)
  {
    memset(out + len, 0, sizeof(struct sockaddr_storage)) ;
    memcpy(out + len, item->ai_addr, item->ai_addrlen) ;
    len += sizeof(struct sockaddr_storage) ;
  }
  freeaddrinfo(list) ;
  return len ;
}

 /* There is no such name, or no such address of it. All else is a failure to find out. */

static int is_none (int code)
{
#ifdef EAI_NODATA
  if (code == EAI_NODATA) return 1 ;
#endif
#ifdef EAI_ADDRFAMILY
  if (code == EAI_ADDRFAMILY) return 1 ;
#endif
  return code == EAI_NONAME ;
}

int inetaddress_resolve (struct sockaddr_storage *addresses, unsigned int max, char const *host, int family, int qualify, unsigned int ms)
{
  char out[sizeof(int) + INETADDRESS_RESOLVED_MAX * sizeof(struct sockaddr_storage)] ;
  struct question question = { .host = host, .family = family, .qualify = qualify } ;
  ptrdiff_t len = timedwork_run(&ask_addresses, &question, out, sizeof(out), ms) ;
  unsigned int n ;
  int code ;
  if (len == -1) return -1 ;
  memcpy(&code, out, sizeof(code)) ;
  if (code == EAI_MEMORY) return (errno = ENOMEM, -1) ;
  if (code) return is_none(code) ? 0 : (errno = EAGAIN, -1) ;
  n = (len - sizeof(code)) / sizeof(struct sockaddr_storage) ;
  if (n > max) n = max ;
  memcpy(addresses, out + sizeof(code), n * sizeof(struct sockaddr_storage)) ;
  return n ;
}
