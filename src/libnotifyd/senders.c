/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libnotifyd/senders.h"

enum
{
  STAT_MAX = 512,  /* the parent is the fourth field, behind a name of 64 bytes at most */
  GENERATIONS_MAX = 4096  /* a chain that changes while it is followed comes to an end, too */
} ;

int senders_adopt (void)
{
#ifdef PR_SET_CHILD_SUBREAPER
  return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0 ;
#else
  return (errno = ENOSYS, 0) ;
#endif
}

 /* 0: there is no such process. A zombie has a parent still. */

static pid_t parent_of (pid_t pid)
{
  char path[sizeof("/proc//stat") + PID_FMT] ;
  char s[STAT_MAX + 1] ;
  char const *at ;
  ssize_t r ;
  pid_t parent ;
  snprintf(path, sizeof(path), "/proc/%lu/stat", (unsigned long)pid) ;
  r = openreadnclose(path, s, STAT_MAX) ;
  if (r <= 0) return 0 ;
  s[r] = 0 ;
  at = strrchr(s, ')') ;  /* the name may have anything in it */
  if (!at || at[1] != ' ' || !at[2] || at[3] != ' ' || !pid_scan(at + 4, &parent)) return 0 ;
  return parent ;
}

int senders_isours (pid_t pid, pid_t program)
{
  pid_t me = getpid() ;
  for (unsigned int i = 0 ; pid > 0 && i < GENERATIONS_MAX ; i++)
  {
    if (pid == program || pid == me) return 1 ;
    pid = parent_of(pid) ;
  }
  return 0 ;
}
