/* ISC license. */

/* H20: a rules cdb that SIGHUP brings in counts for the next request of a
   connection that is there already; a bad one changes nothing for it. */

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { PATIENCE = 500 } ;

static struct testdaemon holder ;

static void make_cdb (char const *flags)
{
  testdaemon_forget_rules() ;
  testdaemon_allow("uid/default", ".*", ".*", flags) ;
  testdaemon_compile_rules() ;
}

 /* What a list is answered with, when it is that or has not been for long. */

static int wait_for (struct rawclient *c, int answer)
{
  int e = raw_list(c) ;
  for (unsigned int i = 0 ; e != answer && e >= 0 && i < PATIENCE ; i++)
  {
    test_sleep(10) ;
    e = raw_list(c) ;
  }
  return e ;
}

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  make_cdb("LIST") ;
  kill(holder.pid, SIGHUP) ;
  raw_must_connect(&c, "s", dialect) ;
  tap_error(wait_for(&c, 0), 0, "H20: %s: a held connection may list", name) ;
  make_cdb("GETDUMP") ;
  tap_error(raw_list(&c), 0, "H20: %s: a new file alone changes nothing", name) ;
  kill(holder.pid, SIGHUP) ;
  tap_error(wait_for(&c, EPERM), EPERM, "H20: %s: after SIGHUP it may not", name) ;
  make_cdb("LIST") ;
  kill(holder.pid, SIGHUP) ;
  tap_error(wait_for(&c, 0), 0, "H20: %s: after another it may again", name) ;
  testdaemon_write("rules.cdb", "not a cdb") ;
  kill(holder.pid, SIGHUP) ;
  test_sleep(100) ;
  tap_error(raw_list(&c), 0, "H20: %s: a bad file changes nothing for it", name) ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_workdir() ;
  make_cdb("LIST") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-x", "rules.cdb", 0 }) ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
