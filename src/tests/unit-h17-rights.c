/* ISC license. */

/* H17, the daemon's part: shapes of rules x operations x odd ids, as tables,
   with the default deny proved for each operation. The rules' own shapes are
   in unit-h17-accessrules-table.c. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum operation
{
  MAY_STORE = 1,
  MAY_DELETE = 2,
  MAY_RETRIEVE = 4,
  MAY_TAKE = 8,  /* retrieve and delete */
  MAY_LIST = 16,
  MAY_GETDUMP = 32,
  MAY_SETDUMP = 64,
  MAY_CONNECT = 128,
  STORING = MAY_CONNECT | MAY_STORE | MAY_DELETE,
  RETRIEVING = MAY_CONNECT | MAY_RETRIEVE,
  EVERYTHING = 255
} ;

struct rule
{
  char const *key ;
  int isdeny ;
  char const *store ;
  char const *retrieve ;
  char const *flags ;
} ;

struct shape
{
  char const *name ;
  struct rule rules[2] ;
  unsigned int granted ;
} ;

#define ALL ".*", ".*", "LIST GETDUMP SETDUMP"
#define DEFAULT "uid/default", 0
#define OWN_UID "uid/65533"
#define OWN_GID "gid/65533"
#define NO_RULE { 0, 0, 0, 0, 0 }
#define DENY(key) { key, 1, 0, 0, 0 }

static struct shape const shapes[] =
{
  { "no rule", { NO_RULE, NO_RULE }, 0 },
  { "leave to connect alone", { { DEFAULT, 0, 0, "" }, NO_RULE }, MAY_CONNECT },
  { "store alone", { { DEFAULT, ".*", 0, "" }, NO_RULE }, STORING },
  { "retrieve alone", { { DEFAULT, 0, ".*", "" }, NO_RULE }, RETRIEVING },
  { "list alone", { { DEFAULT, 0, 0, "LIST" }, NO_RULE }, MAY_CONNECT | MAY_LIST },
  { "getdump alone", { { DEFAULT, 0, 0, "GETDUMP" }, NO_RULE }, MAY_CONNECT | MAY_GETDUMP },
  { "setdump alone", { { DEFAULT, 0, 0, "SETDUMP" }, NO_RULE }, MAY_CONNECT | MAY_SETDUMP },
  { "store and retrieve", { { DEFAULT, ".*", ".*", "" }, NO_RULE }, STORING | RETRIEVING | MAY_TAKE },
  { "everything", { { DEFAULT, ALL }, NO_RULE }, EVERYTHING },
  { "everything but store", { { DEFAULT, 0, ".*", "LIST GETDUMP SETDUMP" }, NO_RULE }, EVERYTHING & ~(MAY_STORE | MAY_DELETE | MAY_TAKE) },
  { "everything but retrieve", { { DEFAULT, ".*", 0, "LIST GETDUMP SETDUMP" }, NO_RULE }, EVERYTHING & ~(MAY_RETRIEVE | MAY_TAKE) },
  { "everything but list", { { DEFAULT, ".*", ".*", "GETDUMP SETDUMP" }, NO_RULE }, EVERYTHING & ~MAY_LIST },
  { "everything but getdump", { { DEFAULT, ".*", ".*", "LIST SETDUMP" }, NO_RULE }, EVERYTHING & ~MAY_GETDUMP },
  { "everything but setdump", { { DEFAULT, ".*", ".*", "LIST GETDUMP" }, NO_RULE }, EVERYTHING & ~MAY_SETDUMP },
  { "an empty expression", { { DEFAULT, "", ".*", "LIST" }, NO_RULE }, RETRIEVING | MAY_LIST },
  { "an expression that is a newline", { { DEFAULT, ".*", "\n", "LIST" }, NO_RULE }, STORING | MAY_LIST },
  { "an expression that does not compile", { { DEFAULT, "(", ".*", "LIST" }, NO_RULE }, RETRIEVING | MAY_LIST },
  { "one's own uid", { { OWN_UID, 0, ALL }, NO_RULE }, EVERYTHING },
  { "another uid", { { "uid/65532", 0, ALL }, NO_RULE }, 0 },
  { "one's own gid", { { OWN_GID, 0, ALL }, NO_RULE }, EVERYTHING },
  { "another gid", { { "gid/65532", 0, ALL }, NO_RULE }, 0 },
  { "the daemon's gid", { { "gid/self", 0, ALL }, NO_RULE }, 0 },
  { "gid/default, which is no rule", { { "gid/default", 0, ALL }, NO_RULE }, 0 },
  { "one's own uid is denied", { DENY(OWN_UID), { DEFAULT, ALL } }, 0 },
  { "one's own gid is denied", { DENY(OWN_GID), { DEFAULT, ALL } }, 0 },
  { "all others are denied", { { OWN_UID, 0, ALL }, DENY("uid/default") }, EVERYTHING },
  { "the uid decides before the gid", { { OWN_UID, 0, 0, 0, "LIST" }, { OWN_GID, 0, ALL } }, MAY_CONNECT | MAY_LIST },
  { "the gid decides before the default", { { OWN_GID, 0, 0, 0, "LIST" }, { DEFAULT, ALL } }, MAY_CONNECT | MAY_LIST }
} ;

struct match
{
  char const *expression ;
  char const *id ;
  int ismatching ;
} ;

