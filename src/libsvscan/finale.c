/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "exitcodes.h"
#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libdaemon/nowait.h"
#include "libdaemon/shortage.h"
#include "libdaemon/signals.h"
#include "libsvscan/finale.h"
#include "libsvscan/orders.h"
#include "libsvscan/paths.h"

enum { TRIES = 10, BREATH_MS = 1000 } ;

int finale_console (struct log *log, int fd)
{
  int null = -1 ;
  int ok ;
  if (fd < 0) fd = null = open("/dev/null", O_RDWR | O_CLOEXEC) ;
  if (fd < 0) return 0 ;
  ok = dup2(fd, 1) >= 0 && dup2(fd, 2) >= 0 ;
  if (null >= 0) fd_close(null) ;
  nowait_free(&log->out) ;  /* it may have the old one open once more */
  nowait_init(&log->out, 2) ;
  return ok ;
}

 /* A shortage is waited for: process 1 has nobody who would start it again. */

static void execute (struct log *log, char const *path, char const *const *envp)
{
  char const *const argv[] = { path, 0 } ;
  for (unsigned int i = 1 ;; i++)
  {
    int e ;
    execve(path, (char *const *)argv, (char *const *)envp) ;
    if (!is_shortage(errno) || i == TRIES) return ;
    e = errno ;
    if (i == 1) log_line(log, LOG_WARNING, "unable to execute ", path, ": ", strerror(e), ": trying again") ;
    clock_breathe(BREATH_MS) ;
  }
}

int finale_execute (struct log *log, char const *const *envp, int iscrash)
{
  int signals[ORDERS_SIGNALS] ;
  signals_leave(signals, orders_signals(signals)) ;
  if (!iscrash)
  {
    execute(log, PATH_FINISH, envp) ;
    if (errno == ENOENT) return EXITCODE_OK ;
    log_line(log, LOG_WARNING, "unable to execute " PATH_FINISH ": ", strerror(errno)) ;
  }
  execute(log, PATH_CRASH, envp) ;
  if (errno != ENOENT) log_line(log, LOG_WARNING, "unable to execute " PATH_CRASH ": ", strerror(errno)) ;
  return EXITCODE_SYSTEM ;
}
