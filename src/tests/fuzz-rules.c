/* ISC license. */

/* Rules directories of any shape and content, and what they mean, worked out
   here a second time: who may connect, and which right comes of it. */

#include <skalibs/nonposix.h>

#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include <skalibs/strerr.h>

#include <s6-activation/accessrules.h>

#include "libfdholderd/policy.h"
#include "support/fuzz.h"

enum
{
  KEYS = 3,
  NAMES = 6,
  VALUE_ROOM = 4200,
  EXPRESSION_MAX = 255,
  TEST_UID = 1001,
  TEST_GID = 1002
} ;

enum key_bits { KEY_EXISTS = 1, KEY_ALLOW = 2, KEY_DENY = 4, KEY_ENV = 8 } ;
enum file_state { FILE_ABSENT, FILE_PRESENT, FILE_UNREADABLE } ;

static char const *const keys[KEYS] = { "uid/1001", "gid/1002", "uid/default" } ;
static char const *const names[NAMES] =
{
  "S6_FDHOLDER_STORE_REGEX", "S6_FDHOLDER_RETRIEVE_REGEX", "S6_FDHOLDER_LIST", "S6_FDHOLDER_GETDUMP", "S6_FDHOLDER_SETDUMP", "OTHER"
} ;

struct file
{
  enum file_state state ;
  size_t len ;
  char s[VALUE_ROOM] ;
} ;

struct rule
{
  unsigned int bits ;
  struct file files[NAMES] ;
} ;

static char base[64] ;  /* in memory, where there is such a place */
static struct rule rules[KEYS] ;
static struct policy policy ;
static struct log silent = LOG_ZERO ;
static struct complaints complaints ;

static void must (int condition)
{
  if (!condition) abort() ;
}

static void remove_base (void)
{
  char command[128] ;
  snprintf(command, sizeof(command), "rm -rf %s", base) ;
  if (system(command)) return ;
}

static void begin (void)
{
  char path[128] ;
  PROG = "fuzz-rules" ;
  strcpy(base, "/dev/shm/fuzz-rules.XXXXXX") ;
  if (!mkdtemp(base))
  {
    strcpy(base, "/tmp/fuzz-rules.XXXXXX") ;
    must(!!mkdtemp(base)) ;
  }
  atexit(&remove_base) ;
  snprintf(path, sizeof(path), "%s/uid", base) ;
  must(!mkdir(path, 0755)) ;
  snprintf(path, sizeof(path), "%s/gid", base) ;
  must(!mkdir(path, 0755)) ;
}

static void read_file (struct file *f, struct fuzz_script *script, int isexpression)
{
  uint8_t len = fuzz_next(script) ;
  f->state = len == 254 ? FILE_UNREADABLE : FILE_PRESENT ;
  f->len = len == 255 && !isexpression ? VALUE_ROOM : len ;
  if (isexpression && f->len > EXPRESSION_MAX) f->len = EXPRESSION_MAX ;
  memset(f->s, 'x', VALUE_ROOM) ;
  for (size_t i = 0 ; i < f->len && script->len ; i++) f->s[i] = (char)fuzz_next(script) ;
}

static void read_rule (struct rule *r, struct fuzz_script *script)
{
  unsigned int n ;
  r->bits = fuzz_next(script) ;
  n = r->bits >> 4 & 7 ;
  for (unsigned int i = 0 ; i < NAMES ; i++) r->files[i].state = FILE_ABSENT ;
  for (; n ; n--)
  {
    unsigned int which = fuzz_next(script) % NAMES ;
    read_file(r->files + which, script, which < 2) ;
  }
}

static void put_file (char const *key, char const *name, char const *s, size_t len)
{
  char path[256] ;
  int fd ;
  snprintf(path, sizeof(path), "%s/%s/%s", base, key, name) ;
  fd = open(path, O_WRONLY | O_CREAT | O_EXCL, 0644) ;
  must(fd >= 0 && write(fd, s, len) == (ssize_t)len) ;
  close(fd) ;
}

