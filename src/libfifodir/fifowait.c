/* ISC license. */

#include <errno.h>
#include <stdlib.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/iopause.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include "libfifodir/fifodir.h"
#include "libfifodir/fifowait.h"

enum { AT_ONCE = 1024 } ;

int fifowait_begin (struct fifowait *w, char const *path, char const *pattern)
{
  static stralloc const none = STRALLOC_ZERO ;
  int e ;
  w->received = none ;
  w->ismatched = 0 ;
  e = regcomp(&w->pattern, pattern, REG_EXTENDED | REG_NOSUB) ;
  if (e) return (errno = e == REG_ESPACE ? ENOMEM : EINVAL, 0) ;
  if (fifodir_listen(&w->listener, path)) return 1 ;
  regfree(&w->pattern) ;
  return 0 ;
}

void fifowait_end (struct fifowait *w)
{
  fifodir_unlisten(&w->listener) ;
  regfree(&w->pattern) ;
  stralloc_free(&w->received) ;
}

int fifowait_print (struct fifowait *w)
{
  fifodir_unlisten(&w->listener) ;
  return stralloc_catb(&w->received, "\n", 1) && allwrite(1, w->received.s, w->received.len) == w->received.len ;
}

int fifowait_hear (struct fifowait *w)
{
  char s[AT_ONCE] ;
  ssize_t r = fifodir_read(&w->listener, s, sizeof(s)) ;
  if (r <= 0) return !r ;
  if (!stralloc_catb(&w->received, s, (size_t)r) || !stralloc_readyplus(&w->received, 1)) return 0 ;
  w->received.s[w->received.len] = 0 ;
  w->ismatched = !regexec(&w->pattern, w->received.s, 0, 0, 0) ;
  return 1 ;
}

static int is_over (struct fifowait const *w, unsigned int n, int isany)
{
  for (unsigned int i = 0 ; i < n ; i++) if (w[i].ismatched == !!isany) return isany ;
  return !isany ;
}

static int wait_once (struct fifowait *w, iopause_fd *x, unsigned int n, tain const *deadline)
{
  int r ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    x[i].fd = w[i].listener.fd ;
    x[i].events = w[i].ismatched ? 0 : IOPAUSE_READ ;
  }
  r = iopause_g(x, n, deadline) ;
  if (r < 0) return errno == EINTR ;
  if (!r) return (errno = ETIMEDOUT, 0) ;
  for (unsigned int i = 0 ; i < n ; i++)
    if (x[i].revents & IOPAUSE_READ && !fifowait_hear(w + i)) return 0 ;
  return 1 ;
}

int fifowait (struct fifowait *w, unsigned int n, int isany, tain const *deadline)
{
  iopause_fd *x = malloc(n * sizeof(iopause_fd)) ;
  int r = !!x ;
  while (r && !is_over(w, n, isany)) r = wait_once(w, x, n, deadline) ;
  free(x) ;
  return r ;
}
