/* ISC license. */

#include <sys/resource.h>

#include "manyfiles.h"
#include "tap.h"

unsigned int manyfiles_room (unsigned int wanted, unsigned int least, unsigned int each, unsigned int spare)
{
  struct rlimit limit ;
  rlim_t all = (rlim_t)each * wanted + spare ;
  unsigned int room ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("getrlimit") ;
  if (limit.rlim_max < all)
  {
    struct rlimit more = { .rlim_cur = all, .rlim_max = all } ;
    if (setrlimit(RLIMIT_NOFILE, &more) == 0) limit = more ;  /* root may, up to what the kernel allows */
  }
  limit.rlim_cur = limit.rlim_max ;
  if (setrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("setrlimit") ;
  room = limit.rlim_cur >= all ? wanted : limit.rlim_cur < spare ? 0 : (unsigned int)((limit.rlim_cur - spare) / each) ;
  if (room < least) tap_skip_all("the limit on open files is too low, and cannot be raised") ;
  return room ;
}
