/* ISC license. */

/* Lookups in a cdb file, in memory or on the disk. On the disk each one
   reads what it needs with pread(2): a file that is cut short while it is
   used is an error, where a mapping would be a signal. */

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/stralloc.h>
#include <skalibs/uint16.h>
#include <skalibs/uint32.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

enum { SLOTS_AT_ONCE = 16 } ; /* half of all slots are empty: a second read is rare */

 /* Where the data of a record is. */

struct place
{
  uint32_t data ;
  uint32_t len ;
} ;

 /* The bytes from a position on: in memory, or read into room. Whatever the
    file says about positions and lengths is held against its size here. */

static char const *bytes_at (accessrules const *rules, size_t position, size_t len, char *room)
{
  size_t done = 0 ;
  if (position > rules->size || len > rules->size - position) return (errno = EPROTO, (char const *)0) ;
  if (rules->fd < 0) return rules->map + position ;
  while (done < len)
  {
    ssize_t r = pread(rules->fd, room + done, len - done, position + done) ;
    if (r == -1 && errno == EINTR) continue ;
    if (r == -1) return 0 ;
    if (!r) return (errno = EPROTO, (char const *)0) ;
    done += r ;
  }
  return room ;
}

 /* The hash of a slot has led to a record of another key: that happens, if
    the other key has that hash. */

static int other_key (accessrules const *rules, uint32_t position, uint32_t keylen, uint32_t hash)
{
  char room[ACCESSRULES_KEY_SIZE] ;
  char const *key ;
  if (keylen >= sizeof(room)) return 0 ;
  key = bytes_at(rules, position, keylen, room) ;
  if (!key) return -1 ;
  return ruleset_cdb_hash(key, keylen) == hash ? 0 : (errno = EPROTO, -1) ;
}

 /* 1: the record at a position has that key; 0: another one; -1: EPROTO. */

static int judge_record (accessrules const *rules, uint32_t position, char const *key, uint32_t len, uint32_t hash, struct place *place)
{
  char room[ACCESSRULES_CDB_POINTER_SIZE + ACCESSRULES_KEY_SIZE] ;
  uint32_t end = ruleset_cdb_end(rules->map, rules->size) ;
  uint32_t keylen, left ;
  char const *head ;
  if (position < ACCESSRULES_CDB_HEADER_SIZE || position > end || end - position < ACCESSRULES_CDB_POINTER_SIZE) goto err ;
  left = end - position - ACCESSRULES_CDB_POINTER_SIZE ;
  head = bytes_at(rules, position, ACCESSRULES_CDB_POINTER_SIZE + (len < left ? len : left), room) ;
  if (!head) return -1 ;
  uint32_unpack(head, &keylen) ;
  uint32_unpack(head + 4, &place->len) ;
  if (keylen > left || place->len > left - keylen) goto err ;
  head += ACCESSRULES_CDB_POINTER_SIZE ;
  position += ACCESSRULES_CDB_POINTER_SIZE ;
  if (keylen != len || memcmp(head, key, len)) return other_key(rules, position, keylen, hash) ;
  place->data = position + keylen ;
  return 1 ;

 err:
  errno = EPROTO ;
  return -1 ;
}

struct slot
{
  uint32_t hash ;
  uint32_t position ;
} ;

 /* A slot is empty, or is of a key that belongs into its table. */

static int read_slot (char const *s, uint32_t hash, struct slot *slot)
{
  uint32_unpack(s, &slot->hash) ;
  uint32_unpack(s + 4, &slot->position) ;
  if (slot->position ? slot->hash % ACCESSRULES_CDB_TABLES == hash % ACCESSRULES_CDB_TABLES : !slot->hash) return 1 ;
  errno = EPROTO ;
  return 0 ;
}

 /* 1: found, 0: not found, -1 and errno. key is shorter than ACCESSRULES_KEY_SIZE. */

static int find (accessrules const *rules, char const *key, struct place *place)
{
  uint32_t len = strlen(key) ;
  uint32_t hash = ruleset_cdb_hash(key, len) ;
  uint32_t table, slots, i, n ;
  if (rules->size < ACCESSRULES_CDB_HEADER_SIZE || rules->size > ACCESSRULES_CDB_MAX) return (errno = EPROTO, -1) ;
  uint32_unpack(rules->map + hash % ACCESSRULES_CDB_TABLES * ACCESSRULES_CDB_POINTER_SIZE, &table) ;
  uint32_unpack(rules->map + hash % ACCESSRULES_CDB_TABLES * ACCESSRULES_CDB_POINTER_SIZE + 4, &slots) ;
  if (!slots) return 0 ;
  if (table > rules->size || slots > (rules->size - table) / ACCESSRULES_CDB_POINTER_SIZE) return (errno = EPROTO, -1) ;
  n = hash / ACCESSRULES_CDB_TABLES % slots ;
  for (i = 0 ; i < slots ;)
  {
    char room[SLOTS_AT_ONCE * ACCESSRULES_CDB_POINTER_SIZE] ;
    uint32_t end = slots - n < SLOTS_AT_ONCE ? slots : n + SLOTS_AT_ONCE ;
    char const *s = bytes_at(rules, table + n * ACCESSRULES_CDB_POINTER_SIZE, (end - n) * ACCESSRULES_CDB_POINTER_SIZE, room) ;
    if (!s) return -1 ;
    for (; n < end ; n++, i++, s += ACCESSRULES_CDB_POINTER_SIZE)
    {
      struct slot slot ;
      int r ;
      if (!read_slot(s, hash, &slot)) return -1 ;
      if (!slot.position) return 0 ;
      if (slot.hash != hash) continue ;
      r = judge_record(rules, slot.position, key, len, hash, place) ;
      if (r) return r ;
    }
    if (n == slots) n = 0 ;
  }
  return 0 ;
}

 /* What a rule is made of: where its parts begin, and how long they are. */

