/* ISC license. */

#include <errno.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libchain/waiting.h"

#define USAGE "s6-fghack prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { COPIES = 30, EXITCODE_WRITTEN = 102, SIGNALED = 128 } ;

 /* A program that goes to the background closes some descriptors, not so many.
    Where there are not so many, half of those that are left are for the program. */

static unsigned int make_copies (int *copies, int writing)
{
  unsigned int n = 0 ;
  while (n < COPIES && (copies[n] = dup(writing)) >= 0) n++ ;
  if (n == COPIES) return n ;
  if (errno != EMFILE) strerr_diefusys(EXITCODE_SYSTEM, "make descriptors") ;
  for (unsigned int all = n ; n > all / 2 ; n--) fd_close(copies[n - 1]) ;
  return n ;
}

static void close_copies (int const *copies, unsigned int n)
{
  for (unsigned int i = 0 ; i < n ; i++) fd_close(copies[i]) ;
}

 /* 1: something was written there, which nobody should. */

static int wait_for_end (int reading)
{
  char byte ;
  ssize_t r ;
  do r = read(reading, &byte, 1) ;
  while (r == -1 && errno == EINTR) ;
  if (r == -1) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  return r > 0 ;
}

static int exit_of (pid_t pid)
{
  int status ;
  pid_t r ;
  do r = waitpid(pid, &status, 0) ;
  while (r == -1 && errno == EINTR) ;
  if (r == -1) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALED + WTERMSIG(status) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  int p[2], copies[COPIES] ;
  unsigned int n ;
  pid_t pid ;
  PROG = "s6-fghack" ;
  usage_asked(argc, argv, USAGE) ;
  if (subgetopt_r(argc, argv, "", &l) != -1) dieusage() ;
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  chain_cover_standard() ;
  strerr_warnw("this is obsolete: have the program stay in the foreground") ;
  if (pipe(p) == -1 || coe(p[0]) == -1) strerr_diefusys(EXITCODE_SYSTEM, "make a pipe") ;
  n = make_copies(copies, p[1]) ;
  pid = waiting_spawn(argv) ;
  if (!pid) strerr_diefusys(EXITCODE_SYSTEM, "start ", argv[0]) ;
  close_copies(copies, n) ;
  fd_close(p[1]) ;
  if (wait_for_end(p[0])) strerr_dief(EXITCODE_WRITTEN, argv[0], " has written to a descriptor that it does not know") ;
  return exit_of(pid) ;
}
