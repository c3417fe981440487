/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>

#include "exitcodes.h"
#include "libdaemon/log.h"
#include "libdaemon/nowait.h"
#include "libdaemon/signals.h"
#include "libsvscan/finale.h"
#include "libsvscan/orders.h"
#include "libsvscan/paths.h"

void finale_console (struct log *log, int fd)
{
  int null = -1 ;
  if (fd < 0) fd = null = open("/dev/null", O_RDWR | O_CLOEXEC) ;
  if (fd < 0) return ;
  dup2(fd, 1) ;
  dup2(fd, 2) ;
  if (null >= 0) fd_close(null) ;
  nowait_free(&log->out) ;  /* it may have the old one open once more */
  nowait_init(&log->out, 2) ;
}

static void execute (char const *path, char const *const *envp)
{
  char const *const argv[] = { path, 0 } ;
  execve(path, (char *const *)argv, (char *const *)envp) ;
}

int finale_execute (struct log *log, char const *const *envp, int iscrash)
{
  int signals[ORDERS_SIGNALS] ;
  signals_leave(signals, orders_signals(signals)) ;
  if (!iscrash)
  {
    execute(PATH_FINISH, envp) ;
    if (errno == ENOENT) return EXITCODE_OK ;
    log_line(log, LOG_WARNING, "unable to execute " PATH_FINISH ": ", strerror(errno)) ;
  }
  execute(PATH_CRASH, envp) ;
  if (errno != ENOENT) log_line(log, LOG_WARNING, "unable to execute " PATH_CRASH ": ", strerror(errno)) ;
  return EXITCODE_SYSTEM ;
}
