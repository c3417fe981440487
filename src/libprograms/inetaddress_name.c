/* ISC license. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include <errno.h>
#include <netdb.h>
#include <string.h>

#include "inetaddress.h"

enum { NAME_SIZE = 1025 } ;  /* what getnameinfo can need */

 /* The answer: getnameinfo's code, then the name. */

static ptrdiff_t ask (void const *data, char *out, size_t size)
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
  len = timedwork_run(&ask, &address, out, sizeof(out), ms) ;
  if (len == -1) return -1 ;
  memcpy(&code, out, sizeof(code)) ;
  if (code == EAI_MEMORY) return (errno = ENOMEM, -1) ;
  if (code && code != EAI_NONAME) return (errno = EAGAIN, -1) ;
  return !code && inetaddress_judge_name(name, out + sizeof(code)) ;
}
