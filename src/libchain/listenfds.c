/* ISC license. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <stdlib.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/listenfds.h"

enum { LONGEST_NAME = 255 } ;

int listenfds_dialect (enum listenfds_dialect *dialect, char const *s)
{
  if (!strcmp(s, "nginx")) *dialect = LISTENFDS_NGINX ;
  else if (!strcmp(s, "einhorn")) *dialect = LISTENFDS_EINHORN ;
  else if (!strcmp(s, "server-starter")) *dialect = LISTENFDS_SERVER_STARTER ;
  else return 0 ;
  return 1 ;
}

static int is_plain (char c)
{
  return c >= ' ' && c <= '~' && c != ':' && c != '\\' ;
}

int listenfds_isname (char const *s)
{
  size_t len = 0 ;
  while (s[len] && is_plain(s[len])) len++ ;
  return len && !s[len] && len <= LONGEST_NAME ;
}

void listenfds_name (char *s)
{
  for ( ; *s ; s++) if (!is_plain(*s)) *s = '_' ;
}

 /* A free number costs one call. dup2 clears the close-on-exec flag, as F_DUPFD does. */

static int copy_to (int to, int from)
{
  char number[INT_FMT] ;
  int fd = fcntl(from, F_DUPFD, to) ;
  if (fd == to) return 1 ;
  if (fd >= 0) fd_close(fd) ;
  else if (errno != EMFILE) return 0 ;
  number[int_fmt(number, to)] = 0 ;
  strerr_warnw("descriptor ", number, " is in use: what it was is closed") ;
  return fd_copy(to, from) != -1 ;
}

 /* A program that finds one of the first three closed may open a file as its stderr. */

static int give_up (int fd)
{
  int null ;
  if (fd > 2)
  {
    fd_close(fd) ;
    return 1 ;
  }
  null = open("/dev/null", O_RDWR) ;
  return null >= 0 && fd_move(fd, null) != -1 ;
}

 /* owner[i] - 1 is whose number 3 + i is, until he has been moved; 0: nobody's. */

static int move (int *fds, unsigned int n, unsigned int *owner, unsigned int i)
{
  int to = LISTENFDS_FIRST + (int)i ;
  int from = fds[i] ;
  if (from == to) return uncoe(to) == 0 ;
  if (owner[i])
  {
    int away = fcntl(to, F_DUPFD_CLOEXEC, LISTENFDS_FIRST + (int)n) ;
    if (away < 0) return 0 ;
    fds[owner[i] - 1] = away ;
    if (fd_copy(to, from) == -1) return 0 ;
  }
  else if (!copy_to(to, from)) return 0 ;
  if (from >= LISTENFDS_FIRST && (unsigned int)from - LISTENFDS_FIRST < n) owner[from - LISTENFDS_FIRST] = 0 ;
  fds[i] = to ;
  return give_up(from) ;
}

 /* What there is to be said must not go to a client, nor end us by SIGPIPE. */

static int free_stderr (int *fds, unsigned int n)
{
  unsigned int i = 0 ;
  int away ;
  while (i < n && fds[i] != STDERR_FILENO) i++ ;
  if (i == n) return 1 ;
  away = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, LISTENFDS_FIRST) ;
  if (away < 0) return 0 ;
  fds[i] = away ;
  return give_up(STDERR_FILENO) ;
}

int listenfds_number (int *fds, unsigned int n)
{
  unsigned int *owner = calloc(n + !n, sizeof(unsigned int)) ;
  int ok, e ;
  if (!owner) return 0 ;
  ok = free_stderr(fds, n) ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (fds[i] >= LISTENFDS_FIRST && (unsigned int)fds[i] - LISTENFDS_FIRST < n)
      owner[fds[i] - LISTENFDS_FIRST] = i + 1 ;
  for (unsigned int i = 0 ; ok && i < n ; i++) ok = move(fds, n, owner, i) ;
  e = errno == EINVAL ? EMFILE : errno ;  /* F_DUPFD's, of a number beyond the limit */
  free(owner) ;
  errno = e ;
  return ok ;
}
