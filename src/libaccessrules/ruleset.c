/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/fmtscan.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "libaccessrules/ruleset.h"

int ruleset_open (accessrules *rules, char const *path, enum ruleset_kind kind)
{
  accessrules opened = ACCESSRULES_ZERO ;
  opened.path = strdup(path) ;
  if (!opened.path) return 0 ;
  if (kind != RULESET_DIR && !ruleset_cdb_load(&opened, path, kind == RULESET_CDB_LAZY))
  {
    int e = errno ;
    free(opened.path) ;
    errno = e ;
    return 0 ;
  }
  ruleset_overflow(&opened) ;
  *rules = opened ;
  return 1 ;
}

static int is_component (char const *name, size_t len)
{
  return len && name[0] != '.' && !memchr(name, '/', len) ;
}

int ruleset_key_is_sound (char const *key, size_t len)
{
  char const *slash = memchr(key, '/', len) ;
  return slash
   && !memchr(key, 0, len)
   && is_component(key, slash - key)
   && is_component(slash + 1, key + len - slash - 1) ;
}

void ruleset_key_join (char *key, char const *class, char const *name)
{
  size_t len = strlen(class) ;
  memcpy(key, class, len) ;
  key[len] = '/' ;
  memcpy(key + len + 1, name, strlen(name) + 1) ;
}

int ruleset_has_class (accessrules const *rules, char const *class)
{
  struct stat st ;
  size_t len ;
  int absent ;
  char path[ACCESSRULES_PATH_SIZE] ;
  if (!rules->path) return (errno = EBADF, -1) ;
  if (rules->map) return 1 ;
  len = ruleset_dir_path(path, rules, class) ;
  path[len - 1] = 0 ;
  if (!stat(path, &st)) return 1 ;
  if (errno != ENOENT) return -1 ;
  absent = ruleset_absent(path) ;
  if (absent > 0) return 0 ;
  if (!absent) errno = ENOENT ;
  return -1 ;
}

accessrules_result ruleset_lookup (accessrules const *rules, char const *key, accessrules_params *params)
{
  accessrules_result result ;
  if (!rules->path)
  {
    params->key[0] = 0 ;
    errno = EBADF ;
    return ACCESSRULES_ERROR ;
  }
  result = rules->map ? ruleset_cdb_judge(rules, key) : ruleset_dir_judge(rules, key) ;
  if (result == ACCESSRULES_NOTFOUND) params->key[0] = 0 ;
  else memmove(params->key, key, strlen(key) + 1) ;
  return result ;
}

accessrules_result ruleset_read_parts (accessrules const *rules, accessrules_params *params, unsigned int parts)
{
  accessrules_result result = ACCESSRULES_NOTFOUND ;
  params->env.len = 0 ;
  params->exec.len = 0 ;
  if (!params->key[0]) return result ;
  if (!rules->path) return (errno = EBADF, ACCESSRULES_ERROR) ;
  if (rules->map) result = ruleset_cdb_read(rules, params, parts) ;
  else
  {
    result = ruleset_dir_judge(rules, params->key) ;
    if (result == ACCESSRULES_ALLOW && !ruleset_dir_read(rules, params, parts))
      result = ACCESSRULES_ERROR ;
  }
  if (result != ACCESSRULES_ALLOW)
  {
    params->env.len = 0 ;
    params->exec.len = 0 ;
  }
  return result ;
}

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
