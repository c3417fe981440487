/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libdaemon/readiness.h"

void readiness_require (void)
{
  if (fcntl(1, F_GETFD) == -1)
    strerr_diefsys(errno == EBADF ? EXITCODE_USAGE : EXITCODE_SYSTEM, "-1 needs a standard output to tell readiness on") ;
}

 /* What can fail comes before the promise. */

void readiness_tell (char const *text)
{
  int fd = openc_write("/dev/null") ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null") ;
  if (text && fd_write(1, text, strlen(text)) < 0 && errno != EPIPE)
    strerr_warnwusys("tell readiness on standard output") ;
  if (fd_move(1, fd) == -1) strerr_diefusys(EXITCODE_SYSTEM, "close standard output") ;
}
