/* ISC license. */

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "chain.h"
#include "exitcodes.h"
#include "holderclient.h"

#define USAGE "s6-fdholder-retrieve [ -D ] [ -t milliseconds ] socket id prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* dup2 clears the close-on-exec flag, unless there is nothing to move. */

static void become_stdin (int fd)
{
  int r = fd ? fd_move(0, fd) : uncoe(0) ;
  if (r == -1) strerr_diefusys(EXITCODE_SYSTEM, "move the descriptor to standard input") ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  int isdelete = 0 ;
  int fd ;
  PROG = "s6-fdholder-retrieve" ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "Dt:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'D' : isdelete = 1 ; break ;
      case 't' : if (!holderclient_scan_milliseconds(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  holderclient_check_id(argv[1]) ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  fd = isdelete ? fdholder_retrieve_delete_g(&h, argv[1], &deadline) : fdholder_retrieve_g(&h, argv[1], &deadline) ;
  if (fd < 0) holderclient_die(EXITCODE_DENIED, "retrieve ", argv[1]) ;
  become_stdin(fd) ;
  xexec(argv + 2) ;
}
