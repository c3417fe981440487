/* ISC license. */

 /* store.h, with a clock that the test owns. */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libfdholderd/fdtable.h"
#include "libfdholderd/store.h"
#include "support/tap.h"

static struct fdtable fds = FDTABLE_ZERO ;
static struct store store ;

static tain at (unsigned int seconds)
{
  tain t = TAIN_EPOCH ;
  t.sec.x += seconds ;
  return t ;
}

static int put (char const *id, tain limit)
{
  int fd = open("/dev/null", O_RDONLY) ;
  struct store_entry *e ;
  int error ;
  fdtable_adopt(&fds, fd) ;
  e = store_entry_new(fd, id, strlen(id), &limit) ;
  error = store_put(&store, e) ;
  if (!error) return 0 ;
  store_entry_free(e) ;
  fdtable_unref(&fds, fd) ;
  return error ;
}

static char order[2048] ;

static int append (struct store_entry const *e, void *data)
{
  (void)data ;
  strcat(order, e->id) ;
  strcat(order, " ") ;
  return 1 ;
}

static void append_expired (struct store_entry const *e, void *data)
{
  append(e, data) ;
}

static char const *listed (void)
{
  order[0] = 0 ;
  store_iter(&store, &append, 0) ;
  return order ;
}

static char const *expired_at (unsigned int seconds)
{
  tain now = at(seconds) ;
  order[0] = 0 ;
  store_expire(&store, &now, &append_expired, 0) ;
  return order ;
}

static void basics (void)
{
  tap_ok(!put("b", *STORE_NEVER) && !put("a", *STORE_NEVER) && !put("c", at(9)), "three are put") ;
  tap_ok(put("a", *STORE_NEVER) == EBUSY, "an id that is taken is EBUSY") ;
  tap_ok(!put("d", *STORE_NEVER) && put("e", *STORE_NEVER) == ENFILE, "one more than max is ENFILE") ;
  tap_ok(!strcmp(listed(), "a b c d "), "iteration is in the order of ids") ;
  tap_ok(store_count(&store) == 4 && fds.count == 4, "counts agree") ;
  tap_ok(store.idbytes == 8, "so do the bytes of ids") ;
  store_drop(&store, store_get(&store, "b")) ;
  tap_ok(!store_get(&store, "b") && store_get(&store, "a") && fds.count == 3, "a dropped one is gone, and closed") ;
}

static void limits (void)
{
  tain next ;
  next = *STORE_NEVER ;
  store_next_limit(&store, &next) ;
  tap_ok(next.sec.x == at(9).sec.x, "the next limit is known") ;
  tap_ok(!strcmp(expired_at(8), ""), "nothing expires early") ;
  tap_ok(!strcmp(expired_at(9), "c "), "a limit that has come expires") ;
  next = *STORE_NEVER ;
  store_next_limit(&store, &next) ;
  tap_ok(!tain_less(&next, STORE_NEVER), "then there is none") ;
}

static void equal_limits (void)
{
  store.max = 1000 ;
  for (unsigned int i = 0 ; i < 100 ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "equal%02u", i) ;
    if (put(id, at(20))) tap_bail("put") ;
  }
  tap_ok(store_count(&store) == 102, "equal limits do not collide") ;
  store_drop(&store, store_get(&store, "equal50")) ;
  tap_ok(store_count(&store) == 101 && store_get(&store, "equal49") && store_get(&store, "equal51"), "dropping one of them leaves the others") ;
  expired_at(20) ;
  tap_ok(!strcmp(listed(), "a d ") && fds.count == 2, "all of them expire, nothing else does") ;
}

static void replacing (void)
{
  tain limit = at(30) ;
  struct store_entry *old = store_get(&store, "a") ;
  uint64_t serial = old->serial ;
  int fd = open("/dev/null", O_RDONLY) ;
  struct store_entry *e = store_entry_new(fd, "a", 1, &limit) ;
  fdtable_adopt(&fds, fd) ;
  store_replace(&store, e) ;
  tap_ok(store_get(&store, "a")->fd == fd && store_count(&store) == 2 && fds.count == 2, "a replaced one is closed, its id has the new one") ;
  tap_ok(store_get(&store, "a")->serial != serial, "and can be told from it") ;
  tap_ok(!strcmp(expired_at(30), "a "), "its limit is the new one") ;
}

int main (void)
{
  store_init(&store, &fds, 4) ;
  tap_ok(!strcmp(listed(), "") && !store_get(&store, "x"), "an empty store holds nothing") ;
  basics() ;
  limits() ;
  equal_limits() ;
  replacing() ;
  store_free(&store) ;
  tap_ok(!fds.count && !store.idbytes, "the end closes everything") ;
  fdtable_free(&fds) ;
  return tap_done() ;
}
