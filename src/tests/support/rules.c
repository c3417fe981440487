/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/cdbmake.h>
#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/uint16.h>

#include "libaccessrules/ruleset.h"
#include "child.h"
#include "rules.h"
#include "tap.h"
#include "users.h"

enum { PATH_SIZE = 1024, NOBODY = 65534 } ;

static void make_parents (char *path)
{
  for (char *slash = strchr(path + 1, '/') ; slash ; slash = strchr(slash + 1, '/'))
  {
    *slash = 0 ;
    if (mkdir(path, 0755) == -1 && errno != EEXIST) tap_bail(path) ;
    *slash = '/' ;
  }
}

void rules_file (char const *path, char const *bytes, size_t len)
{
  char copy[PATH_SIZE] ;
  int fd ;
  snprintf(copy, sizeof(copy), "%s", path) ;
  make_parents(copy) ;
  fd = open(copy, O_WRONLY | O_CREAT | O_TRUNC, 0644) ;
  if (fd == -1 || allwrite(fd, bytes, len) != len) tap_bail(path) ;
  close(fd) ;
}

static void write_rule (char const *dir, struct testrule const *rule)
{
  char path[PATH_SIZE] ;
  snprintf(path, sizeof(path), "%s/%s/%s", dir, rule->key, rule->action) ;
  if (rule->action[0]) rules_file(path, "", 0) ;
  else make_parents(path) ;
  if (rule->variable)
  {
    char const *equal = strchr(rule->variable, '=') ;
    int len = equal ? equal - rule->variable : (int)strlen(rule->variable) ;
    snprintf(path, sizeof(path), "%s/%s/env/%.*s", dir, rule->key, len, rule->variable) ;
    if (!equal) rules_file(path, "", 0) ;
    else if (!equal[1]) rules_file(path, "\n", 1) ;
    else rules_file(path, equal + 1, strlen(equal + 1)) ;
  }
  if (rule->exec)
  {
    snprintf(path, sizeof(path), "%s/%s/exec", dir, rule->key) ;
    rules_file(path, rule->exec, strlen(rule->exec)) ;
  }
}

void rules_directory (char const *dir, struct testrule const *rules, size_t n)
{
  if (mkdir(dir, 0755) == -1 && errno != EEXIST) tap_bail(dir) ;
  for (size_t i = 0 ; i < n ; i++) write_rule(dir, rules + i) ;
}

static void add (cdbmaker *maker, struct testrule const *rule)
{
  stralloc data = STRALLOC_ZERO ;
  char length[2] ;
  size_t envlen = rule->variable ? strlen(rule->variable) + 1 : 0 ;
  size_t execlen = rule->exec ? strlen(rule->exec) : 0 ;
  if (!rule->action[0]) return ;
  if (strcmp(rule->action, "allow")) stralloc_catb(&data, "D", 1) ;
  else
  {
    stralloc_catb(&data, "A", 1) ;
    uint16_pack_big(length, envlen) ;
    stralloc_catb(&data, length, 2) ;
    if (envlen) stralloc_catb(&data, rule->variable, envlen) ;
    uint16_pack_big(length, execlen) ;
    stralloc_catb(&data, length, 2) ;
    if (execlen) stralloc_catb(&data, rule->exec, execlen) ;
  }
  if (!cdbmake_add(maker, rule->key, strlen(rule->key), data.s, data.len)) tap_bail("cdbmake_add") ;
  stralloc_free(&data) ;
}

static int begin (cdbmaker *maker, char const *file)
{
  int fd = open(file, O_RDWR | O_CREAT | O_TRUNC, 0644) ;
  if (fd == -1 || !cdbmake_start(maker, fd)) tap_bail(file) ;
  return fd ;
}

void rules_cdb (char const *file, struct testrule const *rules, size_t n)
{
  cdbmaker maker = CDBMAKER_ZERO ;
  int fd = begin(&maker, file) ;
  for (size_t i = 0 ; i < n ; i++) add(&maker, rules + i) ;
  if (!cdbmake_finish(&maker)) tap_bail(file) ;
  close(fd) ;
}

void rules_cdb_record (char const *file, char const *key, char const *data, size_t len)
{
  cdbmaker maker = CDBMAKER_ZERO ;
  int fd = begin(&maker, file) ;
  if (!cdbmake_add(&maker, key, strlen(key), data, len) || !cdbmake_finish(&maker)) tap_bail(file) ;
  close(fd) ;
}

void rules_remove (char const *path)
{
  if (rm_rf(path) == -1) tap_bail(path) ;
}

static char place[] = "/tmp/s6-activation-rules.XXXXXX" ;
static pid_t place_owner = 0 ;

static void leave_place (void)
{
  if (getpid() != place_owner) return ;
  if (chdir("/") == 0) rm_rf(place) ;
}

void rules_public_place (void)
{
  if (!mkdtemp(place)) tap_bail(place) ;
  place_owner = getpid() ;
  atexit(&leave_place) ;
  if (chmod(place, 0755) == -1 || chdir(place) == -1) tap_bail(place) ;
}

static int run_unprivileged (void *function)
{
  if (!geteuid() && (setgid(NOBODY) == -1 || setuid(NOBODY) == -1)) return 100 ;
  return (**(int (**) (void))function)() ;
}

int rules_unprivileged (int (*function) (void))
{
  if (!geteuid() && !users_several()) tap_skip_all("needs another user to be") ;
  return child_run(&run_unprivileged, &function) ;
}

size_t rules_read (char const *file, char *s, size_t max)
{
  int fd = open(file, O_RDONLY | O_CLOEXEC) ;
  ssize_t r ;
  if (fd == -1) tap_bail(file) ;
  r = read(fd, s, max) ;
  if (r == -1) tap_bail(file) ;
  close(fd) ;
  return (size_t)r ;
}

int rules_cdb_isaction (char const *cdb, size_t size, size_t i)
{
  ruleset_record record ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  while (ruleset_cdb_next(cdb, size, &position, &record) > 0)
    if (record.data == cdb + i) return 1 ;
  return 0 ;
}
