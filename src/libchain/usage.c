/* ISC license. */

#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"

 /* Options of one letter may stand together, as in -abh. */

static int is_option (char const *usage, char letter)
{
  for (char const *s = usage ; (s = strstr(s, " -")) ; )
  {
    s += 2 ;
    if (memchr(s, letter, strcspn(s, " "))) return 1 ;
  }
  return 0 ;
}

static int says (char const *s)
{
  size_t len = strlen(s) ;
  return allwrite(1, s, len) == len ;
}

void usage_asked (int argc, char const *const *argv, char const *usage)
{
  if (argc != 2) return ;
  if (strcmp(argv[1], "--help") && (strcmp(argv[1], "-h") || is_option(usage, 'h'))) return ;
  if (!says("usage: ") || !says(usage) || !says("\n")) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
  _exit(EXITCODE_OK) ;
}
