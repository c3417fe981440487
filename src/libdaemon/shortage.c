/* ISC license. */

#include <errno.h>

#include "libdaemon/shortage.h"

int is_shortage (int e)
{
  switch (e)
  {
    case EMFILE :
    case ENFILE :
    case ENOMEM :
    case ENOBUFS :
    case EAGAIN :
    case EINTR :
    case ENOSPC :
    case EDQUOT :
    case EROFS : return 1 ;
    default : return 0 ;
  }
}
