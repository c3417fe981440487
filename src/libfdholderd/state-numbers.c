/* ISC license. */

 /* The numbers of a state's descriptors: none of them twice, and all of them open.
    Clients wait while that is found out: so it is asked of a row of numbers at
    once, and most of what is held is in few rows. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

#include <skalibs/djbunix.h>

#include "libfdholderd/state-internal.h"

enum { DIGIT = 11, DIGITS = 1 << DIGIT, BITS = 31, ROW_MIN = 4 } ;  /* of no number the sign is set */

 /* By one digit, the others in their order. */

static void sort_by (int *to, int const *from, size_t n, unsigned int shift)
{
  size_t begin[DIGITS + 1] = { 0 } ;
  for (size_t i = 0 ; i < n ; i++) begin[1 + (from[i] >> shift & (DIGITS - 1))]++ ;
  for (unsigned int d = 1 ; d < DIGITS ; d++) begin[d] += begin[d - 1] ;
  for (size_t i = 0 ; i < n ; i++) to[begin[from[i] >> shift & (DIGITS - 1)]++] = from[i] ;
}

int state_sort_numbers (int *s, size_t n)
{
  int *from = s, *to, *room ;
  if (n < 2) return 1 ;
  room = malloc(n * sizeof(int)) ;
  if (!room) return (errno = ENOMEM, 0) ;
  to = room ;
  for (unsigned int shift = 0 ; shift < BITS ; shift += DIGIT)
  {
    int *sorted = to ;
    sort_by(to, from, n, shift) ;
    to = from ;
    from = sorted ;
  }
  if (from != s) memcpy(s, from, n * sizeof(int)) ;
  free(room) ;
  return 1 ;
}

 /* Whether it is open is found by marking it. */

static int mark_each (int first, int last)
{
  for (int fd = first ; fd <= last ; fd++) if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1) return 0 ;
  return 1 ;
}

#if defined(__linux__) && defined(SYS_close_range)

enum { CLOEXEC = 4 } ;  /* CLOSE_RANGE_CLOEXEC, where headers do not know it */

 /* A copy gets the first number from there on that is free: where that is behind the
    row, the row has none. 1: it is done; 0: it is not known how. -1: one is not open. */

static int mark_at_once (int first, int last, int some)
{
  int next = fcntl(some, F_DUPFD_CLOEXEC, first) ;
  if (next < 0) return 0 ;
  fd_close(next) ;
  if (next <= last) return (errno = EBADF, -1) ;
  return syscall(SYS_close_range, (unsigned int)first, (unsigned int)last, CLOEXEC) == 0 ;
}

#else

static int mark_at_once (int first, int last, int some)
{
  (void)first ;
  (void)last ;
  (void)some ;
  return 0 ;
}

#endif

static int mark_row (int first, int last, int some)
{
  int r = last - first < ROW_MIN ? 0 : mark_at_once(first, last, some) ;
  return r ? r > 0 : mark_each(first, last) ;
}

int state_mark_numbers (int const *s, size_t n, int some)
{
  for (size_t i = 0, first = 0 ; i < n ; i++)
  {
    if (i + 1 < n && s[i + 1] == s[i] + 1) continue ;
    if (!mark_row(s[first], s[i], some)) return 0 ;
    first = i + 1 ;
  }
  return 1 ;
}
