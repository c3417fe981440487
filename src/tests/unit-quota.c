/* ISC license. */

/* S6_FDHOLDER_MAXFDS: how many a user may have stored at a time, whatever stores
   them; and whose they are. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/users.h"

enum { FRESH_MILLISECONDS = 1100 } ;

static struct testdaemon holder ;
static struct rawclient c ;
static int file ;

static void quota (char const *key, char const *text)
{
  char path[128] = "rules/" ;
  testdaemon_allow_all(key) ;
  strcat(path, key) ;
  strcat(path, "/env/S6_FDHOLDER_MAXFDS") ;
  if (text) testdaemon_write(path, text) ;
  else if (unlink(path) == -1) tap_bail("unlink") ;
}

 /* Rights are read by a connection when it first needs them. */

static void begin (uid_t uid, enum frame_dialect dialect)
{
  if (!raw_connect(&c, "s", uid, dialect)) tap_bail("connect") ;
}

static int dump (char const *const *ids, unsigned int n)
{
  int files[4] = { file, file, file, file } ;
  int e = raw_setdump(&c, n) ;
  return e ? e : raw_dumpframe(&c, ids, files, n) ;
}

static void clear (char const *const *ids, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++)
    if (raw_delete(&c, ids[i])) tap_bail(ids[i]) ;
}

static void stores (enum frame_dialect dialect, char const *name)
{
  static char const *const ids[] = { "a", "b", "c", "d" } ;
  static char const *const others[] = { "c", "d", "e" } ;
  int fd ;
  begin((uid_t)-1, dialect) ;
  for (unsigned int i = 0 ; i < 3 ; i++) tap_error(raw_store(&c, ids[i], 0, file), 0, "%s: as many as the quota are stored", name) ;
  tap_error(raw_store(&c, "d", 0, file), EDQUOT, "%s: one more is EDQUOT", name) ;
  tap_error(raw_store(&c, "a", 0, file), EBUSY, "%s: what is in use is in use", name) ;
  tap_int(testdaemon_settled_file(&holder, file, 3), 3, "%s: what was refused is closed", name) ;
  tap_error(dump(ids, 3), 0, "%s: a dump that replaces one's own is free", name) ;
  tap_error(dump(ids, 4), EDQUOT, "%s: one that adds to them is EDQUOT", name) ;
  tap_error(dump(others, 3), EDQUOT, "%s: also if it would have room alone", name) ;
  tap_ok(!raw_holds(&c, "d") && !raw_holds(&c, "e"), "%s: of a dump that is refused nothing is stored", name) ;
  if (dialect == FRAME_NATIVE)
  {
    tap_error(raw_replace(&c, "a", 0, file), 0, "replacing one's own is free") ;
    tap_error(raw_replace(&c, "d", 0, file), EDQUOT, "what is not there is not") ;
    if (raw_retrieve(&c, 1, "a", &fd) || raw_acknowledge(&c)) tap_bail("take") ;
    close(fd) ;
    tap_error(raw_putback(&c), 0, "what was taken can come back") ;
    tap_error(raw_store(&c, "d", 0, file), EDQUOT, "and counts") ;
  }
  clear(ids, 1) ;
  tap_error(raw_store(&c, "d", 0, file), 0, "%s: what was deleted does not count", name) ;
  clear(ids + 1, 3) ;
  raw_close(&c) ;
}

static void changed (void)
{
  static char const *const ids[] = { "a", "b", "c" } ;
  begin((uid_t)-1, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < 3 ; i++)
    if (raw_store(&c, ids[i], 0, file)) tap_bail("store") ;
  quota("uid/self", "1") ;
  test_sleep(FRESH_MILLISECONDS) ;
  tap_error(raw_store(&c, "d", 0, file), EDQUOT, "a quota that is less than what is there") ;
  tap_error(raw_replace(&c, "a", 0, file), 0, "takes nothing away, and lets one's own be replaced") ;
  quota("uid/self", "many") ;
  test_sleep(FRESH_MILLISECONDS) ;
  tap_error(raw_store(&c, "d", 0, file), EDQUOT, "what is no number is 0") ;
  quota("uid/self", 0) ;
  test_sleep(FRESH_MILLISECONDS) ;
  tap_error(raw_store(&c, "d", 0, file), 0, "without a quota there is none") ;
  clear(ids, 3) ;
  if (raw_delete(&c, "d")) tap_bail("delete") ;
  raw_close(&c) ;
}

static void several (void)
{
  static char const *const ids[] = { "b", "c" } ;
  begin((uid_t)-1, FRAME_NATIVE) ;
  raw_must_store(&c, "a", file) ;
  raw_must_store(&c, "b", file) ;
  raw_close(&c) ;
  begin(TEST_UID, FRAME_NATIVE) ;
  tap_error(raw_store(&c, "c", 0, file), 0, "what another user has stored does not count") ;
  tap_error(raw_replace(&c, "a", 0, file), 0, "who replaces another's has stored it") ;
  tap_error(raw_replace(&c, "b", 0, file), EDQUOT, "and may not do so beyond his quota") ;
  tap_error(dump(ids, 2), EDQUOT, "nor by a dump") ;
  raw_close(&c) ;
  begin(TEST_UID_OTHER, FRAME_NATIVE) ;
  tap_error(raw_store(&c, "d", 0, file), 0, "two users of one rule") ;
  tap_error(raw_store(&c, "e", 0, file), 0, "have a quota each") ;
  tap_error(raw_store(&c, "f", 0, file), EDQUOT, "and no more") ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_workdir() ;
  quota("uid/self", "3\n") ;
  quota("uid/default", "2") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  file = testfile() ;
  stores(FRAME_NATIVE, "native") ;
  stores(FRAME_S6, "s6") ;
  changed() ;
  if (users_several()) several() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
