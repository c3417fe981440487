/* ISC license. */

/* H22, the daemon's part: one system call or allocation after the other
   fails, and now and then several of them, while clients of both dialects
   store, retrieve, take, dump and delete. Afterwards the daemon is alive,
   holds what it has acknowledged and nothing else, and has no descriptor
   open that it had not before.
   With an argument: the same with every errno that is likely. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/wait.h>

#include "support/faults.h"
#include "support/ledger.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { KEPT = 3, DUMPED = 3, ENTRIES = KEPT + DUMPED + 2, CALLS_MAX = 2000, SETTLE = 300 } ;
enum groups { GROUP_NONE, GROUP_KEPT, GROUP_DUMP } ;

static struct ledger_entry entries[ENTRIES] =
{
  { "kept 1", -1, LEDGER_ABSENT, GROUP_KEPT }, { "kept 2", -1, LEDGER_ABSENT, GROUP_KEPT }, { "kept 3", -1, LEDGER_ABSENT, GROUP_KEPT },
  { "dumped 1", -1, LEDGER_ABSENT, GROUP_DUMP }, { "dumped 2", -1, LEDGER_ABSENT, GROUP_DUMP }, { "dumped 3", -1, LEDGER_ABSENT, GROUP_DUMP },
  { "one", -1, LEDGER_ABSENT, GROUP_NONE }, { "limited", -1, LEDGER_ABSENT, GROUP_NONE }
} ;
static struct ledger ledger = { .entries = entries, .n = ENTRIES } ;
static struct ledger_entry *const dumped = entries + KEPT ;
static struct ledger_entry *const one = entries + KEPT + DUMPED ;
static struct ledger_entry *const limited = entries + KEPT + DUMPED + 1 ;

static struct faults *faults ;
static struct testdaemon holder ;
static unsigned int fds_at_rest ;

 /* Once a connection is closed, nothing more is asked on it. */

static int isclosed ;

static void note (struct ledger_entry *e, int r, enum ledger_state wanted)
{
  ledger_note(e, r, wanted) ;
  if (r < 0) isclosed = 1 ;
}

static void store (struct rawclient *c, struct ledger_entry *e, tain const *limit)
{
  if (!isclosed) note(e, raw_store(c, e->id, limit, e->fd), LEDGER_PRESENT) ;
}

static void delete (struct rawclient *c, struct ledger_entry *e)
{
  if (!isclosed) note(e, raw_delete(c, e->id), LEDGER_ABSENT) ;
}

 /* In s6's dialect the answer is all; in the native one it is a promise. */

static void take (struct rawclient *c, struct ledger_entry *e)
{
  int fd, r ;
  if (isclosed) return ;
  r = raw_retrieve(c, 1, e->id, &fd) ;
  if (!r && c->dialect == FRAME_NATIVE) r = raw_acknowledge(c) ;
  if (!r && fd >= 0 && !testfile_same(fd, e->fd)) tap_ok(0, "took another file") ;
  if (fd >= 0) close(fd) ;
  note(e, r, LEDGER_ABSENT) ;
}

static void retrieve (struct rawclient *c, struct ledger_entry const *e)
{
  int fd ;
  if (!raw_retrieve(c, 0, e->id, &fd) && !testfile_same(fd, e->fd)) tap_ok(0, "retrieved another file") ;
  if (fd >= 0) close(fd) ;
}

static void set_dump (struct rawclient *c)
{
  char const *ids[DUMPED] ;
  int fds[DUMPED] ;
  int r ;
  if (isclosed) return ;
  r = raw_setdump(c, DUMPED) ;
  if (r < 0) isclosed = 1 ;
  if (r) return ;
  for (unsigned int i = 0 ; i < DUMPED ; i++)
  {
    ids[i] = dumped[i].id ;
    fds[i] = dumped[i].fd ;
  }
  r = raw_dumpframe(c, ids, fds, DUMPED - 1) == EAGAIN ? raw_dumpframe(c, ids + DUMPED - 1, fds + DUMPED - 1, 1) : EIO ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) note(dumped + i, r, LEDGER_PRESENT) ;
}

static void get_dump (struct rawclient *c)
{
  if (!raw_command(c, "?", 1, 0, 0) && c->len == WIRE_GETDUMP_REPLY_PACK) raw_receive(c) ;
  raw_drop_fds(c) ;
}

static void operate (enum frame_dialect dialect)
{
  struct rawclient c ;
  tain limit ;
  if (!raw_connect(&c, holder.path, -1, dialect))
  {
    raw_close(&c) ;
    return ;
  }
  isclosed = 0 ;
  raw_limit(&limit, 60000) ;
  store(&c, one, 0) ;
  retrieve(&c, entries) ;
  store(&c, limited, &limit) ;
  take(&c, one) ;
  set_dump(&c) ;
  raw_list(&c) ;
  get_dump(&c) ;
  kill(holder.pid, SIGHUP) ;
  retrieve(&c, entries + 1) ;
  delete(&c, limited) ;
  for (unsigned int i = 0 ; i < DUMPED ; i++) delete(&c, dumped + i) ;
  raw_close(&c) ;
}

