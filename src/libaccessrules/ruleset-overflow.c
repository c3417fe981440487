/* ISC license. */

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include <skalibs/types.h>

#include <s6-activation/accessrules.h>
#include "libaccessrules/ruleset.h"

enum
{
  IDS = UINT32_MAX,  /* all but (uid_t)-1 */
  OVERFLOW_USUAL = 65534,
  MAP_SIZE = 16384  /* 340 lines at most, of 3 numbers in columns of 10 */
} ;

 /* Each line of a map: the first id inside, the first one outside, how many.
    A namespace without a map shows an empty file. */

static int is_whole (char const *file)
{
  char text[MAP_SIZE + 1] ;
  uint64_t mapped = 0 ;
  ssize_t len = ruleset_readfile(AT_FDCWD, file, text, MAP_SIZE) ;
  if (len < 0) return 0 ;
  text[len] = 0 ;
  for (char *line = text, *end ; (end = strchr(line, '\n')) ; line = end + 1)
  {
    char *number = end ;
    uint32_t count ;
    while (number > line && number[-1] != ' ') number-- ;
    if (uint32_scan(number, &count)) mapped += count ;
  }
  return mapped >= (uint64_t)IDS ;
}

static unsigned int overflow_id (char const *file)
{
  char text[UINT_FMT + 1] ;
  unsigned int id = OVERFLOW_USUAL ;
  ssize_t len = ruleset_readfile(AT_FDCWD, file, text, UINT_FMT) ;
  text[len < 0 ? 0 : len] = 0 ;
  uint_scan(text, &id) ;
  return id ;
}

 /* Where all ids are mapped, as in the initial namespace, none is shown as
    the overflow id that is another one. Where the maps cannot be read it is
    not known that they are. */

void ruleset_overflow (accessrules *rules)
{
  int e = errno ;
  rules->hasunmapped = !is_whole("/proc/self/uid_map") || !is_whole("/proc/self/gid_map") ;
  if (rules->hasunmapped)
  {
    rules->overflowuid = overflow_id("/proc/sys/kernel/overflowuid") ;
    rules->overflowgid = overflow_id("/proc/sys/kernel/overflowgid") ;
  }
  errno = e ;
}
