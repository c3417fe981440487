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
  error = store_put(&store, e) ? 0 : errno ;
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

static char told[2048] ;  /* by the observer */

static void observe (void *data, enum store_change change, struct store_entry const *e)
{
  static char const marks[] = { [STORE_STORED] = '+', [STORE_REPLACED] = '=', [STORE_DELETED] = '-', [STORE_EXPIRED] = 'x' } ;
  size_t len = strlen(told) ;
  int isgone = change == STORE_DELETED || change == STORE_EXPIRED ;
  tap_ok(data == &store, "a change is told with what the observer is to have") ;
  tap_ok(store_get(&store, e->id) == (isgone ? 0 : e), "a change is told when it is made") ;
  snprintf(told + len, sizeof(told) - len, "%c%s ", marks[change], e->id) ;
  if (change == STORE_EXPIRED) append(e, 0) ;
}

static void was_told (char const *want, char const *name)
{
  tap_string(told, want, "the observer: %s", name) ;
  told[0] = 0 ;
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
  struct store_entry *e ;
  order[0] = 0 ;
  while ((e = store_first_expired(&store, &now))) store_expire(&store, e) ;
  return order ;
}

static void judge_counts (unsigned int n, char const *name)
{
  tap_int(store_count(&store), n, "%s: entries", name) ;
  tap_int(fds.count, n, "%s: descriptors", name) ;
}

static void basics (void)
{
  tap_error(put("b", *STORE_NEVER), 0, "one is put") ;
  tap_error(put("a", *STORE_NEVER), 0, "a second is put") ;
  tap_error(put("c", at(9)), 0, "a third is put, with a limit") ;
  tap_error(put("a", *STORE_NEVER), EBUSY, "an id that is taken is EBUSY") ;
  tap_error(put("d", *STORE_NEVER), 0, "as many as max are put") ;
  tap_error(put("e", *STORE_NEVER), ENFILE, "one more is ENFILE") ;
  tap_string(listed(), "a b c d ", "iteration is in the order of ids") ;
  judge_counts(4, "four are held") ;
  was_told("+b +a +c +d ", "each that was stored, and no other") ;
  tap_int(store.idbytes, 8, "the bytes of ids are counted") ;
  store_drop(&store, store_get(&store, "b")) ;
  tap_string(listed(), "a c d ", "a dropped one is gone") ;
  tap_ok(!store_get(&store, "b"), "and is not found") ;
  tap_ok(!!store_get(&store, "a"), "another one is") ;
  judge_counts(3, "it is closed") ;
  was_told("-b ", "what was dropped") ;
}

static void limits (void)
{
  tain next ;
  next = *STORE_NEVER ;
  store_next_limit(&store, &next) ;
  tap_int(next.sec.x, at(9).sec.x, "the next limit is known") ;
  tap_string(expired_at(8), "", "nothing expires early") ;
  tap_string(expired_at(9), "c ", "a limit that has come expires") ;
  next = *STORE_NEVER ;
  store_next_limit(&store, &next) ;
  tap_ok(!tain_less(&next, STORE_NEVER), "then there is none") ;
  was_told("xc ", "what expired") ;
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
  tap_int(store_count(&store), 102, "equal limits do not collide") ;
  store_drop(&store, store_get(&store, "equal50")) ;
  tap_int(store_count(&store), 101, "dropping one of them drops one") ;
  tap_ok(!!store_get(&store, "equal49"), "and leaves the one before it") ;
  tap_ok(!!store_get(&store, "equal51"), "and the one after it") ;
  expired_at(20) ;
  tap_string(listed(), "a d ", "all of them expire, nothing else does") ;
  judge_counts(2, "they are closed") ;
  told[0] = 0 ;
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
  tap_int(store_get(&store, "a")->fd, fd, "the id of a replaced one has the new one") ;
  judge_counts(2, "the old one is closed") ;
  tap_ok(store_get(&store, "a")->serial != serial, "and can be told from it") ;
  was_told("=a ", "what was replaced, once") ;
  tap_string(expired_at(30), "a ", "its limit is the new one") ;
  told[0] = 0 ;
}

static void lending (void)
{
  struct store_entry *e = store_get(&store, "d") ;
  store_lend(&store, e) ;
  was_told("-d ", "what was lent is not there") ;
  tap_int(store_used(&store), 1, "its place is kept") ;
  tap_ok(store_restore(&store, e), "it comes back") ;
  was_told("+d ", "and is there again") ;
}

static struct store_entry *lent ;

static void users (void)
{
  uid_t const of[] = { 7, 8, 7, 9, 7 } ;
  for (unsigned int i = 0 ; i < 5 ; i++)
  {
    int fd = open("/dev/null", O_RDONLY) ;
    char id[] = { 'u', (char)('0' + i), 0 } ;
    struct store_entry *e = store_entry_new(fd, id, 2, STORE_NEVER) ;
    fdtable_adopt(&fds, fd) ;
    store_entry_stored_by(e, of[i], 1, &tain_zero) ;
    if (i == 4) store_replace(&store, e) ;
    else if (!store_put(&store, e)) tap_bail("put") ;
  }
  tap_int(store_used_by(&store, 7), 3, "who has stored three has stored three") ;
  tap_int(store_used_by(&store, 8), 1, "and another one") ;
  tap_int(store_used_by(&store, 6), 0, "and another none") ;
  store_drop(&store, store_get(&store, "u0")) ;
  tap_int(store_used_by(&store, 7), 2, "the first of three goes") ;
  lent = store_get(&store, "u2") ;
  store_lend(&store, lent) ;
  tap_int(store_used_by(&store, 7), 2, "what is lent is his still") ;
}

static void lent_users (void)
{
  int fd = open("/dev/null", O_RDONLY) ;
  struct store_entry *other = store_entry_new(fd, "u4", 2, STORE_NEVER) ;
  fdtable_adopt(&fds, fd) ;
  store_entry_stored_by(other, 8, 1, &tain_zero) ;
  store_replace(&store, other) ;
  tap_int(store_used_by(&store, 7), 1, "what another has replaced is not his") ;
  tap_int(store_used_by(&store, 8), 2, "but the other's") ;
  store_forget(&store, lent) ;
  tap_int(store_used_by(&store, 7), 0, "what was lent is not his when it does not come back") ;
  store_drop(&store, store_get(&store, "u1")) ;
  store_drop(&store, other) ;
  tap_int(store_used_by(&store, 8), 0, "who has none any longer is not known any longer") ;
  told[0] = 0 ;
}

int main (void)
{
  store_init(&store, &fds, 4, &observe, &store) ;
  tap_string(listed(), "", "an empty store lists nothing") ;
  tap_ok(!store_get(&store, "x"), "and finds nothing") ;
  basics() ;
  limits() ;
  equal_limits() ;
  replacing() ;
  lending() ;
  users() ;
  lent_users() ;
  store_free(&store) ;
  was_told("", "the end is no change") ;
  tap_int(fds.count, 0, "the end closes everything") ;
  tap_int(store.idbytes, 0, "and no bytes of ids are left") ;
  fdtable_free(&fds) ;
  return tap_done() ;
}
