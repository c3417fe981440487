/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/strerr.h>

#include "chain.h"
#include "exitcodes.h"

 /* The lowest number that is free is the one that was found closed. */

void chain_cover_standard (void)
{
  static int const useless[] = { O_WRONLY, O_RDONLY, O_RDONLY } ;
  for (int fd = 0 ; fd < (int)(sizeof(useless) / sizeof(int)) ; fd++)
    if (fcntl(fd, F_GETFD) == -1 && errno == EBADF && open("/dev/null", useless[fd] | O_CLOEXEC) != fd)
      strerr_diefusys(EXITCODE_SYSTEM, "open /dev/null in the place of a closed descriptor") ;
}
