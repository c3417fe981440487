/* ISC license. */

#include <errno.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/notifyfd.h"
#include "libchain/usage.h"
#include "libdaemon/log.h"
#include "liblogger/logger.h"
#include "liblogger/script.h"

#define USAGE "s6-log [ -n ] [ -d fd ] [ -q | -v ] [ -b ] [ -p ] [ -l linelimit ] [ -t timeout ] script..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

static unsigned int scan_number (char const *s)
{
  unsigned int n ;
  if (!uint0_scan(s, &n)) dieusage() ;
  return n ;
}

 /* A script may begin with a selection, which looks like an option that there is not. */

static int parse (int argc, char const *const *argv, struct logger_options *o, struct log *log, int *ready, int *isexplaining)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "d:nqvbpl:t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'd' :
        *ready = notifyfd_scan(l.arg) ;
        if (coe(*ready) == -1) strerr_diefusys(EXITCODE_SYSTEM, "use the descriptor of -d") ;
        break ;
      case 'n' : *isexplaining = 1 ; break ;
      case 'q' : if (log->verbosity) log->verbosity-- ; break ;
      case 'v' : log->verbosity++ ; break ;
      case 'b' : o->iscushioned = 0 ; break ;
      case 'p' : o->ispersistent = 1 ; break ;
      case 'l' :
        o->limit = scan_number(l.arg) ;
        if (o->limit && o->limit < LOGGER_LINE_MIN) o->limit = LOGGER_LINE_MIN ;
        break ;
      case 't' : o->timeout = scan_number(l.arg) ; break ;
      default : dieusage() ;
    }
  }
  return l.ind ;
}

static void compile (struct script *script, char const *const *words)
{
  struct script_error error ;
  if (script_compile(script, words, &error))
  {
    if (script->useless) strerr_warnw("nothing comes after the selection ", script->useless) ;
    return ;
  }
  if (errno == ENOMEM) strerr_diefusys(EXITCODE_SYSTEM, "compile the script") ;
  if (error.word) strerr_dief(EXITCODE_USAGE, error.word, ": ", error.text) ;
  strerr_dief(EXITCODE_USAGE, error.text) ;
}

static void explain (struct script const *script)
{
  stralloc sa = STRALLOC_ZERO ;
  if (!script_explain(&sa, script)) strerr_diefusys(EXITCODE_SYSTEM, "explain the script") ;
  if (allwrite(1, sa.s, sa.len) < sa.len) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
  stralloc_free(&sa) ;
}

int main (int argc, char const *const *argv)
{
  static struct logger logger ;
  struct logger_options options = { .limit = LOGGER_LINE_USUALLY, .timeout = LOGGER_TIMEOUT_USUALLY, .iscushioned = 1 } ;
  struct log log = LOG_ZERO ;
  struct script script ;
  char const *what ;
  int ready = -1 ;
  int isexplaining = 0 ;
  PROG = "s6-log" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse(argc, argv, &options, &log, &ready, &isexplaining) ;
  if (!argv[0]) dieusage() ;
  if (!fd_sanitize()) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  compile(&script, argv) ;
  if (isexplaining)
  {
    explain(&script) ;
    return EXITCODE_OK ;
  }
  if (!logger_init(&logger, &script, &options, &log, &what)) strerr_diefusys(EXITCODE_SYSTEM, "open ", what) ;
  notifyfd_tell(ready) ;
  if (!logger_run(&logger)) strerr_diefusys(EXITCODE_SYSTEM, "go on") ;
  return EXITCODE_OK ;
}
