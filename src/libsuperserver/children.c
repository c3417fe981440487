/* ISC license. */

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

 /*
   Two sets of slots with free lists, and an index on each. A child costs
   8 bytes and its place in bypid; a client with children 20 and its place
   in bykey: a place is 4 bytes in a table never less than 3/8 full.
 */

enum { BLOCK_SLOTS = 64 } ;

static struct child *child_at (struct children const *c, uint32_t i)
{
  return (struct child *)c->child.block[i / BLOCK_SLOTS] + i % BLOCK_SLOTS ;
}

static struct identity *identity_at (struct children const *c, uint32_t i)
{
  return (struct identity *)c->identity.block[i / BLOCK_SLOTS] + i % BLOCK_SLOTS ;
}

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
  return hash_pid(children, child_at(children, slot)->pid) ;
}

static int child_is (void const *owner, uint32_t slot, void const *key)
{
  struct children const *children = owner ;
  return child_at(children, slot)->pid == *(pid_t const *)key ;
}

static uint64_t hash_identity (void const *owner, uint32_t slot)
{
  struct children const *children = owner ;
  return hash_key(children, identity_at(children, slot)->is.key) ;
}

static int identity_is (void const *owner, uint32_t slot, void const *key)
{
  struct children const *children = owner ;
  return !memcmp(identity_at(children, slot)->is.key, key, SUPERSERVER_KEYSIZE) ;
}

static struct slotindex_class const pid_class = { .hash_slot = &hash_child, .slot_is = &child_is } ;
static struct slotindex_class const key_class = { .hash_slot = &hash_identity, .slot_is = &identity_is } ;

void children_init (struct children *children)
{
  memset(children, 0, sizeof(*children)) ;
  children->child.firstfree = SLOT_NONE ;
  children->identity.firstfree = SLOT_NONE ;
  hashseed_init(&children->seed) ;
}

 /* Makes room for one more slot of that size. 0 if it cannot be. */

static int slotblocks_reserve (struct slotblocks *slots, size_t size)
{
  void *block ;
  if (slots->firstfree != SLOT_NONE || slots->len < slots->blocks * BLOCK_SLOTS) return 1 ;
  if (!(slots->blocks & (slots->blocks - 1)))
  {
    void **bigger = realloc(slots->block, (slots->blocks ? slots->blocks << 1 : 1) * sizeof(void *)) ;
    if (!bigger) return 0 ;
    slots->block = bigger ;
  }
  block = malloc(BLOCK_SLOTS * size) ;
  if (!block) return 0 ;
  slots->block[slots->blocks++] = block ;
  return 1 ;
}

int children_reserve (struct children *c)
{
  return slotblocks_reserve(&c->child, sizeof(struct child))
   && slotblocks_reserve(&c->identity, sizeof(struct identity))
   && slotindex_reserve(&c->bypid, &pid_class, c)
   && slotindex_reserve(&c->bykey, &key_class, c) ;
}

uint32_t children_count (struct children const *c, unsigned char const *key)
{
  uint32_t i = slotindex_find(&c->bykey, &key_class, c, hash_key(c, key), key) ;
  return i == SLOT_NONE ? 0 : identity_at(c, i)->count ;
}

static uint32_t take_identity (struct children *c, unsigned char const *key)
{
  uint64_t hash = hash_key(c, key) ;
  uint32_t i = slotindex_find(&c->bykey, &key_class, c, hash, key) ;
  if (i == SLOT_NONE)
  {
    if (c->identity.firstfree != SLOT_NONE)
    {
      i = c->identity.firstfree ;
      c->identity.firstfree = identity_at(c, i)->is.next ;
    }
    else i = c->identity.len++ ;
    memcpy(identity_at(c, i)->is.key, key, SUPERSERVER_KEYSIZE) ;
    identity_at(c, i)->count = 0 ;
    slotindex_add(&c->bykey, hash, i) ;
  }
  identity_at(c, i)->count++ ;
  return i ;
}

static void release_identity (struct children *c, uint32_t i)
{
  struct identity *identity = identity_at(c, i) ;
  if (--identity->count) return ;
  slotindex_remove(&c->bykey, &key_class, c, hash_key(c, identity->is.key), i) ;
  identity->is.next = c->identity.firstfree ;
  c->identity.firstfree = i ;
}

void children_add (struct children *c, pid_t pid, unsigned char const *key)
{
  uint32_t i = c->child.firstfree ;
  if (i != SLOT_NONE) c->child.firstfree = child_at(c, i)->identity ;
  else i = c->child.len++ ;
  child_at(c, i)->pid = pid ;
  child_at(c, i)->identity = key ? take_identity(c, key) : SLOT_NONE ;
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
  identity = child_at(c, i)->identity ;
  *known = identity != SLOT_NONE ;
  if (*known)
  {
    memcpy(key, identity_at(c, identity)->is.key, SUPERSERVER_KEYSIZE) ;
    release_identity(c, identity) ;
  }
  child_at(c, i)->pid = 0 ;
  child_at(c, i)->identity = c->child.firstfree ;
  c->child.firstfree = i ;
  c->running-- ;
  return 1 ;
}

void children_kill (struct children const *c, int sig)
{
  for (uint32_t i = 0 ; i < c->child.len ; i++)
    if (child_at(c, i)->pid) kill(child_at(c, i)->pid, sig) ;
}
