/* ISC license. */

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "preloaded.h"
#include "tap.h"
#include "users.h"

enum { HIGHEST = 65534 } ;  /* that a test becomes */

int users_several (void)
{
  unsigned long inside, outside, count ;
  int found = 0 ;
  FILE *f ;
  if (getuid()) return 0 ;
  f = fopen("/proc/self/uid_map", "r") ;
  if (!f) return 1 ;  /* a kernel without such namespaces */
  while (fscanf(f, "%lu %lu %lu", &inside, &outside, &count) == 3)
    if (inside <= HIGHEST && HIGHEST - inside < count) found = 1 ;
  fclose(f) ;
  return found ;
}

 /* The program is copied to where everybody may execute it. */

void users_start_other (struct testdaemon *d, unsigned int files, char const *const *options)
{
  static char program[4200], command[8600], wrapper[128] ;
  if (!users_several()) tap_skip_all("needs root, to start the daemon as somebody else") ;
  if (testdaemon_isslow()) tap_skip_all("its daemon runs under another wrapper") ;
  preloaded_need("setpriv") ;
  preloaded_need("prlimit") ;
  testdaemon_program(program, sizeof(program), "s6-fdholderd") ;
  snprintf(command, sizeof(command), "cp '%s' . && chmod 755 s6-fdholderd", program) ;
  if (system(command)) tap_bail("cp") ;
  setenv("BUILD", ".", 1) ;
  snprintf(wrapper, sizeof(wrapper), "prlimit --nofile=%u:%u setpriv --reuid %d --regid %d --clear-groups", files, files, TEST_UID, TEST_UID) ;
  setenv("DAEMON_WRAPPER", wrapper, 1) ;
  testdaemon_start(d, "s", options) ;
}
