/* ISC license. */

#include <string.h>
#include <sys/stat.h>

#include "fuzzheld.h"

enum { NOTHING = -1, UNTOUCHED = -2 } ;

 /* Short ones, one that is to be quoted, and the longest. */

char const *fuzzheld_id (unsigned int i)
{
  static char longest[WIRE_ID_MAX + 1] ;
  static char const *const ids[FUZZHELD_IDS] = { "a", "b\n", "\377", longest } ;
  memset(longest, 'x', WIRE_ID_MAX) ;
  return ids[i] ;
}

void fuzzheld_drop_staged (struct fuzzheld *f)
{
  for (unsigned int i = 0 ; i < FUZZHELD_IDS ; i++) f->staged[i] = UNTOUCHED ;
}

void fuzzheld_begin (struct fuzzheld *f)
{
  for (unsigned int i = 0 ; i < FUZZHELD_IDS ; i++) f->held[i] = NOTHING ;
  fuzzheld_drop_staged(f) ;
}

void fuzzheld_tell (struct fuzzheld *f, struct wire_keep const *m, unsigned int id, unsigned int file)
{
  if (m->kind != WIRE_KEEP_NOTHING) f->staged[id] = m->kind == WIRE_KEEP_HOLD ? (int)file : NOTHING ;
  if (!m->islast) return ;
  for (unsigned int i = 0 ; i < FUZZHELD_IDS ; i++) if (f->staged[i] != UNTOUCHED) f->held[i] = f->staged[i] ;
  fuzzheld_drop_staged(f) ;
}

static int is_file (struct fuzzholder const *h, int fd, int file)
{
  struct stat st ;
  return !fstat(fd, &st) && st.st_ino == h->stats[file].st_ino && st.st_dev == h->stats[file].st_dev ;
}

int fuzzheld_isso (struct fuzzheld const *f, struct fuzzholder const *h)
{
  uint32_t n = 0 ;
  for (unsigned int i = 0 ; i < FUZZHELD_IDS ; i++)
  {
    struct store_entry const *e = store_get(&h->holder.store, fuzzheld_id(i)) ;
    if (!e != (f->held[i] == NOTHING) || (e && !is_file(h, e->fd, f->held[i]))) return 0 ;
    n += !!e ;
  }
  return store_count(&h->holder.store) == n ;
}
