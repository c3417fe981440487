/* ISC license. */

#include <string.h>

#include <skalibs/tai.h>

#include "libfdholderd/fdtable.h"
#include "lonestore.h"
#include "tap.h"

struct store lonestore ;
static struct fdtable fds = FDTABLE_ZERO ;

static void observe (void *data, enum store_change change, struct store_entry const *e)
{
  (void)data ;
  (void)change ;
  (void)e ;
}

static void wake (void *owner, tain const *now)
{
  (void)owner ;
  (void)now ;
}

void lonestore_begin (struct inspect *i, uint32_t max)
{
  store_init(&lonestore, &fds, max, &observe, 0) ;
  inspect_init(i, &lonestore, &wake) ;
}

void lonestore_end (void)
{
  store_free(&lonestore) ;
}

struct store_entry *lonestore_hold (char const *id, int fd)
{
  tain never = tain_infinite ;
  struct store_entry *e ;
  if (fd < 0) tap_bail(id) ;
  if ((size_t)fd < fds.size && fds.references[fd]) fdtable_addref(&fds, fd) ;
  else if (!fdtable_adopt(&fds, fd)) tap_bail("fdtable_adopt") ;
  e = store_entry_new(fd, id, strlen(id), &never) ;
  if (!e || !store_put(&lonestore, e)) tap_bail("store_put") ;
  return e ;
}
