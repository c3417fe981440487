/* ISC license. */

/* SIGUSR1, and the program is not one that can take over: a warning, and nothing
   has changed. It may be missing, silent, rubbish, older, or its rules bad; and
   it may go between the trial and the exec. */

#include <skalibs/nonposix.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>

#include "support/keeping.h"
#include "support/rawclient.h"
#include "support/rules.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/timing.h"
#include "support/upgrading.h"

#define PROGRAM "s6-fdholderd"

static struct testdaemon holder ;
static struct rawclient client ;
static int file ;
static char real[4200] ;

static void run (char const *command, char const *argument)
{
  char text[9000] ;
  snprintf(text, sizeof(text), command, argument) ;
  if (system(text)) tap_bail(text) ;
}

 /* The program is that now. */

static void become (char const *text)
{
  rules_file("new", text, strlen(text)) ;
  if (chmod("new", 0755) == -1 || rename("new", PROGRAM) == -1) tap_bail(PROGRAM) ;
}

static void become_real (void)
{
  run("cp '%s' new && mv new " PROGRAM, real) ;
}

static void goes_on (char const *name)
{
  int fd = -1 ;
  tap_error(raw_retrieve(&client, 0, "kept", &fd), 0, "%s: what is held is there, for who was connected", name) ;
  tap_ok(testfile_same(fd, file), "%s: and it is the same", name) ;
  if (fd >= 0) close(fd) ;
}

static unsigned int others ;  /* what it was started with */
static unsigned int staying ;  /* so many are expected beside that */

static unsigned int count_staying (void)
{
  return testdaemon_count_staying(&holder) - others ;
}

static void refused (char const *why, char const *name)
{
  unsigned int fds = testdaemon_count_fds(&holder) ;
  tap_ok(upgrading_is_refused(&holder, why), "%s: refused: %s", name, why) ;
  goes_on(name) ;
  tap_int(count_staying(), staying, "%s: so many would be open after an exec", name) ;
  tap_int(testdaemon_count_fds(&holder), fds, "%s: no descriptor more, none less", name) ;
}

static void succeeds (char const *name)
{
  become_real() ;
  tap_ok(upgrading_do(&holder), "%s: and afterwards it can be done", name) ;
  goes_on(name) ;
}

#define MUTE "did not answer that it can"
#define ELSE "answered something else"

static void answers (void)
{
  if (unlink(PROGRAM) == -1) tap_bail(PROGRAM) ;
  refused(MUTE, "a program that is missing") ;
  become("#!/bin/sh\nexit 0\n") ;
  refused(MUTE, "one that ends without a word") ;
  become("#!/bin/sh\necho ok\n") ;
  refused(ELSE, "one that says something else") ;
  become("#!/bin/sh\necho ; echo\n") ;
  refused(ELSE, "one that says more than a newline") ;
  become("no program") ;
  refused(MUTE, "a file that is no program") ;
  become("") ;
  refused(MUTE, "an empty file") ;
  succeeds("a program that is the right one") ;
}

static void silence (void)
{
  double begun = test_seconds() ;
  become("#!/bin/sh\nexec sleep 60\n") ;
  refused("within 5 seconds", "one that says nothing and does not end") ;
  timing_least(test_seconds() - begun, 4900, "it has five seconds") ;
  become("#!/bin/sh\necho\nexec sleep 60\n") ;
  refused("within 5 seconds", "one that does not end") ;
}

 /* The first release does exactly this, whatever else it is told: it knows no -R. */

#define FIRST_RELEASE "#!/bin/sh\n" \
  "echo 's6-fdholderd: usage: s6-fdholderd [ -v verbosity ] [ -1 ] [ -c maxconn ] [ -n maxfds ] [ -t timeout ] [ -T lameducktimeout ] [ -i rulesdir | -x rulesfile ]' >&2\n" \
  "exit 100\n"

static void older (void)
{
  become(FIRST_RELEASE) ;
  refused(MUTE, "a program that does not know of states") ;
  succeeds("after that") ;
}

static void start (char const *const *options)
{
  become_real() ;
  upgrading_start(&holder, options) ;
  raw_must_connect(&client, holder.path, FRAME_NATIVE) ;
  others = 0 ;
  others = count_staying() ;
  raw_must_store(&client, "kept", file) ;
}

 /* Afterwards the program is the other one, which it has executed. */

