/* ISC license. */

 /* This image makes room for the next one; or for itself, when that fails. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>

#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libfdholderd/state.h"
#include "libfdholderd/upgrade-internal.h"

static int has_signals (struct upgrade const *u)
{
  struct pollfd x = { .fd = u->signalfd, .events = POLLIN } ;
  return poll(&x, 1, 0) == 1 ;
}

 /* All but the exec itself, and the other way round. */

static int try_execute (struct upgrade *u, struct state *st, tain const *now)
{
  struct upgrade_words words = UPGRADE_WORDS_ZERO ;
  int e ;
  if (u->hooks && u->hooks->words) (*u->hooks->words)(u->data, &words) ;
  state_own(st, words.worker) ;
  state_own(st, words.keeper) ;
  state_own(st, words.process) ;
  if (!state_make(st, u->holder, u->slots, u->holder->upgrades + 1, now)) return 0 ;
  words.fd = state_save(st, STATE_FOR_NEXT) ;
  if (words.fd < 0) return 0 ;
  state_hand_over(st, &u->holder->closer) ;
  if (state_mark_rest(st) && upgrade_mark(&words, 0)) upgrade_execute(u->argv, &words) ;
  e = errno ;
  state_mark(st, FD_CLOEXEC) ;
  upgrade_mark(&words, FD_CLOEXEC) ;
  fd_close(words.fd) ;
  errno = e ;
  return 0 ;
}

 /* Signals wait: they are the next image's, or ours again. Those that it could
    die of before it is ready are ignored: the rules are read anew anyway. */

int upgrade_attempt (struct upgrade *u, tain const *now)
{
  static int const deadly[] = { SIGUSR1, SIGHUP } ;
  struct sigaction const ignore = { .sa_handler = SIG_IGN } ;
  struct sigaction old[sizeof(deadly) / sizeof(int)] ;
  struct state st = STATE_ZERO ;
  struct holder *h = u->holder ;
  sigset_t all, before ;
  int e, hasfailed = 0 ;
  sigfillset(&all) ;
  sigprocmask(SIG_BLOCK, &all, &before) ;
  if (!has_signals(u))
  {
    complaint_end(&h->complaints) ;
    closer_settle(&h->closer, 0) ;
    upgrade_lend_reserve(u, 1) ;  /* for the state */
    for (unsigned int i = 0 ; i < sizeof(deadly) / sizeof(int) ; i++) sigaction(deadly[i], &ignore, old + i) ;
    try_execute(u, &st, now) ;
    e = errno ;
    for (unsigned int i = 0 ; i < sizeof(deadly) / sizeof(int) ; i++) sigaction(deadly[i], old + i, 0) ;
    closer_hand_over(&h->closer, 0) ;
    upgrade_reserve(u) ;
    state_free(&st) ;
    log_line(&h->log, LOG_WARNING, "unable to execute itself: ", strerror(e), ": going on as before") ;
    hasfailed = 1 ;
  }
  sigprocmask(SIG_SETMASK, &before, 0) ;
  return hasfailed ;
}
