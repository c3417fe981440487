/* ISC license. */

/* state-internal.h: numbers are put in order, and a row of them is marked at once; but
   none that was not asked for, and where one is not open that is found. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>
#include <sys/resource.h>

#include "libfdholderd/state-internal.h"
#include "support/tap.h"

enum { NUMBERS = 3000, PRIME = 7919, ROWS_AT = 300, ROW = 12, AFTER = 3 } ;

static void sorted (void)
{
  int s[NUMBERS], bad = 0 ;
  for (int i = 0 ; i < NUMBERS ; i++) s[i] = i * PRIME % NUMBERS * (INT_MAX / NUMBERS) ;
  tap_ok(state_sort_numbers(s, NUMBERS), "numbers are put in order") ;
  for (int i = 0 ; i < NUMBERS ; i++) bad += s[i] != i * (INT_MAX / NUMBERS) ;
  tap_int(bad, 0, "and are, up to the greatest that there are") ;
}

static int is_marked (int fd)
{
  return fcntl(fd, F_GETFD) == FD_CLOEXEC ;
}

 /* A row, one that is alone, and, not asked for, what is behind each: but for hole,
    all of them are open. */

static void rows (int hole, int fails)
{
  int s[ROW + 1], marked = 0, others = 0 ;
  for (int i = 0 ; i < ROW + AFTER ; i++)
    if (i == hole) close(ROWS_AT + i) ;
    else if (dup2(0, ROWS_AT + i) == -1) tap_bail("dup2") ;
  for (int i = 0 ; i < ROW ; i++) s[i] = ROWS_AT + i ;
  s[ROW] = ROWS_AT + ROW + 1 ;
  errno = 0 ;
  tap_int(state_mark_numbers(s, ROW + 1, 0), !fails, "hole %d: whether all are open", hole) ;
  tap_int(errno, fails ? EBADF : 0, "hole %d: what is wrong", hole) ;
  for (int i = 0 ; i <= ROW ; i++) marked += is_marked(s[i]) ;
  for (int i = ROW ; i < ROW + AFTER ; i += 2) others += is_marked(ROWS_AT + i) ;
  if (!fails) tap_int(marked, ROW + 1, "hole %d: all are close-on-exec", hole) ;
  tap_int(others, 0, "hole %d: nothing else is", hole) ;
}

static void marked (void)
{
  struct rlimit limit ;
  rlim_t before ;
  for (int i = 0 ; i < ROW + AFTER ; i++) rows(i, i < ROW || i == ROW + 1) ;
  if (getrlimit(RLIMIT_NOFILE, &limit) == -1) tap_bail("getrlimit") ;
  before = limit.rlim_cur ;
  rows(ROW, 0) ;
  limit.rlim_cur = ROWS_AT ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
  tap_int(state_mark_numbers((int const []){ ROWS_AT, ROWS_AT + 1, ROWS_AT + 2, ROWS_AT + 3, ROWS_AT + 4 }, 5, 0), 1, "above the limit they are found open one by one") ;
  limit.rlim_cur = before ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
}

int main (void)
{
  sorted() ;
  marked() ;
  return tap_done() ;
}