struct parts
{
  uint32_t env ;
  uint32_t exec ;
  uint16_t envlen ;
  uint16_t execlen ;
} ;

static accessrules_result judge (accessrules const *rules, char const *key, struct parts *parts)
{
  struct place place ;
  char room[3] ;
  char const *s ;
  int found = find(rules, key, &place) ;
  if (found <= 0) return found ? ACCESSRULES_ERROR : ACCESSRULES_NOTFOUND ;
  s = bytes_at(rules, place.data, place.len < sizeof(room) ? place.len : sizeof(room), room) ;
  if (!s) return ACCESSRULES_ERROR ;
  if (place.len == 1 && s[0] == 'D') return ACCESSRULES_DENY ;
  if (place.len < 5 || s[0] != 'A') goto err ;
  uint16_unpack_big(s + 1, &parts->envlen) ;
  if (parts->envlen > place.len - 5) goto err ;
  parts->env = place.data + 3 ;
  parts->exec = parts->env + parts->envlen + 2 ;
  s = bytes_at(rules, parts->exec - 2, 2, room) ;
  if (!s) return ACCESSRULES_ERROR ;
  uint16_unpack_big(s, &parts->execlen) ;
  if (parts->execlen == place.len - 5 - parts->envlen) return ACCESSRULES_ALLOW ;

 err:
  errno = EPROTO ;
  return ACCESSRULES_ERROR ;
}

accessrules_result ruleset_cdb_judge (accessrules const *rules, char const *key)
{
  struct parts parts ;
  return judge(rules, key, &parts) ;
}

static int append (accessrules const *rules, size_t position, size_t len, stralloc *text)
{
  char const *s ;
  if (!len) return 1 ;
  if (!stralloc_readyplus(text, len)) return 0 ;
  s = bytes_at(rules, position, len, text->s + text->len) ;
  if (!s) return 0 ;
  if (s != text->s + text->len) memcpy(text->s + text->len, s, len) ;
  text->len += len ;
  return 1 ;
}

static int read_env (accessrules const *rules, struct parts const *parts, stralloc *env)
{
  if (!append(rules, parts->env, parts->envlen, env)) return 0 ;
  return ruleset_cdb_env_is_sound(env->s, env->len) ? 1 : (errno = EPROTO, 0) ;
}

static int read_exec (accessrules const *rules, struct parts const *parts, stralloc *exec)
{
  if (!parts->execlen) return 1 ;
  if (parts->execlen > ACCESSRULES_EXEC_MAX) return (errno = EMSGSIZE, 0) ;
  if (!append(rules, parts->exec, parts->execlen, exec)) return 0 ;
  if (memchr(exec->s, 0, exec->len)) return (errno = EINVAL, 0) ;
  return stralloc_0(exec) ;
}

accessrules_result ruleset_cdb_read (accessrules const *rules, accessrules_params *params, unsigned int wanted)
{
  struct parts parts ;
  accessrules_result result = judge(rules, params->key, &parts) ;
  if (result != ACCESSRULES_ALLOW) return result ;
  if (wanted & ACCESSRULES_READ_ENV && !read_env(rules, &parts, &params->env)) return ACCESSRULES_ERROR ;
  if (wanted & ACCESSRULES_READ_EXEC && !read_exec(rules, &parts, &params->exec)) return ACCESSRULES_ERROR ;
  return ACCESSRULES_ALLOW ;
}

 /* The last of several modifications of one variable counts, as it does in
    env_merge. */

accessrules_result ruleset_cdb_read_variable (accessrules const *rules, accessrules_params *params, char const *name)
{
  stralloc *env = &params->env ;
  size_t len = strlen(name) ;
  size_t found = 0 ;
  size_t foundlen = 0 ;
  accessrules_result result = ruleset_cdb_read(rules, params, ACCESSRULES_READ_ENV) ;
  if (result != ACCESSRULES_ALLOW) return result ;
  for (size_t i = 0 ; i < env->len ; i += strlen(env->s + i) + 1)
    if (!strncmp(env->s + i, name, len) && (!env->s[i + len] || env->s[i + len] == '='))
    {
      found = i ;
      foundlen = strlen(env->s + i) + 1 ;
    }
  if (foundlen) memmove(env->s, env->s + found, foundlen) ;
  env->len = foundlen ;
  return ACCESSRULES_ALLOW ;
}
