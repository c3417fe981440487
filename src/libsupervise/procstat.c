/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/types.h>

#include "libsupervise/procstat.h"

enum
{
  STAT_MAX = 1024,
  FIELDS_TO_THREADS = 17,  /* from the one behind the name to how many it has */
  FIELDS_TO_START = 19  /* and to the time of its start */
} ;

int procstat_copyword (char *to, char const *s)
{
  size_t len = strspn(s, "0123456789") ;
  if (!len || len >= UINT64_FMT) return 0 ;
  memcpy(to, s, len) ;
  to[len] = 0 ;
  return 1 ;
}

static char const *skip (char const *at, unsigned int fields)
{
  while (at && fields--)
  {
    at = strchr(at, ' ') ;
    if (at) at++ ;
  }
  return at ;
}

 /* A zombie whose first thread only has ended lives on in the others: 1 is itself. */

static int has_ended (char const *state)
{
  char const *threads = skip(state, FIELDS_TO_THREADS) ;
  return *state == 'X' || (*state == 'Z' && (!threads || !strncmp(threads, "0 ", 2) || !strncmp(threads, "1 ", 2))) ;
}

static int parse (struct procstat *p, char const *s)
{
  char const *state = strrchr(s, ')') ;  /* the name may have anything in it */
  char const *start ;
  if (!state || state[1] != ' ' || has_ended(state + 2)) return 0 ;
  start = skip(state + 2, FIELDS_TO_START) ;
  return start && procstat_copyword(p->pid, s) && procstat_copyword(p->start, start) ;
}

int procstat_read (struct procstat *p, char const *path)
{
  char s[STAT_MAX + 1] ;
  int fd = open(path, O_RDONLY | O_CLOEXEC) ;
  ssize_t r = fd < 0 ? -1 : read(fd, s, STAT_MAX) ;
  if (fd >= 0) fd_close(fd) ;
  if (r < 0) return 0 ;
  s[r] = 0 ;
  return parse(p, s) || (errno = ESRCH, 0) ;
}

int procstat_readpid (struct procstat *p, unsigned long pid)
{
  char path[sizeof("/proc//stat") + UINT64_FMT] ;
  snprintf(path, sizeof(path), "/proc/%lu/stat", pid) ;
  if (procstat_read(p, path)) return 1 ;
  if (errno == ENOENT) errno = ESRCH ;
  return 0 ;
}
