/* ISC license. */

#include <string.h>

#include <skalibs/fmtscan.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "accessrules-internal.h"

enum { PREFIX_SIZE = sizeof "ip6/" - 1 } ;

void ruleset_ip_key (char *key, char const *ip, int is6, unsigned int bits)
{
  size_t len = PREFIX_SIZE ;
  memcpy(key, is6 ? "ip6/" : "ip4/", PREFIX_SIZE) ;
  len += is6 ? ip6_fmt(key + len, ip) : ip4_fmt(key + len, ip) ;
  key[len++] = '_' ;
  len += uint_fmt(key + len, bits) ;
  key[len] = 0 ;
}

accessrules_result ruleset_ip (accessrules const *rules, char const *ip, int is6, accessrules_params *params)
{
  unsigned int bits = is6 ? 128 : 32 ;
  int present = ruleset_has_class(rules, is6 ? "ip6" : "ip4") ;
  char net[16] ;
  params->key[0] = 0 ;
  if (present <= 0) return present ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
  memcpy(net, ip, bits / 8) ;
  for (;;)
  {
    char key[RULESET_IP_KEY_SIZE] ;
    accessrules_result result ;
    ruleset_ip_key(key, net, is6, bits) ;
    result = ruleset_lookup(rules, key, params) ;
    if (result != ACCESSRULES_NOTFOUND || !bits) return result ;
    bits-- ;
    net[bits / 8] &= ~(0x80 >> (bits % 8)) ;
  }
}
