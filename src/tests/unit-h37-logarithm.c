/* ISC license. */

/* H37: store, retrieve, delete are O(log n), also when all limits are equal:
   in the store itself, 100 times as much that is held may not cost more than
   a few times as much. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <skalibs/tai.h>

#include "support/tap.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"

enum { FEW = 200, MANY = 20000, ROUNDS = 2000, REPEATS = 9, MOST_RATIO = 12, ID_ROOM = 16 } ;

static struct fdtable table = FDTABLE_ZERO ;

static double cpu_seconds (void)
{
  struct timespec ts ;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts) ;
  return ts.tv_sec + ts.tv_nsec / 1e9 ;
}

 /* Numbers that are no descriptors: one reference too many, and none is ever closed. */

static void put (struct store *s, int fd, char const *id, tain const *limit)
{
  struct store_entry *e = store_entry_new(fd, id, strlen(id), limit) ;
  if (!e || !store_put(s, e)) tap_bail("store_put") ;
}

static void fill (struct store *s, unsigned int n, int isequal)
{
  for (unsigned int i = 0 ; i < n ; i++)
  {
    char id[ID_ROOM] ;
    tain limit = { .sec = TAI_ZERO, .nano = isequal ? 0 : i } ;
    int fd = (int)i + 1 ;
    if (!fdtable_adopt(&table, fd)) tap_bail("fdtable_adopt") ;
    fdtable_addref(&table, fd) ;
    snprintf(id, sizeof(id), "id%u", i * 7919 % n) ;
    put(s, fd, id, &limit) ;
  }
}

 /* What one store, one retrieve and one delete cost, at best. */

static void ignore (void *data, enum store_change change, struct store_entry const *e)
{
  (void)data ;
  (void)change ;
  (void)e ;
}

static double measure (unsigned int n, int isequal)
{
  struct store s ;
  double best = 1e9 ;
  int fd = (int)n + 1 ;
  tain limit = { .sec = TAI_ZERO, .nano = isequal ? 0 : n / 2 } ;
  store_init(&s, &table, n + 1, &ignore, 0) ;
  fill(&s, n, isequal) ;
  if (!fdtable_adopt(&table, fd)) tap_bail("fdtable_adopt") ;
  fdtable_addref(&table, fd) ;
  for (unsigned int i = 0 ; i < REPEATS ; i++)
  {
    double begun = cpu_seconds() ;
    for (unsigned int j = 0 ; j < ROUNDS ; j++)
    {
      char id[ID_ROOM] ;
      snprintf(id, sizeof(id), "id%u.", j * 7 % n) ;
      fdtable_addref(&table, fd) ;
      put(&s, fd, id, &limit) ;
      if (!store_get(&s, id)) tap_bail("store_get") ;
      store_drop(&s, store_get(&s, id)) ;
    }
    if (cpu_seconds() - begun < best) best = cpu_seconds() - begun ;
  }
  store_free(&s) ;
  fdtable_free(&table) ;
  return best / ROUNDS ;
}

static void check (char const *name, int isequal)
{
  double few = measure(FEW, isequal) ;
  double many = measure(MANY, isequal) ;
  tap_ok(many < MOST_RATIO * few, "H37: %s limits: with %d held it takes %.1f times as long as with %d", name, MANY, many / few, FEW) ;
}

int main (void)
{
  check("different", 0) ;
  check("equal", 1) ;
  return tap_done() ;
}