static void impatient (void)
{
  unsigned int done = upgrading_count(UPGRADING_DONE) ;
  char text[9000] ;
  start(0) ;
  snprintf(text, sizeof(text), "#!/bin/sh\nuntil test -e go ; do sleep 0.01 ; done\nexec '%s' \"$@\"\n", real) ;
  become(text) ;
  raw_must_store(&client, "goes", file) ;
  kill(holder.pid, SIGUSR1) ;
  staying = 2 ;
  refused("it is about to, already", "while one is tried") ;
  tap_error(raw_delete(&client, "goes"), 0, "what stays open may be deleted before the exec") ;
  tap_int(testdaemon_settled_file(&holder, file, 1), 1, "it is closed then") ;
  raw_must_store(&client, "comes", file) ;
  testdaemon_write("go", "") ;
  staying = 0 ;
  tap_ok(upgrading_await(UPGRADING_DONE, done + 1), "the first one goes on") ;
  goes_on("one after the other") ;
  tap_int(count_staying(), 0, "one after the other: none would be open after an exec") ;
  tap_int(testdaemon_settled_file(&holder, file, 2), 2, "what came before the exec is there, too") ;
  raw_close(&client) ;
  testdaemon_finish(&holder) ;
}

static void vanishes (void)
{
  become("#!/bin/sh\nrm -f " PROGRAM "\necho\n") ;
  refused(UPGRADING_FAILED, "a program that vanishes after it was tried") ;
  tap_error(raw_round(&client, "x", file), 0, "and requests are obeyed") ;
  tap_int(testdaemon_settled_file(&holder, file, 1), 1, "what is deleted is closed") ;
  succeeds("after that") ;
}

 /* Before another image has it, or none: SIGTERM ends, as always. */

static void terminated (void)
{
  become("#!/bin/sh\nexec sleep 60\n") ;
  kill(holder.pid, SIGUSR1) ;
  test_sleep(50) ;
  raw_close(&client) ;
  testdaemon_finish(&holder) ;
}

static void bad_rules (void)
{
  static char const *const cdb[] = { "-x", "rules.cdb", 0 } ;
  start(cdb) ;
  if (rename("rules.cdb", "good.cdb") == -1) tap_bail("rules.cdb") ;
  testdaemon_write("rules.cdb", "no rules") ;
  refused(MUTE, "bad rules") ;
  if (rename("good.cdb", "rules.cdb") == -1) tap_bail("rules.cdb") ;
  tap_ok(upgrading_do(&holder), "and with good ones it can be done") ;
  goes_on("good rules") ;
  raw_close(&client) ;
  testdaemon_finish(&holder) ;
}

 /* A worker and its keeper, likewise. It cannot be a worker either: what is held
    waits in the keeper for a program that can. */

static void older_than_keepers (void)
{
  static char const *const options[] = { "-k", 0 } ;
  pid_t worker ;
  start(options) ;
  worker = keeping_await_worker(0) ;
  become(FIRST_RELEASE) ;
  refused(MUTE, "a program that knows no keeper") ;
  tap_int(keeping_worker(), worker, "and its worker is the same") ;
  kill(worker, SIGKILL) ;
  tap_ok(upgrading_await("the worker has ended with exit code 100", 1), "it cannot be a worker") ;
  become_real() ;
  tap_ok(keeping_await_worker(worker) > 0, "the right one can") ;
  raw_close(&client) ;
  raw_must_connect(&client, holder.path, FRAME_NATIVE) ;
  goes_on("another worker") ;
  raw_close(&client) ;
  testdaemon_finish(&holder) ;
  tap_int(keeping_worker(), 0, "with its worker") ;
}

int main (void)
{
  char here[4096] ;
  char const *build ;
  testdaemon_program(real, sizeof(real), PROGRAM) ;
  upgrading_begin() ;
  testdaemon_compile_rules() ;
  file = testfile() ;
  build = getcwd(here, sizeof(here)) ;
  if (!build) tap_bail("getcwd") ;
  if (setenv("BUILD", here, 1) == -1) tap_bail("setenv") ;
  start(0) ;
  answers() ;
  older() ;
  vanishes() ;
  silence() ;
  terminated() ;
  impatient() ;
  bad_rules() ;
  older_than_keepers() ;
  return tap_done() ;
}
