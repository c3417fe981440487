/* ISC license. */

/* Which names a lookup can ask for, and what was meant by others. Each class
   has one spelling for each thing: an address is looked up as ip4_fmt and
   ip6_fmt write it, so that is what a rule must be called. */

#include <arpa/inet.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

enum { IP4_PARTS = 4, MAPPED_BITS = 96, LABEL_PREFIX = sizeof "reversedns/" - 1 } ;

static int is_number (char const *s)
{
  return *s && !s[strspn(s, "0123456789")] ;
}

 /* As written by uid_fmt, or with zeros before it: where the zeros end. 0: no id.
    (uid_t)-1 is nobody's. */

static char const *id_of (char const *s)
{
  uint32_t id ;
  if (!is_number(s)) return 0 ;
  while (s[0] == '0' && s[1]) s++ ;
  return strlen(s) < UINT32_FMT && uint320_scan(s, &id) && id != UINT32_MAX ? s : 0 ;
}

static int judge_id (char const *class, char const *name, char *better)
{
  char const *id = id_of(name) ;
  int isuid = !strcmp(class, "uid") ;
  if (id == name || !strcmp(name, "self") || (isuid && !strcmp(name, "default"))) return 1 ;
  if (!isuid && !strcmp(name, "default")) strcpy(better, "uid/default") ;
  else if (id)
  {
    strcpy(better, isuid ? "uid/" : "gid/") ;
    strcat(better, id) ;
  }
  return 0 ;
}

 /* Four decimal numbers, zeros before them or not. */

static int scan_ip4 (char const *s, char *ip)
{
  for (unsigned int i = 0 ; i < IP4_PARTS ; i++)
  {
    unsigned int part = 0 ;
    size_t len = strspn(s, "0123456789") ;
    if (!len || len > 3) return 0 ;
    while (len--) part = part * 10 + (*s++ - '0') ;
    if (part > 255 || *s++ != (i < IP4_PARTS - 1 ? '.' : 0)) return 0 ;
    ip[i] = part ;
  }
  return 1 ;
}

static int is_mapped (char const *ip)
{
  static char const prefix[MAPPED_BITS / 8] = { [10] = (char)0xff, [11] = (char)0xff } ;
  return !memcmp(ip, prefix, sizeof(prefix)) ;
}

 /* An address and what may follow it: its canonical key, in better. A client
    with a mapped address is looked up by its IPv4 address. */

static void canonical (char const *name, char *better)
{
  char text[ACCESSRULES_KEY_SIZE] ;
  char ip[16] ;
  char *length ;
  unsigned int bits, all ;
  strcpy(text, name) ;
  length = strchr(text, '_') ;
  if (length) *length++ = 0 ;
  if (scan_ip4(text, ip)) all = 32 ;
  else if (inet_pton(AF_INET6, text, ip) == 1) all = 128 ;
  else return ;
  bits = all ;
  if (length)
  {
    if (!is_number(length) || strlen(length) > 3) return ;
    bits = 0 ;
    while (*length) bits = bits * 10 + (*length++ - '0') ;
    if (bits > all) return ;
  }
  for (unsigned int i = bits ; i < all ; i++) ip[i / 8] &= ~(0x80 >> i % 8) ;
  if (all == 128 && bits >= MAPPED_BITS && is_mapped(ip)) ruleset_ip_key(better, ip + MAPPED_BITS / 8, 0, bits - MAPPED_BITS) ;
  else ruleset_ip_key(better, ip, all == 128, bits) ;
}

static int judge_ip (char const *class, char const *name, char *better)
{
  canonical(name, better) ;
  if (strncmp(better, class, strlen(class)) || strcmp(better + strlen(class) + 1, name)) return 0 ;
  *better = 0 ;
  return 1 ;
}

 /* Labels of letters, digits, hyphens and underscores. */

static int is_hostname (char const *s)
{
  for (;;)
  {
    size_t len = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_") ;
    if (!len) return 0 ;
    s += len ;
    if (!*s) return 1 ;
    if (*s++ != '.') return 0 ;
  }
}

static int judge_hostname (char const *name, char *better)
{
  char const *meant = name ;
  size_t len ;
  canonical(name, better) ;
  if (*better) return 0 ;  /* an address is nobody's name */
  if (!strcmp(name, "@") || is_hostname(name)) return 1 ;
  meant += strspn(meant, "*.") ;
  len = strlen(meant) ;
  strcpy(better, "reversedns/") ;
  for (size_t i = 0 ; i <= len ; i++) better[LABEL_PREFIX + i] = tolower((unsigned char)meant[i]) ;
  while (len && better[LABEL_PREFIX + len - 1] == '.') better[LABEL_PREFIX + --len] = 0 ;
  if (!strcmp(name, "*") || !strcmp(name, ".")) strcpy(better + LABEL_PREFIX, "@") ;
  else if (!is_hostname(better + LABEL_PREFIX)) *better = 0 ;
  return 0 ;
}

enum ruleset_name ruleset_name_judge (char const *class, char const *name, char *better)
{
  int isgood ;
  *better = 0 ;
  if (!strcmp(class, "uid") || !strcmp(class, "gid")) isgood = judge_id(class, name, better) ;
  else if (!strcmp(class, "ip4") || !strcmp(class, "ip6")) isgood = judge_ip(class, name, better) ;
  else if (!strcmp(class, "reversedns")) isgood = judge_hostname(name, better) ;
  else
  {
    canonical(name, better) ;
    return RULESET_NAME_UNKNOWN ;
  }
  return isgood ? RULESET_NAME_GOOD : RULESET_NAME_NEVER ;
}

char const *ruleset_name_form (char const *class)
{
  switch (class[0])
  {
    case 'u' : return "uid/N, uid/self or uid/default" ;
    case 'g' : return "gid/N or gid/self" ;
    case 'i' : return class[2] == '4' ? "ip4/a.b.c.d_N, N from 0 to 32" : "ip6/address_N, N from 0 to 128" ;
    default : return "reversedns/name or reversedns/@" ;
  }
}
