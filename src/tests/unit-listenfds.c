/* ISC license. */

/* libchain/listenfds.h: descriptors that are numbered, whatever has the numbers, and
   however they are mixed; none is lost, none too many stays. */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <unistd.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <skalibs/strerr.h>

#include "libchain/listenfds.h"
#include "support/child.h"
#include "support/manyfiles.h"
#include "support/tap.h"

enum { SPAN = 40, MANY = 1000, ROUNDS = 400, EDGE = LISTENFDS_FIRST + MANY + 8 } ;

 /* What a child exits with. */
enum { GOOD, NOT_DONE, NEW_NUMBER, ANOTHER_FILE, NOT_FOR_EXEC, OLD_ONE_STAYS, STRANGER_CHANGED, NOT_NULL } ;

struct round
{
  unsigned int seed ;
  ino_t files[EDGE] ;  /* by number; 0: it is closed */
  int listed[EDGE] ;
} ;

static ino_t file_of (int fd)
{
  struct stat st ;
  return fstat(fd, &st) == 0 ? st.st_ino : 0 ;
}

static int is_null (int fd)
{
  struct stat null, st ;
  return stat("/dev/null", &null) == 0 && fstat(fd, &st) == 0 && st.st_rdev == null.st_rdev ;
}

static int open_at (int at)
{
  int fd = memfd_create("file", 0) ;
  if (fd < 0) return 0 ;
  if (fd == at) return 1 ;
  if (dup2(fd, at) == -1) return 0 ;
  close(fd) ;
  return 1 ;
}

static int judge (struct round const *r, int const *given, int const *fds, int n)
{
  int end = LISTENFDS_FIRST + n ;
  for (int i = 0 ; i < n ; i++)
  {
    int at = LISTENFDS_FIRST + i ;
    if (fds[i] != at) return NEW_NUMBER ;
    if (file_of(at) != r->files[given[i]]) return ANOTHER_FILE ;
    if (fcntl(at, F_GETFD) & FD_CLOEXEC) return NOT_FOR_EXEC ;
  }
  for (int fd = 0 ; fd < EDGE ; fd++)
  {
    if (fd >= LISTENFDS_FIRST && fd < end) continue ;
    if (!r->listed[fd])
    {
      if (file_of(fd) != r->files[fd]) return STRANGER_CHANGED ;
    }
    else if (fd < LISTENFDS_FIRST)
    {
      if (!is_null(fd)) return NOT_NULL ;
    }
    else if (file_of(fd)) return OLD_ONE_STAYS ;
  }
  return GOOD ;
}

static void close_others (void)
{
  for (int fd = LISTENFDS_FIRST ; fd < EDGE ; fd++) close(fd) ;
}

static int number (struct round *r, int const *given, int n)
{
  int fds[MANY] ;
  for (int i = 0 ; i < n ; i++)
  {
    fds[i] = given[i] ;
    r->listed[given[i]] = 1 ;
  }
  return listenfds_number(fds, n) ? judge(r, given, fds, n) : NOT_DONE ;
}

 /* Of the numbers below SPAN some are open, some of these are given, in any order. */

static int any_round (void *data)
{
  struct round *r = data ;
  int open[SPAN] ;
  int n = 0, wanted ;
  srand(r->seed) ;
  close_others() ;
  for (int fd = SPAN - 1 ; fd >= 0 ; fd--)
  {
    if (fd > 2 && rand() % 2) continue ;
    if (!open_at(fd)) return NOT_DONE ;
    r->files[fd] = file_of(fd) ;
    open[n++] = fd ;
  }
  for (int i = n - 1 ; i > 0 ; i--)
  {
    int j = rand() % (i + 1) ;
    int x = open[i] ;
    open[i] = open[j] ;
    open[j] = x ;
  }
  wanted = 1 + rand() % n ;
  for (int i = 0 ; i < wanted ; i += 1 + rand() % 3) if (rand() % 2) fcntl(open[i], F_SETFD, FD_CLOEXEC) ;
  return number(r, open, wanted) ;
}

static int many (void *data)
{
  struct round *r = data ;
  int given[MANY] ;
  close_others() ;
  for (int i = 0 ; i < MANY ; i++)
  {
    int fd = LISTENFDS_FIRST + i ;
    if (!open_at(fd)) return NOT_DONE ;
    r->files[fd] = file_of(fd) ;
    given[MANY - 1 - i] = fd ;
  }
  for (int fd = 0 ; fd < LISTENFDS_FIRST ; fd++) r->files[fd] = file_of(fd) ;
  return number(r, given, MANY) ;
}

static void check_rounds (void)
{
  int good = 0 ;
  for (int i = 0 ; i < ROUNDS ; i++)
  {
    struct round r = { .seed = 1 + (unsigned int)i } ;
    int code = child_run(&any_round, &r) ;
    if (code == GOOD) good++ ;
    else tap_diag("seed %u: %d", r.seed, code) ;
  }
  tap_int(good, ROUNDS, "any numbers, in any order: as they were given, and nothing else has changed") ;
}

static void check_names (void)
{
  static struct { char const *given ; int is ; char const *made ; } const names[] =
  {
    { "unix:web", 0, "unix_web" },
    { "a b~", 1, "a b~" },
    { "a\\", 0, "a_" },
    { "\x1f\x7f\xff\n", 0, "____" },
    { "", 0, "" }
  } ;
  char longest[257] ;
  for (unsigned int i = 0 ; i < sizeof(names) / sizeof(names[0]) ; i++)
  {
    char made[16] ;
    strcpy(made, names[i].given) ;
    listenfds_name(made) ;
    tap_int(listenfds_isname(names[i].given), names[i].is, "a name? case %u", i) ;
    tap_string(made, names[i].made, "made one: case %u", i) ;
  }
  memset(longest, 'x', 256) ;
  longest[256] = 0 ;
  tap_int(listenfds_isname(longest), 0, "256 bytes are no name") ;
  longest[255] = 0 ;
  tap_int(listenfds_isname(longest), 1, "255 are") ;
}

static void check_process (void)
{
  char s[LISTENFDS_PROCESS], want[LISTENFDS_PROCESS] ;
  unsigned long long id = listenfds_pidfdid() ;
  size_t n = listenfds_process(s) ;
  size_t len = 1 + (size_t)sprintf(want, "LISTEN_PID=%d", (int)getpid()) ;
  if (id) len += 1 + (size_t)sprintf(want + len, "LISTEN_PIDFDID=%llu", id) ;
  tap_bytes(s, n, want, len, "the variables of this process") ;
}

int main (void)
{
  struct round r = { .seed = 0 } ;
  PROG = "unit-listenfds" ;
  manyfiles_room(EDGE, EDGE, 1, 8) ;
  check_rounds() ;
  tap_int(child_run(&many, &r), GOOD, "1,000 in the reverse order") ;
  check_names() ;
  check_process() ;
  return tap_done() ;
}