static void put_rule (char const *key, struct rule const *r, int add)
{
  char path[256] ;
  snprintf(path, sizeof(path), "%s/%s", base, key) ;
  if (!(r->bits & KEY_EXISTS)) return ;
  if (add) must(!mkdir(path, 0755)) ;
  if (r->bits & KEY_ENV)
  {
    snprintf(path, sizeof(path), "%s/%s/env", base, key) ;
    if (add) must(!mkdir(path, 0755)) ;
    for (unsigned int i = 0 ; i < NAMES ; i++)
    {
      char name[64] ;
      snprintf(name, sizeof(name), "env/%s", names[i]) ;
      snprintf(path, sizeof(path), "%s/%s/%s", base, key, name) ;
      if (r->files[i].state == FILE_ABSENT) continue ;
      if (!add) must(!remove(path)) ;
      else if (r->files[i].state == FILE_UNREADABLE) must(!mkdir(path, 0755)) ;
      else put_file(key, name, r->files[i].s, r->files[i].len) ;
    }
    snprintf(path, sizeof(path), "%s/%s/env", base, key) ;
    if (!add) must(!rmdir(path)) ;
  }
  if (add)
  {
    if (r->bits & KEY_ALLOW) put_file(key, "allow", "", 0) ;
    if (r->bits & KEY_DENY) put_file(key, "deny", "", 0) ;
    return ;
  }
  snprintf(path, sizeof(path), "%s/%s/allow", base, key) ;
  unlink(path) ;
  snprintf(path, sizeof(path), "%s/%s/deny", base, key) ;
  unlink(path) ;
  snprintf(path, sizeof(path), "%s/%s", base, key) ;
  must(!rmdir(path)) ;
}

 /* The rule that decides, or 0. */

static struct rule const *deciding (void)
{
  for (unsigned int i = 0 ; i < KEYS ; i++)
  {
    if (!(rules[i].bits & KEY_EXISTS)) continue ;
    if (rules[i].bits & KEY_ALLOW) return rules + i ;
    if (rules[i].bits & KEY_DENY) return 0 ;
  }
  return 0 ;
}

static int expression_allows (struct file const *f, char const *id)
{
  char text[EXPRESSION_MAX + 1] ;
  char const *newline = memchr(f->s, '\n', f->len) ;
  size_t len = newline ? (size_t)(newline - f->s) : f->len ;
  regex_t re ;
  int r ;
  memcpy(text, f->s, len) ;
  while (len && memchr(" \t\r", text[len - 1], 3)) len-- ;
  for (size_t i = 0 ; i < len ; i++) if (!text[i]) text[i] = '\n' ;
  text[len] = 0 ;
  if (strspn(text, "\n") == len || expression_excess(text) || regcomp(&re, text, REG_EXTENDED | REG_NOSUB)) return 0 ;
  r = !regexec(&re, id, 0, 0, 0) ;
  regfree(&re) ;
  return r ;
}

static int means (struct rule const *r, unsigned int which, char const *id)
{
  struct file const *f = r->files + which ;
  if (!(r->bits & KEY_ENV) || f->state != FILE_PRESENT || !f->len || f->len > ACCESSRULES_VALUE_MAX) return 0 ;
  return which < 2 ? expression_allows(f, id) : 1 ;
}

static void compare (void)
{
  static char const *const ids[] = { "a", "xyz", "socket:web:tcp:80", "a\nb" } ;
  static enum right const rights_of[] = { RIGHT_STORE, RIGHT_RETRIEVE, RIGHT_LIST, RIGHT_GETDUMP, RIGHT_SETDUMP } ;
  struct rule const *r = deciding() ;
  struct rights rights ;
  tain now = TAIN_ZERO ;
  int admitted = policy_admit(&policy, &rights, TEST_UID, TEST_GID, &now) ;
  must(admitted == !!r) ;
  if (!r) return ;
  for (unsigned int i = 0 ; i < sizeof(rights_of) / sizeof(*rights_of) ; i++)
    for (unsigned int j = 0 ; j < sizeof(ids) / sizeof(*ids) ; j++)
      must(policy_may(&policy, &rights, rights_of[i], ids[j], &now) == means(r, i, ids[j])) ;
  policy_forget(&policy, &rights) ;
}

int LLVMFuzzerTestOneInput (uint8_t const *input, size_t len)
{
  static int begun = 0 ;
  struct fuzz_script script = { .s = input, .len = len } ;
  if (!begun) begin() ;
  begun = 1 ;
  for (unsigned int i = 0 ; i < KEYS ; i++)
  {
    read_rule(rules + i, &script) ;
    put_rule(keys[i], rules + i, 1) ;
  }
  silent.verbosity = 0 ;
  complaint_init(&complaints, &silent) ;
  must(policy_init_dir(&policy, base, &complaints)) ;
  compare() ;
  policy_free(&policy) ;
  for (unsigned int i = 0 ; i < KEYS ; i++) put_rule(keys[i], rules + i, 0) ;
  return 0 ;
}

FUZZ_MAIN()
