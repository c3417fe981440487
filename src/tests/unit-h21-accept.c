/* ISC license. */

/* H21: accept fails with any errno, again and again. The daemon serves the
   clients that it has, does not spin, says so once, and takes the newcomer
   when accept works again. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/faults.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { FAIL_MILLISECONDS = 120, CALLS_MAX = 12, CPU_MAX = 50, AGAIN_MILLISECONDS = 2000 } ;

static struct faults *faults ;
static struct testdaemon holder ;
static struct rawclient old ;

static void fail_with (int e)
{
  struct rawclient fresh ;
  long cpu = preloaded_cpu(&holder) ;
  double start ;
  faults_arm(faults, FAULT_ACCEPT4, 1, ~0U, e) ;
  memset(&fresh, 0, sizeof(fresh)) ;
  fresh.channel = -1 ;
  fresh.dialect = FRAME_S6 ;
  fresh.fd = raw_socket(holder.path, -1) ;
  tap_error(raw_list(&old), 0, "%s: those who are connected are served", strerror(e)) ;
  test_sleep(FAIL_MILLISECONDS) ;
  tap_error(raw_list(&old), 0, "%s: and are for longer", strerror(e)) ;
  cpu = preloaded_cpu(&holder) - cpu ;
  tap_least(faults->failed, 1, "%s: accept is called", strerror(e)) ;
  tap_most(faults->calls, CALLS_MAX, "%s: but not in a busy loop", strerror(e)) ;
  tap_most(cpu, CPU_MAX, "%s: which would cost milliseconds of processor time", strerror(e)) ;
  faults_disarm(faults) ;
  start = test_seconds() ;
  tap_error(raw_list(&fresh), 0, "%s: the newcomer is served afterwards", strerror(e)) ;
  tap_most(test_since(start), AGAIN_MILLISECONDS, "%s: soon", strerror(e)) ;
  raw_close(&fresh) ;
}

 /* Somebody who has the listening socket as well shuts it down: it is always
    ready, and accept always fails. */

static void shut_down (void)
{
  struct testdaemon d ;
  struct rawclient c ;
  int listener = testdaemon_listen("shut") ;
  int ours = dup(listener) ;
  long cpu ;
  testdaemon_start_on(&d, listener, "shut", 0) ;
  raw_must_connect(&c, "shut", FRAME_NATIVE) ;
  if (shutdown(ours, SHUT_RDWR) == -1) tap_bail("shutdown") ;
  cpu = preloaded_cpu(&d) ;
  test_sleep(4 * FAIL_MILLISECONDS) ;
  cpu = preloaded_cpu(&d) - cpu ;
  tap_most(cpu, CPU_MAX, "the socket was shut down: no busy loop, by milliseconds of processor time") ;
  tap_error(raw_list(&c), 0, "and who is connected is served") ;
  raw_close(&c) ;
  close(ours) ;
  testdaemon_finish(&d) ;
}

int main (void)
{
  static int const numbers[] =
  {
    ECONNABORTED, EMFILE, ENFILE, ENOMEM, ENOBUFS, EPERM, EPROTO, EINTR, EAGAIN, EINVAL, EIO,
    ENETDOWN, EHOSTUNREACH, EOPNOTSUPP, ENOSYS, EBADF, EFAULT, ENOTSOCK
  } ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  faults = preloaded_begin() ;
  preloaded_log_to("log") ;
  testdaemon_start(&holder, "s", 0) ;
  if (!raw_connect(&old, holder.path, -1, FRAME_NATIVE)) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < sizeof(numbers) / sizeof(int) ; i++) fail_with(numbers[i]) ;
  tap_int(preloaded_count_lines("log", "accept"), 1, "one line within a minute") ;
  raw_close(&old) ;
  testdaemon_finish(&holder) ;
  shut_down() ;
  return tap_done() ;
}
