/* ISC license. */

/* H49: what a client can make the holder say at the default verbosity is said
   once, however often it is done; how many more there were is told later. */

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { SECONDS = 1, SECONDS_MAX = 20, BYTES_MAX = 4096, TIMES_MIN = 50 } ;

static struct testdaemon holder ;

 /* A frame that cannot be. */

static void say_nonsense (void)
{
  static char const nonsense[] = "\0\0\377\377\0\0\377\377" ;
  struct rawclient c ;
  if (!raw_connect(&c, "s", TEST_UID, FRAME_S6)) return ;
  raw_send(c.fd, nonsense, sizeof(nonsense), 0, 0) ;
  raw_isclosed(&c) ;
  raw_close(&c) ;
}

 /* The right cannot be read: it is a directory. */

static void ask_in_vain (void)
{
  struct rawclient c ;
  int fd ;
  if (!raw_connect(&c, "s", TEST_UID_OTHER, FRAME_S6)) return ;
  raw_retrieve(&c, 0, "x", &fd) ;
  raw_close(&c) ;
}

static off_t log_size (void)
{
  struct stat st ;
  if (stat("log", &st) == -1) tap_bail("stat log") ;
  return st.st_size ;
}

static void check (char const *name, void (*f) (void))
{
  off_t before = log_size() ;
  double start = test_seconds() ;
  unsigned int wanted = testdaemon_isslow() ? 1 : TIMES_MIN ;
  unsigned int times = 0 ;
  long bytes ;
  for (; test_seconds() < start + (times < wanted ? SECONDS_MAX : SECONDS) ; times++) (*f)() ;
  testdaemon_rest(&holder) ;
  bytes = (long)(log_size() - before) ;
  tap_least(times, wanted, "H49: %s, again and again", name) ;
  tap_least(bytes, 1, "H49: it is told, in bytes") ;
  tap_most(bytes, BYTES_MAX, "H49: and not each time") ;
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  testdaemon_workdir() ;
  if (!testdaemon_isroot()) tap_skip_all("needs root, to act as two users") ;
  testdaemon_allow("uid/65533", 0, 0, "") ;
  testdaemon_allow("uid/65532", 0, 0, "LIST") ;
  if (mkdir("rules/uid/65532/env/S6_FDHOLDER_RETRIEVE_REGEX", 0755) == -1) tap_bail("mkdir") ;
  preloaded_log_to("log") ;
  testdaemon_start_on(&holder, testdaemon_listen("s"), "s", 0) ;
  check("a client that may only connect, and breaks the protocol", &say_nonsense) ;
  check("a client whose rule is broken", &ask_in_vain) ;
  testdaemon_finish(&holder) ;
  tap_least(preloaded_count_lines("log", "more within a minute"), 2, "H49: how many more there were is told at the end") ;
  return tap_done() ;
}
