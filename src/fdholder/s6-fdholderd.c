/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/accessrules.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/closing.h"
#include "exitcodes.h"
#include "libchain/usage.h"
#include "libfdholderd/keeper.h"
#include "libfdholderd/kept.h"
#include "libfdholderd/serve.h"
#include "libfdholderd/state.h"
#include "libfdholderd/upgrade.h"
#include "libdaemon/readiness.h"
#include "libfdholderd/verbs.h"

#include "libdaemon/complaint.h"
#include "libdaemon/log.h"

#define USAGE "s6-fdholderd [ -v verbosity ] [ -1 ] [ -c maxconn ] [ -n maxfds ] [ -t timeout ] [ -T lameducktimeout ] [ -k ] [ -i rulesdir | -x rulesfile ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { TIMEOUT_DEFAULT_MS = 10000 } ;

struct options
{
  unsigned int verbosity ;
  unsigned int notify ;
  unsigned int maxconn ;
  unsigned int maxfds ;
  unsigned int timeout ;
  unsigned int lameduck ;
  unsigned int keep ;
  char const *rulesdir ;
  char const *rulesfile ;
} ;

static struct upgrade_heritage before = UPGRADE_HERITAGE_ZERO ;
static int isnotifying ;
static int iskeeper ;
#define isheir (before.words.fd >= 0)

static void fail (char const *what)
{
  if (!isheir || before.words.istrial || before.words.isstarted) strerr_diefusys(EXITCODE_SYSTEM, what) ;
  do strerr_warnwusys(what, ": trying again") ;
  while (upgrade_begin_anew(&before)) ;
  _exit(EXITCODE_OK) ;
}

 /* Before anything else is opened. */

static void load (void)
{
  char const *why ;
  if (!before.words.istrial && !upgrade_mark(&before.words, FD_CLOEXEC)) fail("keep what was handed over") ;
  if (!isheir) return ;
  switch (state_load(&before.state, before.words.fd, !before.words.istrial, &why))
  {
    case STATE_GOOD : break ;
    case STATE_BAD : strerr_dief(EXITCODE_SYSTEM, "unable to take a state over: ", why) ;
    case STATE_UNREADABLE : fail("read the state that was handed over") ;
  }
}

static void scan (char const *s, unsigned int *value)
{
  if (!uint0_scan(s, value)) dieusage() ;
}

static void parse (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "v:1c:n:t:T:ki:x:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'v' : scan(l.arg, &o->verbosity) ; break ;
      case '1' : o->notify = 1 ; break ;
      case 'c' : scan(l.arg, &o->maxconn) ; if (!o->maxconn) o->maxconn = 1 ; break ;
      case 'n' : scan(l.arg, &o->maxfds) ; if (!o->maxfds) o->maxfds = 1 ; break ;
      case 't' : scan(l.arg, &o->timeout) ; break ;
      case 'T' : scan(l.arg, &o->lameduck) ; break ;
      case 'k' : o->keep = 1 ; break ;
      case 'i' : o->rulesdir = l.arg ; o->rulesfile = 0 ; break ;
      case 'x' : o->rulesfile = l.arg ; o->rulesdir = 0 ; break ;
      default : dieusage() ;
    }
  }
  isnotifying = !!o->notify ;
  iskeeper = before.words.keeper >= 0 || (o->keep && before.words.worker < 0 && !before.words.istrial) ;
  if (argc > l.ind && o->verbosity) strerr_warnw("extra arguments are ignored: ", argv[l.ind], argc > l.ind + 1 ? " ..." : "") ;
  if (!o->rulesdir && !o->rulesfile) strerr_dief(EXITCODE_USAGE, "no access rights: give rules with -i rulesdir or -x rulesfile") ;
  if (o->notify && !isheir) readiness_require() ;  /* the first image has told it */
}

static void fail_rules (char const *path)
{
  char what[sizeof("read rules in ") + ACCESSRULES_PATH_MAX] = "read rules in " ;
  strncat(what, path, ACCESSRULES_PATH_MAX) ;
  fail(what) ;
}

static void open_rules (struct holder *h, struct options const *o)
{
  if (!(o->rulesdir ? policy_init_dir(&h->policy, o->rulesdir, &h->complaints) : policy_init_cdb(&h->policy, o->rulesfile, &h->complaints)))
    fail_rules(o->rulesdir ? o->rulesdir : o->rulesfile) ;
}

 /* A holder that can hold nothing would refuse everything, one by one. */

static void fit_budget (struct holder *h, struct options const *o)
{
  char need[UINT64_FMT] ;
  if (!budget_init(&h->budget, o->maxconn, o->maxfds, &h->log)) fail("raise the limit on open files") ;
  if (h->budget.maxfds || isheir) return ;
  need[uint64_fmt(need, h->budget.wanted)] = 0 ;
  strerr_dief(EXITCODE_SYSTEM, "the limit on open files leaves no room to hold any descriptor: raise the hard limit (ulimit -Hn) to ", need, " or more") ;
}

