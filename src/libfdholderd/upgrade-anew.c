/* ISC license. */

 /* An image that cannot begin begins again: it has what the one before held. */

#include <signal.h>
#include <time.h>

#include <skalibs/tai.h>

#include "libdaemon/clock.h"
#include "libdaemon/closer.h"
#include "libfdholderd/state.h"
#include "libfdholderd/upgrade.h"

enum { SOON_MS = 20, SOON_FOR_MS = 1000 } ;

 /* At first for what passes soon; then not to fill the log. */

static void pause_a_little (struct upgrade_heritage const *h)
{
  struct timespec pause = { .tv_nsec = SOON_MS * 1000000L } ;
  tain now, soon ;
  clock_now(&now) ;
  clock_after(&soon, &h->state.head.clock, SOON_FOR_MS) ;
  if (h->state.bytes.len && tain_less(&soon, &now)) pause.tv_sec = 1 ;
  nanosleep(&pause, 0) ;
}

int upgrade_begin_anew (struct upgrade_heritage *h)
{
  sigset_t pending ;
  if (h->closer) closer_abandon(h->closer) ;
  h->closer = 0 ;
  pause_a_little(h) ;
  if (sigpending(&pending) == 0 && sigismember(&pending, SIGTERM) == 1) return 0 ;
  if (h->state.bytes.len && !state_mark(&h->state, 0)) return 1 ;
  if (upgrade_mark(&h->words, 0)) upgrade_execute(h->argv, &h->words) ;
  return 1 ;
}
