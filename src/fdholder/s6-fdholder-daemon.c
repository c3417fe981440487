/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <string.h>
#include <time.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/config.h>
#include <s6-activation/fdholder.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/wrapper.h"

static struct wrapper_option const options[] =
{
  WRAPPER_BINDING_OPTIONS,
  WRAPPER_UNIX_OPTIONS,
  WRAPPER_DROPPING_OPTIONS,
  { 'v', WRAPPER_SERVER, WRAPPER_NUMBER, "-v" },
  { '1', WRAPPER_SERVER, WRAPPER_READINESS, "-1" },
  { 'c', WRAPPER_SERVER, WRAPPER_LIMIT, "-c" },
  { 'n', WRAPPER_SERVER, WRAPPER_LIMIT, "-n" },
  { 't', WRAPPER_SERVER, WRAPPER_NUMBER, "-t" },
  { 'T', WRAPPER_SERVER, WRAPPER_NUMBER, "-T" },
  { 'k', WRAPPER_SERVER, WRAPPER_FLAG, "-k" },
  { 'i', WRAPPER_SERVER, WRAPPER_TEXT, "-i" },
  { 'x', WRAPPER_SERVER, WRAPPER_TEXT, "-x" },
  WRAPPER_OPTIONS_END
} ;

enum
{
  SECONDS = 5,  /* for a holder that is just ending to have ended */
  PAUSE_MS = 20
} ;

static int is_nobody (int e)
{
  return e == ECONNREFUSED || e == ENOENT ;
}

static int is_passing (int e)
{
  return e == EPIPE || e == ECONNRESET || e == ESHUTDOWN ;
}

static void refuse (char const *path, int e)
{
  switch (e)
  {
    case EBUSY : strerr_dief(EXITCODE_SYSTEM, "the holder at ", path, " has a keeper already") ;
    case EPERM : strerr_dief(EXITCODE_SYSTEM, "the holder at ", path, " lets nobody keep it but root, and its own user") ;
    case ENOSYS : strerr_dief(EXITCODE_SYSTEM, "the holder at ", path, " is too old to have a keeper: end it first, or do without -k") ;
    default : strerr_dief(EXITCODE_SYSTEM, "unable to keep what the holder at ", path, " holds: ", strerror(e)) ;
  }
}

 /* 1: what is at path is ours to keep. 0: nobody is there. -1: to be asked again. */

static int ask (char const *path, int channel, int fds[2], tain const *deadline)
{
  fdholder h = FDHOLDER_ZERO ;
  int ok ;
  if (!fdholder_start_g(&h, path, deadline))
  {
    if (!fdholder_isconnected(&h) && is_nobody(errno)) return 0 ;
    if (fdholder_isconnected(&h) && is_passing(errno)) return -1 ;
    strerr_diefusys(EXITCODE_SYSTEM, "look whether there is a holder at ", path) ;
  }
  if (h.s6) strerr_dief(EXITCODE_SYSTEM, "what serves ", path, " is no holder that can be kept, or does not let us in") ;
  ok = fdholder_keep_g(&h, channel, fds, deadline) ;
  if (!ok && !is_passing(errno)) refuse(path, errno) ;
  fdholder_end(&h) ;
  return ok ? 1 : -1 ;
}

static int take_over (char const *path, int channel, int fds[2])
{
  static struct timespec const pause = { .tv_nsec = PAUSE_MS * 1000000L } ;
  tain deadline ;
  int r ;
  if (!tain_now_set_stopwatch_g()) strerr_diefusys(EXITCODE_SYSTEM, "read the clock") ;
  tain_addsec_g(&deadline, SECONDS) ;
  while ((r = ask(path, channel, fds, &deadline)) < 0)
  {
    tain_now_g() ;
    if (!tain_future(&deadline)) strerr_dief(EXITCODE_SYSTEM, "the holder at ", path, " ends, but does not come to an end") ;
    nanosleep(&pause, 0) ;
  }
  return r ;
}

 /* Where a holder lives on whose keeper has died, its socket is not bound anew. */

static char const *const *take (char const *const *operands)
{
  static char numbers[2][UINT_FMT] ;
  static char const *const words[] = { "-A", numbers[0], "-P", numbers[1], 0 } ;
  int channel[2], fds[2] ;
  chain_cover_standard() ;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == -1) strerr_diefusys(EXITCODE_SYSTEM, "make a channel") ;
  if (!take_over(operands[0], channel[1], fds))
  {
    fd_close(channel[0]) ;
    fd_close(channel[1]) ;
    return 0 ;
  }
  fd_close(channel[1]) ;
  if (fd_move(0, fds[0]) == -1 || uncoe(0) == -1 || uncoe(fds[1]) == -1) strerr_diefusys(EXITCODE_SYSTEM, "pass on what was taken over") ;
  numbers[0][uint_fmt(numbers[0], (unsigned int)channel[0])] = 0 ;
  numbers[1][uint_fmt(numbers[1], (unsigned int)fds[1])] = 0 ;
  return words ;
}

static struct wrapper const wrapper =
{
  .usage = "s6-fdholder-daemon [ -v verbosity ] [ -d | -D ] [ -1 ] [ -a perms ] [ -o uid:gid ] [ -e ] [ -c maxconn ] [ -n maxfds ] [ -b backlog ] [ -G gidlist ] [ -g gid ] [ -u uid ] [ -U ] [ -t timeout ] [ -T lameducktimeout ] [ -k ] [ -i rulesdir | -x rulesfile ] path",
  .binder = S6_ACTIVATION_BINPREFIX "s6-ipcserver-socketbinder",
  .server = S6_ACTIVATION_BINPREFIX "s6-fdholderd",
  .operands = 1,
  .options = options,
  .instead = 'k',
  .take = &take
} ;

int main (int argc, char const *const *argv)
{
  PROG = "s6-fdholder-daemon" ;
  wrapper_run(&wrapper, argc, argv) ;
}
