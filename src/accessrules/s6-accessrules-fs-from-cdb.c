/* ISC license. */

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include <s6-activation/accessrules.h>
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libaccessrules/ruleset.h"
#include "exitcodes.h"

#define USAGE "s6-accessrules-fs-from-cdb dir cdbfile"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* Everything is judged before anything is made; what is made is made by
    names without a slash, relative to directories that we made ourselves. */

struct rule
{
  accessrules_result result ; /* ALLOW or DENY */
  ruleset_value value ;   /* if ALLOW */
  char key[ACCESSRULES_KEY_SIZE] ;
} ;

struct modification
{
  char const *name ;
  char const *value ; /* 0: unset */
  size_t namelen ;
} ;

 /* Returns what comes after it. ruleset_cdb_value has seen that there is a NUL. */

static char const *next_modification (char const *s, struct modification *modification)
{
  char const *equal = strchr(s, '=') ;
  modification->name = s ;
  modification->namelen = equal ? (size_t)(equal - s) : strlen(s) ;
  modification->value = equal ? equal + 1 : 0 ;
  return s + strlen(s) + 1 ;
}

 /* Would a file of that name, with that line, be read back as it is here? */

static int is_writable (struct modification const *modification)
{
  size_t len ;
  if (modification->name[0] == '.' || memchr(modification->name, '/', modification->namelen)) return 0 ;
  if (!modification->value) return 1 ;
  len = strlen(modification->value) ;
  if (len >= ACCESSRULES_VALUE_MAX) return 0 ;
  return !len || !memchr(" \t\r", modification->value[len-1], 3) ;
}

static void judge (char const *file, struct rule const *rule)
{
  char const *s = rule->value.env ;
  if (rule->result != ACCESSRULES_ALLOW) return ;
  while (s < rule->value.env + rule->value.envlen)
  {
    struct modification modification ;
    s = next_modification(s, &modification) ;
    if (!is_writable(&modification))
      strerr_dief(EXITCODE_SYSTEM, "rule ", rule->key, " in ", file, " modifies the environment as no file can say it: ", modification.name) ;
  }
  if (rule->value.execlen > ACCESSRULES_EXEC_MAX || memchr(rule->value.exec, 0, rule->value.execlen))
    strerr_dief(EXITCODE_SYSTEM, "rule ", rule->key, " in ", file, " has an exec entry that is too long, or has a NUL in it") ;
}

 /* 1: the next rule, 0: there is no more. */

static int next_rule (accessrules const *rules, uint32_t *position, struct rule *rule)
{
  ruleset_record record ;
  if (ruleset_cdb_next(rules->map, rules->size, position, &record) <= 0) return 0 ;
  if (record.keylen >= ACCESSRULES_KEY_SIZE || !ruleset_key_is_sound(record.key, record.keylen))
    strerr_dief(EXITCODE_SYSTEM, rules->path, " has a key that is not a class and a plain name") ;
  memcpy(rule->key, record.key, record.keylen) ;
  rule->key[record.keylen] = 0 ;
  rule->result = ruleset_cdb_value(record.data, record.datalen, &rule->value) ;
  return 1 ;
}

static int write_file (int dirfd, char const *name, char const *text, size_t len)
{
  int e ;
  size_t written ;
  int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666) ;
  if (fd == -1) return 0 ;
  written = allwrite(fd, text, len) ;
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return written == len ;
}

 /* The descriptor of a directory in another; made if it is not there, unless it must be new. */

static int enter (int dirfd, char const *name, int is_new)
{
  if (mkdirat(dirfd, name, 0777) == -1 && (is_new || errno != EEXIST)) return -1 ;
  return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) ;
}

