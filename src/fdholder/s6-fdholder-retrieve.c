/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-retrieve [ -D ] [ -w ] [ -t milliseconds ] socket id prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { NOT_FOUND = 127, NOT_EXECUTED = 126 } ;

 /* dup2 clears the close-on-exec flag, unless there is nothing to move. */

static void become_stdin (int fd)
{
  int r ;
  holderclient_doubt_path(fd) ;
  r = fd ? fd_move(0, fd) : uncoe(0) ;
  if (r == -1) strerr_diefusys(EXITCODE_SYSTEM, "move the descriptor to standard input") ;
}

static void die_unexecuted (char const *program)
{
  strerr_dieexec(errno == ENOENT ? NOT_FOUND : NOT_EXECUTED, program) ;
}

static void retrieve (fdholder *h, char const *id, int iswait, tain const *deadline)
{
  int fd = iswait ? fdholder_await_g(h, id, deadline) : fdholder_retrieve_g(h, id, deadline) ;
  if (fd < 0) holderclient_die_asking(h, EXITCODE_DENIED, "retrieve ", id, HOLDERCLIENT_READS) ;
  become_stdin(fd) ;
}

 /* When the holder has answered the acknowledgement, the descriptor is here
    and nowhere else: by then all else has succeeded. */

static void take (fdholder *h, char const *path, char const *id, int iswait, tain const *deadline)
{
  int fd ;
  while (fd = iswait ? fdholder_await_take_g(h, id, deadline) : fdholder_take_g(h, id, deadline), fd < 0 && errno == EAGAIN)
  {
    fdholder_end(h) ;
    holderclient_reconnect(h, path, deadline, EXITCODE_DENIED) ;
  }
  if (fd < 0) holderclient_die_asking(h, EXITCODE_DENIED, "retrieve ", id, HOLDERCLIENT_READS) ;
  become_stdin(fd) ;
  if (!fdholder_acknowledge_g(h, deadline)) holderclient_die_asking(h, EXITCODE_DENIED, "retrieve ", id, HOLDERCLIENT_ONE) ;
}

static void store_again (fdholder *h, char const *path, char const *id, tain const *deadline)
{
  if (errno != ENOSYS)
  {
    fdholder_end(h) ;
    if (!fdholder_start_g(h, path, deadline))
    {
      holderclient_warn("connect, to store again ", id) ;
      return ;
    }
  }
  if (!fdholder_store_g(h, 0, id, 0, deadline))
  {
    holderclient_warn("store again ", id) ;
    return ;
  }
  strerr_warnw("the descriptor has been stored again, without a time limit: the daemon is of s6, or an older one, or closed the connection") ;
}

 /* The program was there, and could not be executed. */

static void put_back (fdholder *h, char const *path, char const *id, unsigned int milliseconds)
{
  tain deadline ;
  tain_now_g() ;
  holderclient_deadline(&deadline, milliseconds) ;
  if (fdholder_putback_g(h, &deadline)) return ;
  if (errno == EBUSY || errno == ENOENT) holderclient_warn("put back ", id) ;
  else store_again(h, path, id, &deadline) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = HOLDERCLIENT_TIMEOUT ;
  int isdelete = 0, iswait = 0 ;
  int e ;
  PROG = "s6-fdholder-retrieve" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "Dwt:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 'D' : isdelete = 1 ; break ;
      case 'w' : iswait = 1 ; break ;
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  holderclient_check_id(argv[1]) ;

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (isdelete && !chain_canexecute(argv[2])) die_unexecuted(argv[2]) ;
  if (isdelete) take(&h, argv[0], argv[1], iswait, &deadline) ;
  else retrieve(&h, argv[1], iswait, &deadline) ;
  exec(argv + 2) ;
  e = errno ;
  if (isdelete) put_back(&h, argv[0], argv[1], milliseconds) ;
  errno = e ;
  die_unexecuted(argv[2]) ;
}
