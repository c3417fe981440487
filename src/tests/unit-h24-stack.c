/* ISC license. */

/* H24: with a stack of 256 kB the daemon takes 15,000 descriptors in a dump,
   lists them, gives them in a dump, and deletes one; and a client transfers them. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "support/preloaded.h"
#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HELD = 15000, FILES = HELD + 1000, PATIENCE_SECONDS = 60 } ;

static void make_entries (fdholder_entry *entries, int file)
{
  static char ids[HELD][8] ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    snprintf(ids[i], sizeof(ids[i]), "%u", i) ;
    entries[i].id = ids[i] ;
    entries[i].fd = file ;
    entries[i].expires = i & 1 ;
    entries[i].limit = STAMP ;
    entries[i].limit.sec.x += 100000 ;
  }
}

static void start (struct testdaemon *d, char const *path)
{
  static char const *const options[] = { "-n", "15000", 0 } ;
  struct rlimit files ;
  if (getrlimit(RLIMIT_NOFILE, &files) == -1) tap_bail("getrlimit") ;
  if (files.rlim_max < FILES) tap_skip_all("needs a higher limit of open files") ;
  setenv("DAEMON_WRAPPER", "prlimit --stack=262144:262144", 1) ;
  testdaemon_start(d, path, options) ;
}

static void check_listed (fdholder *h, size_t want, tain const *deadline, char const *name)
{
  static stralloc ids = STRALLOC_ZERO ;
  size_t n = 0 ;
  conversation_result(fdholder_list_g(h, &ids, &n, deadline), 0, name) ;
  tap_int(n, want, "%s: %zu", name, want) ;
}

int main (void)
{
  static fdholder_entry entries[HELD] ;
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  struct testdaemon d, other ;
  fdholder h ;
  tain deadline ;
  size_t same = 0 ;
  int file = testfile() ;
  preloaded_need("prlimit") ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  if (testdaemon_isslow()) tap_skip_all("wrappers and sanitizers need more stack than that") ;
  start(&d, "s") ;
  start(&other, "other") ;
  tain_now_g() ;
  tain_addsec_g(&deadline, PATIENCE_SECONDS) ;
  make_entries(entries, file) ;
  if (!fdholder_start_g(&h, d.path, &deadline)) tap_bail("fdholder_start") ;
  conversation_result(fdholder_setdump_g(&h, entries, HELD, &deadline), 0, "a dump of 15000 is taken") ;
  check_listed(&h, HELD, &deadline, "it is listed") ;
  conversation_result(fdholder_getdump_g(&h, &dump, &deadline), 0, "and given again") ;
  tap_int(fdholder_dump_count(&dump), HELD, "whole") ;
  for (size_t i = 0 ; i < fdholder_dump_count(&dump) ; i++) same += testfile_same(fdholder_dump_entries(&dump)[i].fd, file) ;
  tap_int(same, HELD, "each is the file that it was") ;
  conversation_result(fdholder_delete_g(&h, "7777", &deadline), 0, "one is deleted") ;
  check_listed(&h, HELD - 1, &deadline, "the others are listed") ;
  fdholder_end(&h) ;
  fdholder_dump_free(&dump) ;
  tap_int(system("prlimit --stack=262144:262144 \"${BUILD:-.}\"/s6-fdholder-transferdump s other"), 0, "the others are transferred") ;
  if (!fdholder_start_g(&h, other.path, &deadline)) tap_bail("fdholder_start") ;
  check_listed(&h, HELD - 1, &deadline, "and are there") ;
  fdholder_end(&h) ;
  testdaemon_finish(&other) ;
  testdaemon_finish(&d) ;
  return tap_done() ;
}
