/* ISC license. */

/* H53: what an idle connection costs the holder in resident memory: one that
   has said nothing 700 bytes, one that was served and is idle 1,500. */

#include <errno.h>

#include "support/manyfiles.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MARGIN = 2000, PER_ONE = 4, KINDS = 3, MANY = 1400, WARM = 100, FEW = 500, SILENT_MAX = 700, SERVED_MAX = 1500 } ;

static struct testdaemon holder ;
static unsigned int many ;

 /* The test's own ends stay open until it ends. */

static void serve (enum frame_dialect dialect, int file)
{
  struct rawclient c ;
  int fd ;
  raw_must_connect(&c, holder.path, dialect) ;
  if (raw_retrieve(&c, 0, "file", &fd) || !testfile_same(fd, file)) tap_bail("retrieve") ;
  raw_drop_fds(&c) ;
  if (raw_list(&c) || raw_delete(&c, "nothing") != ENOENT) tap_bail("list") ;
}

static void check (char const *name, long most, void (*connect_one) (int), int file)
{
  long before, cost ;
  for (unsigned int i = 0 ; i < WARM ; i++) connect_one(file) ;
  testdaemon_rest(&holder) ;
  before = testdaemon_resident(&holder) ;
  for (unsigned int i = 0 ; i < many ; i++) connect_one(file) ;
  testdaemon_rest(&holder) ;
  cost = (testdaemon_resident(&holder) - before) * 1024 / many ;
  tap_most(cost, most, "H53: %s costs few bytes", name) ;
}

static void silent (int file)
{
  (void)file ;
  if (raw_socket(holder.path, (uid_t)-1) < 0) tap_bail("connect") ;
}

static void served_s6 (int file)
{
  serve(FRAME_S6, file) ;
}

static void served_native (int file)
{
  serve(FRAME_NATIVE, file) ;
}

int main (void)
{
  struct rawclient c ;
  int file ;
  if (testdaemon_isslow()) tap_skip_all("wrappers and sanitizers have memory of their own") ;
  many = manyfiles_room(MANY, FEW, PER_ONE * KINDS, MARGIN) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  file = testfile() ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-c", "4600", "-n", "100", 0 }) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "file", file) ;
  check("a connection that has said nothing", SILENT_MAX, &silent, file) ;
  if (raw_list(&c)) tap_bail("list") ;
  check("one that was served natively and is idle", SERVED_MAX, &served_native, file) ;
  check("one that was served in s6's dialect", SERVED_MAX, &served_s6, file) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