static void check_socket (struct holder *h)
{
  if (selfsocket_init(&h->self, 0)) return ;
  if (errno == EINVAL || errno == EPROTOTYPE || errno == ENOTSOCK)
    strerr_dief(EXITCODE_SYSTEM, "standard input is not a listening Unix stream socket: run under s6-ipcserver-socketbinder or s6-fdholder-daemon") ;
  fail("use standard input as a listening socket") ;
}

static void begin (struct holder *h, struct options const *o)
{
  complaint_init(&h->complaints, &h->log) ;
  check_socket(h) ;
  if (!iskeeper) open_rules(h, o) ;
}

 /* So much is known before anything is risked. */

static void answer_trial (void)
{
  if (allwrite(1, "\n", 1) < 1) strerr_diefusys(EXITCODE_SYSTEM, "answer") ;
  _exit(EXITCODE_OK) ;
}

static void tell_ready (void)
{
  readiness_tell(isnotifying ? "\n" : 0) ;
}

static void inherit (struct holder *h, struct slots *slots)
{
  if (isheir && !state_inherit(&before.state, h, slots, &STAMP)) fail("take the state over") ;
}

 /* Nothing can fail any longer: what it could be begun anew with is not needed. */

static void forget_before (struct holder *h, struct upgrade *u)
{
  if (!isheir) return ;
  fd_close(before.words.fd) ;
  upgrade_reserve(u) ;
  state_dismiss(&before.state) ;
  state_free(&before.state) ;
  if (!before.words.isstarted) log_line(&h->log, LOG_INFO, iskeeper ? "keeper: " : "", "executed itself, and goes on") ;
}

static void prepare (struct holder *h, struct options const *o)
{
  fit_budget(h, o) ;
  flight_init(&h->flight, flight_bound()) ;  /* the limit is final by now */
  closing_begin(h, !iskeeper) ;
  before.closer = &h->closer ;
  store_init(&h->store, &h->fdtable, h->budget.maxfds, iskeeper ? 0 : &verbs_observe, h) ;
  if (!tain_now_set_stopwatch_g()) fail("read the clock") ;
}

static int hold (struct holder *h, struct options const *o)
{
  static struct serve s ;
  struct serve_options options = { .argv = before.argv } ;
  clock_timeout(&options.timeout, o->timeout) ;
  clock_timeout(&options.lameduck, o->lameduck) ;
  if (!serve_init(&s, h, 0, &options)) fail("begin the loop") ;
  if (before.words.worker >= 0 && !kept_begin(&h->kept, before.words.worker, &STAMP)) fail("use the channel to the keeper") ;
  inherit(h, &s.slots) ;  /* who waited for a place may be served here already */
  closing_await(h) ;
  if (before.words.isstarted) kept_ready(&h->kept, &STAMP) ;
  forget_before(h, &s.upgrade) ;
  if (!isheir) tell_ready() ;
  serve_run(&s) ;
  return EXITCODE_OK ;
}

static int keep (struct holder *h)
{
  static struct keeper k ;
  struct keeper_options const options = { .argv = before.argv, .ready = &tell_ready } ;
  if (!keeper_init(&k, h, &options)) fail("begin the loop") ;
  inherit(h, 0) ;
  k.isready = isheir ;
  if (before.words.keeper < 0) keeper_start(&k, &STAMP) ;
  else if (!keeper_adopt(&k, before.words.keeper, before.words.process, isheir)) fail("keep that holder") ;
  forget_before(h, &k.upgrade) ;
  return keeper_run(&k) ;
}

int main (int argc, char const *const *argv)
{
  static struct holder h = { .fdtable = FDTABLE_ZERO, .log = LOG_ZERO } ;
  struct options o = { .verbosity = 1, .timeout = TIMEOUT_DEFAULT_MS, .lameduck = TIMEOUT_DEFAULT_MS } ;
  int code ;
  PROG = "s6-fdholderd" ;
  usage_asked(argc, argv, USAGE) ;
  before.argv = argv ;
  before.words = upgrade_words(argv) ;
  load() ;
  parse(argc - before.words.n, argv + before.words.n, &o) ;
  if (!fd_sanitize()) fail("open /dev/null on a standard descriptor") ;
  h.log.verbosity = o.verbosity ;
  begin(&h, &o) ;
  if (before.words.istrial) answer_trial() ;
  prepare(&h, &o) ;
  code = iskeeper ? keep(&h) : hold(&h, &o) ;
  complaint_end(&h.complaints) ;
  closer_end(&h.closer) ;
  return code ;
}
