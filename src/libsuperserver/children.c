/* ISC license. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

 /*
   Two dense arrays with free lists, and an index on each. A child costs
   8 bytes and its place in bypid; a client with children 24 and its place
   in bykey: a place is 4 bytes in a table never less than 3/8 full.
 */

enum { CHILDREN_FIRST = 64 } ;

static uint64_t hash_pid (struct children const *children, pid_t pid)
{
  uint32_t number = pid ;
  return hashseed_hash(&children->seed, &number, sizeof(number)) ;
}

static uint64_t hash_key (struct children const *children, unsigned char const *key)
{
  return hashseed_hash(&children->seed, key, SUPERSERVER_KEYSIZE) ;
}

static uint64_t hash_child (void const *owner, uint32_t slot)
{
  struct children const *children = owner ;
  return hash_pid(children, children->child[slot].pid) ;
}

static int child_is (void const *owner, uint32_t slot, void const *key)
{
  struct children const *children = owner ;
  return children->child[slot].pid == *(pid_t const *)key ;
}

static uint64_t hash_identity (void const *owner, uint32_t slot)
{
  struct children const *children = owner ;
  return hash_key(children, children->identity[slot].key) ;
}

static int identity_is (void const *owner, uint32_t slot, void const *key)
{
  struct children const *children = owner ;
  return !memcmp(children->identity[slot].key, key, SUPERSERVER_KEYSIZE) ;
}

static struct slotindex_class const pid_class = { .hash_slot = &hash_child, .slot_is = &child_is } ;
static struct slotindex_class const key_class = { .hash_slot = &hash_identity, .slot_is = &identity_is } ;

void children_init (struct children *children)
{
  memset(children, 0, sizeof(*children)) ;
  children->childfree = SLOT_NONE ;
  children->identityfree = SLOT_NONE ;
  hashseed_init(&children->seed) ;
}

 /* Grows an array of n slots by half. 0 if it cannot be. */

static void *grow (void *array, uint32_t *max, size_t size)
{
  uint32_t n = *max ? *max + (*max >> 1) : CHILDREN_FIRST ;
  void *bigger = realloc(array, n * size) ;
  if (bigger) *max = n ;
  return bigger ;
}

int children_reserve (struct children *c)
{
  if (c->childfree == SLOT_NONE && c->childlen == c->childmax)
  {
    struct child *bigger = grow(c->child, &c->childmax, sizeof(struct child)) ;
    if (!bigger) return 0 ;
    c->child = bigger ;
  }
  if (c->identityfree == SLOT_NONE && c->identitylen == c->identitymax)
  {
    struct identity *bigger = grow(c->identity, &c->identitymax, sizeof(struct identity)) ;
    if (!bigger) return 0 ;
    c->identity = bigger ;
  }
  return slotindex_reserve(&c->bypid, &pid_class, c) && slotindex_reserve(&c->bykey, &key_class, c) ;
}

uint32_t children_count (struct children const *c, unsigned char const *key)
{
  uint32_t i = slotindex_find(&c->bykey, &key_class, c, hash_key(c, key), key) ;
  return i == SLOT_NONE ? 0 : c->identity[i].count ;
}

static uint32_t take_identity (struct children *c, unsigned char const *key)
{
  uint64_t hash = hash_key(c, key) ;
  uint32_t i = slotindex_find(&c->bykey, &key_class, c, hash, key) ;
  if (i == SLOT_NONE)
  {
    if (c->identityfree != SLOT_NONE)
    {
      i = c->identityfree ;
      c->identityfree = c->identity[i].next ;
    }
    else i = c->identitylen++ ;
    memcpy(c->identity[i].key, key, SUPERSERVER_KEYSIZE) ;
    c->identity[i].count = 0 ;
    slotindex_add(&c->bykey, hash, i) ;
  }
  c->identity[i].count++ ;
  return i ;
}

static void release_identity (struct children *c, uint32_t i)
{
  if (--c->identity[i].count) return ;
  slotindex_remove(&c->bykey, &key_class, c, hash_key(c, c->identity[i].key), i) ;
  c->identity[i].next = c->identityfree ;
  c->identityfree = i ;
}

void children_add (struct children *c, pid_t pid, unsigned char const *key)
{
  uint32_t i = c->childfree ;
  if (i != SLOT_NONE) c->childfree = c->child[i].identity ;
  else i = c->childlen++ ;
  c->child[i].pid = pid ;
  c->child[i].identity = key ? take_identity(c, key) : SLOT_NONE ;
  slotindex_add(&c->bypid, hash_pid(c, pid), i) ;
  c->running++ ;
}

int children_remove (struct children *c, pid_t pid, unsigned char *key, int *known)
{
  uint64_t hash = hash_pid(c, pid) ;
  uint32_t i = slotindex_find(&c->bypid, &pid_class, c, hash, &pid) ;
  uint32_t identity ;
  if (i == SLOT_NONE) return 0 ;
  slotindex_remove(&c->bypid, &pid_class, c, hash, i) ;
  identity = c->child[i].identity ;
  *known = identity != SLOT_NONE ;
  if (*known)
  {
    memcpy(key, c->identity[identity].key, SUPERSERVER_KEYSIZE) ;
    release_identity(c, identity) ;
  }
  c->child[i].pid = 0 ;
  c->child[i].identity = c->childfree ;
  c->childfree = i ;
  c->running-- ;
  return 1 ;
}

void children_kill (struct children const *c, int sig)
{
  for (uint32_t i = 0 ; i < c->childlen ; i++)
    if (c->child[i].pid) kill(c->child[i].pid, sig) ;
}
