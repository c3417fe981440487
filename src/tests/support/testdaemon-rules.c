/* ISC license. */

/* The daemon's rules, in ./rules. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rules.h"
#include "tap.h"
#include "testdaemon.h"

void testdaemon_write (char const *path, char const *text)
{
  rules_file(path, text, strlen(text)) ;
}

static void set_right (char const *key, char const *name, char const *text)
{
  char path[512] ;
  snprintf(path, sizeof(path), "rules/%s/env/S6_FDHOLDER_%s", key, name) ;
  if (text) testdaemon_write(path, text) ;
  else if (unlink(path) == -1 && errno != ENOENT) tap_bail(path) ;
}

void testdaemon_allow (char const *key, char const *store, char const *retrieve, char const *flags)
{
  char path[512] ;
  snprintf(path, sizeof(path), "rules/%s/allow", key) ;
  testdaemon_write(path, "") ;
  set_right(key, "STORE_REGEX", store) ;
  set_right(key, "RETRIEVE_REGEX", retrieve) ;
  set_right(key, "LIST", strstr(flags, "LIST") ? "\n" : 0) ;
  set_right(key, "GETDUMP", strstr(flags, "GETDUMP") ? "\n" : 0) ;
  set_right(key, "SETDUMP", strstr(flags, "SETDUMP") ? "\n" : 0) ;
}

void testdaemon_allow_all (char const *key)
{
  testdaemon_allow(key, ".*", ".*", "LIST GETDUMP SETDUMP") ;
}

void testdaemon_deny (char const *key)
{
  char path[512] ;
  snprintf(path, sizeof(path), "rules/%s/deny", key) ;
  testdaemon_write(path, "") ;
}

static int forget_one (char const *path, struct stat const *st, int type, struct FTW *ftw)
{
  (void)st ;
  (void)type ;
  (void)ftw ;
  if (remove(path) == -1) tap_bail(path) ;
  return 0 ;
}

void testdaemon_forget_rules (void)
{
  nftw("rules", &forget_one, 16, FTW_DEPTH | FTW_PHYS) ;
  if (mkdir("rules", 0755) == -1) tap_bail("rules") ;
}

void testdaemon_compile_rules (void)
{
  char program[4200], command[4300] ;
  testdaemon_program(program, sizeof(program), "s6-accessrules-cdb-from-fs") ;
  snprintf(command, sizeof(command), "ASAN_OPTIONS=detect_leaks=0 '%s' rules.cdb rules", program) ;
  if (system(command)) tap_bail("s6-accessrules-cdb-from-fs") ;
}
