/* ISC license. */

#include <stdlib.h>

#include "internal.h"

 /* Linear probing, at most three quarters full; a removal closes its gap, so there are no tombs. */

enum { SLOTINDEX_FIRST = 64 } ;

static int slotindex_grow (struct slotindex *index, struct slotindex_class const *class, void const *owner)
{
  uint32_t size = index->size ? index->size << 1 : SLOTINDEX_FIRST ;
  struct slotindex bigger = { .table = calloc(size, sizeof(uint32_t)), .size = size, .used = 0 } ;
  if (!bigger.table) return 0 ;
  for (uint32_t i = 0 ; i < index->size ; i++) if (index->table[i])
  {
    uint32_t slot = index->table[i] - 1 ;
    slotindex_add(&bigger, (*class->hash_slot)(owner, slot), slot) ;
  }
  free(index->table) ;
  *index = bigger ;
  return 1 ;
}

int slotindex_reserve (struct slotindex *index, struct slotindex_class const *class, void const *owner)
{
  return index->used + 1 <= index->size - (index->size >> 2) || slotindex_grow(index, class, owner) ;
}

uint32_t slotindex_find (struct slotindex const *index, struct slotindex_class const *class, void const *owner, uint64_t hash, void const *key)
{
  uint32_t mask = index->size - 1 ;
  if (!index->size) return SLOT_NONE ;
  for (uint32_t i = hash & mask ; index->table[i] ; i = (i + 1) & mask)
    if ((*class->slot_is)(owner, index->table[i] - 1, key)) return index->table[i] - 1 ;
  return SLOT_NONE ;
}

void slotindex_add (struct slotindex *index, uint64_t hash, uint32_t slot)
{
  uint32_t mask = index->size - 1 ;
  uint32_t i = hash & mask ;
  while (index->table[i]) i = (i + 1) & mask ;
  index->table[i] = slot + 1 ;
  index->used++ ;
}

void slotindex_remove (struct slotindex *index, struct slotindex_class const *class, void const *owner, uint64_t hash, uint32_t slot)
{
  uint32_t mask = index->size - 1 ;
  uint32_t gap = hash & mask ;
  while (index->table[gap] != slot + 1) gap = (gap + 1) & mask ;
  for (uint32_t i = (gap + 1) & mask ; index->table[i] ; i = (i + 1) & mask)
  {
    uint32_t home = (*class->hash_slot)(owner, index->table[i] - 1) & mask ;
    if (((i - home) & mask) >= ((i - gap) & mask))
    {
      index->table[gap] = index->table[i] ;
      gap = i ;
    }
  }
  index->table[gap] = 0 ;
  index->used-- ;
}