static int write_modification (int dirfd, struct modification const *modification)
{
  char name[ACCESSRULES_VALUE_MAX] ;
  char text[ACCESSRULES_VALUE_MAX] ;
  size_t len = 0 ;
  if (modification->namelen >= sizeof(name)) return (errno = ENAMETOOLONG, 0) ;
  memcpy(name, modification->name, modification->namelen) ;
  name[modification->namelen] = 0 ;
  if (modification->value)
  {
    for (; modification->value[len] ; len++)
      text[len] = modification->value[len] == '\n' ? 0 : modification->value[len] ;
    text[len++] = '\n' ;
  }
  return write_file(dirfd, name, text, len) ;
}

static int write_env (int dirfd, ruleset_value const *value)
{
  char const *s = value->env ;
  int done = 1 ;
  int e ;
  int fd = enter(dirfd, "env", 1) ;
  if (fd == -1) return 0 ;
  while (done && s < value->env + value->envlen)
  {
    struct modification modification ;
    s = next_modification(s, &modification) ;
    done = write_modification(fd, &modification) ;
  }
  e = errno ;
  fd_close(fd) ;
  errno = e ;
  return done ;
}

static int write_actions (int dirfd, struct rule const *rule)
{
  if (rule->result != ACCESSRULES_ALLOW) return write_file(dirfd, "deny", "", 0) ;
  if (rule->value.envlen && !write_env(dirfd, &rule->value)) return 0 ;
  if (rule->value.execlen && !write_file(dirfd, "exec", rule->value.exec, rule->value.execlen)) return 0 ;
  return write_file(dirfd, "allow", "", 0) ;
}

static int write_rule (int dirfd, struct rule const *rule)
{
  char class[ACCESSRULES_KEY_SIZE] ;
  size_t len = strcspn(rule->key, "/") ;
  int done, e, classfd, rulefd ;
  memcpy(class, rule->key, len) ;
  class[len] = 0 ;
  classfd = enter(dirfd, class, 0) ;
  if (classfd == -1) return 0 ;
  rulefd = enter(classfd, rule->key + len + 1, 1) ;
  done = rulefd >= 0 && write_actions(rulefd, rule) ;
  e = errno ;
  if (rulefd >= 0) fd_close(rulefd) ;
  fd_close(classfd) ;
  errno = e ;
  return done ;
}

static void write_rules (char const *dir, accessrules const *rules)
{
  struct rule rule ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  int fd = -1 ;
  int e ;
  if (mkdir(dir, 0777) == -1) strerr_diefusys(EXITCODE_SYSTEM, "make directory ", dir) ;
  strcpy(rule.key, "the first rule") ;  /* for a message: shorter than any key may be */
  fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) ;
  if (fd == -1) goto err ;
  while (next_rule(rules, &position, &rule))
    if (!write_rule(fd, &rule)) goto err ;
  fd_close(fd) ;
  return ;

 err:
  e = errno ;
  rm_rf(dir) ;
  errno = e ;
  strerr_diefusys(EXITCODE_SYSTEM, "write ", rule.key, " in ", dir) ;
}

int main (int argc, char const *const *argv)
{
  accessrules rules = ACCESSRULES_ZERO ;
  subgetopt l = SUBGETOPT_ZERO ;
  struct rule rule ;
  uint32_t position = ACCESSRULES_CDB_HEADER_SIZE ;
  PROG = "s6-accessrules-fs-from-cdb" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!argv[0] || !argv[1]) dieusage() ;

  if (!accessrules_open_cdb(&rules, argv[1]))
  {
    if (errno == EPROTO) strerr_dief(EXITCODE_SYSTEM, argv[1], " is not a whole and sound cdb of access rules") ;
    if (errno == EINVAL) strerr_dief(EXITCODE_SYSTEM, argv[1], " is no file (the directory to be made comes first, then the cdb)") ;
    strerr_diefusys(EXITCODE_SYSTEM, "read ", argv[1]) ;
  }
  while (next_rule(&rules, &position, &rule)) judge(argv[1], &rule) ;
  write_rules(argv[0], &rules) ;
  return EXITCODE_OK ;
}