static struct match const matches[] =
{
  { "^a", "ab", 1 }, { "^a", "ba", 0 }, { "b$", "ab", 1 }, { "b$", "ab\n", 0 }, { "^b", "a\nb", 0 },
  { "^b\n", "b", 1 }, { "^.$", "\n", 1 }, { "^.$", "\001", 1 }, { "^[[:alnum:]]+$", "a b", 0 }, { "^[[:alnum:]]+$", "a1", 1 },
  { "^a\\*$", "a*", 1 }, { "^a\\*$", "aa", 0 }, { "^(x|y)$", "y", 1 }, { "^(x|y)$", "xy", 0 }, { "^B", "b", 0 },
  { "^a/\\.\\./b$", "a/../b", 1 }, { "^\"'`\\$", "\"'`$(x)", 1 }, { "nothing", "something else", 0 }
} ;

static struct testdaemon holder ;
static struct rawclient checker ;
static int file ;

static void write_rules (struct rule const *rules, unsigned int n)
{
  testdaemon_forget_rules() ;
  testdaemon_allow_all("uid/self") ;
  for (unsigned int i = 0 ; i < n && rules[i].key ; i++)
  {
    if (rules[i].isdeny) testdaemon_deny(rules[i].key) ;
    else testdaemon_allow(rules[i].key, rules[i].store, rules[i].retrieve, rules[i].flags) ;
  }
}

static void restore (void)
{
  static char const *const ids[] = { "d", "n", "r", "t" } ;
  for (unsigned int i = 0 ; i < 4 ; i++) raw_delete(&checker, ids[i]) ;
  raw_must_store(&checker, "d", file) ;
  raw_must_store(&checker, "r", file) ;
  raw_must_store(&checker, "t", file) ;
}

static int retrieve (struct rawclient *c, unsigned int flags, char const *id)
{
  int fd ;
  int e = raw_retrieve(c, flags, id, &fd) ;
  if (fd >= 0) close(fd) ;
  return e ;
}

static int getdump (struct rawclient *c)
{
  int e = raw_command(c, "?", 1, 0, 0) ;
  if (!e) e = raw_receive(c) ;
  raw_drop_fds(c) ;
  return e ;
}

static unsigned int bit (int e, unsigned int operation, unsigned int *wrong)
{
  if (e && e != EPERM) *wrong |= operation ;
  return e ? 0 : operation ;
}

 /* What is granted, and in *wrong what was refused otherwise than by EPERM. */

static unsigned int try_all (enum frame_dialect dialect, unsigned int *wrong)
{
  struct rawclient c ;
  unsigned int granted = MAY_CONNECT ;
  *wrong = 0 ;
  if (!raw_connect(&c, "s", TEST_UID, dialect) || raw_delete(&c, "none") == RAW_CLOSED)
  {
    raw_close(&c) ;
    return 0 ;
  }
  granted |= bit(raw_store(&c, "n", 0, file), MAY_STORE, wrong) ;
  granted |= bit(raw_delete(&c, "d"), MAY_DELETE, wrong) ;
  granted |= bit(retrieve(&c, 0, "r"), MAY_RETRIEVE, wrong) ;
  granted |= bit(retrieve(&c, 1, "t"), MAY_TAKE, wrong) ;
  if (granted & MAY_TAKE && dialect == FRAME_NATIVE && raw_acknowledge(&c)) *wrong |= MAY_TAKE ;
  granted |= bit(raw_list(&c), MAY_LIST, wrong) ;
  granted |= bit(getdump(&c), MAY_GETDUMP, wrong) ;
  granted |= bit(raw_setdump(&c, 0), MAY_SETDUMP, wrong) ;
  raw_close(&c) ;
  return granted ;
}

static void check_shape (struct shape const *shape, enum frame_dialect dialect)
{
  char const *dialectname = dialect == FRAME_S6 ? "s6" : "native" ;
  unsigned int granted, wrong ;
  write_rules(shape->rules, 2) ;
  restore() ;
  granted = try_all(dialect, &wrong) ;
  if (!tap_ok(granted == shape->granted, "H17: %s: %s", dialectname, shape->name))
    tap_diag("got %#x, wanted %#x", granted, shape->granted) ;
  if (!tap_ok(!wrong, "H17: %s: %s: all that is refused is refused by EPERM", dialectname, shape->name))
    tap_diag("but %#x", wrong) ;
}

static void check_match (struct match const *m, enum frame_dialect dialect)
{
  struct rule const storing = { DEFAULT, m->expression, 0, "" } ;
  struct rule const retrieving = { DEFAULT, 0, m->expression, "" } ;
  int want = m->ismatching ? 0 : EPERM ;
  struct rawclient c ;
  write_rules(&storing, 1) ;
  if (!raw_connect(&c, "s", TEST_UID, dialect)) tap_bail("connect") ;
  tap_error(raw_store(&c, m->id, 0, file), want, "H17: storing is %s", want ? "denied where the expression does not match" : "granted where it matches") ;
  raw_close(&c) ;
  raw_store(&checker, m->id, 0, file) ;
  write_rules(&retrieving, 1) ;
  if (!raw_connect(&c, "s", TEST_UID, dialect)) tap_bail("connect") ;
  tap_error(retrieve(&c, 0, m->id), want, "H17: and so is retrieving") ;
  raw_close(&c) ;
  raw_delete(&checker, m->id) ;
}

int main (void)
{
  if (!testdaemon_isroot()) tap_skip_all("needs root") ;
  testdaemon_workdir() ;
  write_rules(0, 0) ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  file = testfile() ;
  raw_must_connect(&checker, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < sizeof(shapes) / sizeof(*shapes) ; i++)
  {
    check_shape(shapes + i, FRAME_NATIVE) ;
    check_shape(shapes + i, FRAME_S6) ;
  }
  for (unsigned int i = 0 ; i < sizeof(matches) / sizeof(*matches) ; i++) check_match(matches + i, i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
  raw_close(&checker) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