static int settle (void)
{
  for (unsigned int i = 0 ; i < SETTLE ; i++)
  {
    if (testdaemon_count_fds(&holder) == fds_at_rest) return 1 ;
    test_sleep(5) ;
  }
  return 0 ;
}

static int is_alive (void)
{
  siginfo_t info = { .si_pid = 0 } ;
  waitid(P_PID, holder.pid, &info, WEXITED | WNOHANG | WNOWAIT) ;
  if (info.si_pid) tap_diag("the daemon has ended: %s %d", info.si_code == CLD_EXITED ? "exit code" : "signal", info.si_status) ;
  return !info.si_pid ;
}

static void start (char const *const *options)
{
  struct rawclient c ;
  testdaemon_start(&holder, "s", options) ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) entries[i].state = LEDGER_ABSENT ;
  if (!raw_connect(&c, holder.path, -1, FRAME_NATIVE)) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < KEPT ; i++) store(&c, entries + i, 0) ;
  raw_close(&c) ;
  if (!ledger_check(&ledger, holder.path)) tap_diag("%s", ledger.problem) ;
  fds_at_rest = 0 ;
  for (unsigned int last = ~0U ; last != fds_at_rest ; test_sleep(50))
  {
    last = fds_at_rest ;
    fds_at_rest = testdaemon_count_fds(&holder) ;
  }
}

 /* Why the daemon is not as it must be, or 0. */

static char const *look (void)
{
  if (!is_alive()) return "the daemon has died" ;
  if (!ledger_check(&ledger, holder.path) || !ledger_clean(&ledger, holder.path, GROUP_KEPT))
    return is_alive() ? ledger.problem : "the daemon has died afterwards" ;
  return settle() ? 0 : "a descriptor stays open" ;
}

 /* An expression that has not been compiled before. */

static void renew_rules (unsigned int k)
{
  char expression[64] ;
  snprintf(expression, sizeof(expression), "^(.*|number %u)$", k) ;
  testdaemon_allow("uid/default", expression, expression, "LIST GETDUMP SETDUMP") ;
}

static char const *try (enum fault_function function, unsigned int from, unsigned int to, int number)
{
  if (function == FAULT_REGCOMP) renew_rules(from) ;
  faults_arm(faults, function, from, to, number) ;
  operate(from % 2 ? FRAME_NATIVE : FRAME_S6) ;
  operate(from % 2 ? FRAME_S6 : FRAME_NATIVE) ;
  faults_disarm(faults) ;
  return look() ;
}

 /* One call alone, and now and then with some that follow, until none is reached. What
    the daemon tries again by a timer must succeed one day. */

static void until_none (enum fault_function function, int number, char const *const *options)
{
  unsigned int const burst = function <= FAULT_CALLOC ? CALLS_MAX : 2 ;
  unsigned int k = 0 ;
  char const *problem = 0 ;
  do
  {
    unsigned int to = ++k % 8 == 3 ? k + burst : k ;
    problem = try(function, k, to, number) ;
    if (problem) tap_diag("call %u to %u of %s", k, to, fault_names[function]) ;
  }
  while (!problem && faults->failed && k < CALLS_MAX) ;
  tap_string(problem, 0, "%s: %s, %u calls, %s", options ? "cdb" : "directory", fault_names[function], k - 1, number ? strerror(number) : "its usual error") ;
  tap_most(k, CALLS_MAX - 1, "%s: %s: its calls come to an end", options ? "cdb" : "directory", fault_names[function]) ;
  if (!problem) return ;
  testdaemon_stop(&holder) ;
  start(options) ;
}

static void all_functions (char const *const *options, int isfull)
{
  static int const numbers[] = { EMFILE, ENFILE, ENOMEM, ENOBUFS, EPERM, EPROTO, ECONNABORTED, EIO, EINVAL, EINTR } ;
  start(options) ;
  for (unsigned int f = FAULT_NONE + 1 ; f < FAULT_COUNT ; f++)
  {
    until_none(f, 0, options) ;
    if (!isfull) continue ;
    for (unsigned int i = 0 ; i < sizeof(numbers) / sizeof(int) ; i++)
      if (numbers[i] != EINTR) until_none(f, numbers[i], options) ;
  }
  testdaemon_finish(&holder) ;
}

int main (int argc, char const *const *argv)
{
  static char const *const cdb[] = { "-x", "rules.cdb", 0 } ;
  (void)argv ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_compile_rules() ;
  faults = preloaded_begin() ;
  for (unsigned int i = 0 ; i < ENTRIES ; i++) entries[i].fd = testfile() ;
  all_functions(0, argc > 1) ;
  all_functions(cdb, argc > 1) ;
  return tap_done() ;
}
