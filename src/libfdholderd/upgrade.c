/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libdaemon/clock.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libfdholderd/budget.h"
#include "libfdholderd/fdtable.h"
#include "libfdholderd/slots.h"
#include "libfdholderd/state.h"
#include "libfdholderd/store.h"
#include "libfdholderd/upgrade-internal.h"

static void end_phase (struct upgrade *u)
{
  u->phase = UPGRADE_NONE ;
  u->isover = 0 ;
  loop_timer_clear(u->loop, &u->deadline) ;
}

 /* The process is reaped when it has died. */

static void end_trial (struct upgrade *u)
{
  loop_watch_stop(u->loop, &u->answer) ;
  while (u->lent) fd_close(u->lending[--u->lent]) ;
  upgrade_reserve(u) ;
  if (u->trial) kill(u->trial, SIGKILL) ;
  end_phase(u) ;
}

static void refuse (struct upgrade *u, char const *why)
{
  log_line(&u->holder->log, LOG_WARNING, "will not execute itself: ", why, ": nothing has changed") ;
}

static void fail_trial (struct upgrade *u, char const *why)
{
  end_trial(u) ;
  fdtable_leave(&u->holder->fdtable) ;
  refuse(u, why) ;
}

static void quiesce (struct upgrade *u, tain const *now)
{
  tain end ;
  end_trial(u) ;
  log_line(&u->holder->log, LOG_INFO, "executing itself: waiting for what is under way") ;
  u->phase = UPGRADE_QUIESCE ;
  clock_after(&end, now, UPGRADE_QUIESCE_MS) ;
  loop_timer_set(u->loop, &u->deadline, &end) ;
  u->holder->isquiescing = 1 ;
  if (u->slots) slots_quiesce(u->slots, now) ;
  if (u->hooks && u->hooks->quiesce) (*u->hooks->quiesce)(u->data) ;
}

 /* isover: there is nobody who could say more. */

static void hear (struct upgrade *u, int isover, tain const *now)
{
  char bytes[16] ;
  ssize_t r ;
  while ((r = read(u->answer.fd, bytes, sizeof(bytes))) > 0)
  {
    if (r == 1 && bytes[0] == '\n' && !u->isnewline) u->isnewline = 1 ;
    else
    {
      fail_trial(u, "the program answered something else than that it can take over") ;
      return ;
    }
  }
  if (!isover) return ;
  if (u->isnewline) quiesce(u, now) ;
  else fail_trial(u, "the program did not answer that it can take over") ;
}

void upgrade_end_of_trial (struct upgrade *u)
{
  u->holder->istrying = 0 ;
  if (u->phase == UPGRADE_TRIAL) hear(u, 1, &STAMP) ;
}

static void on_answer (void *data, unsigned int events, tain const *now)
{
  (void)events ;
  hear(data, 0, now) ;
}

static void on_deadline (void *data, tain const *now)
{
  struct upgrade *u = data ;
  (void)now ;
  if (u->phase == UPGRADE_TRIAL) fail_trial(u, "the program did not answer within 5 seconds") ;
  else u->isover = 1 ;
}

void upgrade_init (struct upgrade *u, struct holder *h, struct slots *slots, struct loop *loop, char const *const *argv, int signalfd)
{
  static struct upgrade const zero = { .phase = UPGRADE_NONE } ;
  *u = zero ;
  u->holder = h ;
  u->slots = slots ;
  u->loop = loop ;
  u->argv = argv ;
  u->signalfd = signalfd ;
  h->isquiescing = h->istrying = 0 ;
  loop_watch_init(&u->answer, &on_answer, u) ;
  loop_timer_init(&u->deadline, &on_deadline, u) ;
  u->reservable = budget_spare(&h->budget, UPGRADE_FLOOR) ;
  upgrade_reserve(u) ;
}

 /* All that it needs has low numbers here: it gets no others. They stay ours,
    too, for nobody knows when it has a table of its own. */

static int begin_trial (struct upgrade *u, struct state *st, tain const *now)
{
  int p[2], fd ;
  tain end ;
  if (!state_make(st, u->holder, u->slots, u->holder->upgrades + 1, now)) return 0 ;
  fd = state_save(st, STATE_FOR_TRIAL) ;
  if (fd < 0) return 0 ;
  if (pipenbcoe(p) == -1) goto close_state ;
  u->trial = upgrade_begin_trial(u, fd, p[1]) ;
  u->holder->istrying = !!u->trial ;
  if (!u->trial || !loop_watch_start(u->loop, &u->answer, p[0], LOOP_READ)) goto close_pipe ;
  u->lending[u->lent++] = p[0] ;
  u->lending[u->lent++] = p[1] ;
  u->lending[u->lent++] = fd ;
  u->phase = UPGRADE_TRIAL ;
  u->isnewline = 0 ;
  clock_after(&end, now, UPGRADE_TRIAL_MS) ;
  loop_timer_set(u->loop, &u->deadline, &end) ;
  return 1 ;

 close_pipe:
  if (u->trial) kill(u->trial, SIGKILL) ;
  fd_close(p[0]) ;
  fd_close(p[1]) ;
 close_state:
  fd_close(fd) ;
  return 0 ;
}

 /* What would be done before the exec, while clients wait. The trial has a table of its
    own, or copied ours before; but not of what is below the floor. */

static int stay (struct store_entry const *e, void *data)
{
  if (e->fd >= UPGRADE_FLOOR) fdtable_stay(data, e->fd) ;
  return 1 ;
}

void upgrade_ask (struct upgrade *u)
{
  if (u->isasked || u->phase != UPGRADE_NONE) refuse(u, "it is about to, already") ;
  else u->isasked = 1 ;
}

 /* At the end of a turn: who has died in it is closed, and the loop may have
    been left to find that out, so nobody else is to have a copy. */

static void start (struct upgrade *u, tain const *now)
{
  struct state st = STATE_ZERO ;
  u->isasked = 0 ;
  upgrade_lend_reserve(u, UPGRADE_LENDING) ;
  if (!u->argv) refuse(u, "it does not know how") ;
  else if (!begin_trial(u, &st, now)) refuse(u, strerror(errno)) ;
  else store_iter(&u->holder->store, &stay, &u->holder->fdtable) ;
  upgrade_reserve(u) ;
  state_free(&st) ;
}

static void go_on (struct upgrade *u, tain const *now)
{
  end_phase(u) ;
  fdtable_leave(&u->holder->fdtable) ;
  u->holder->isquiescing = 0 ;
  if (u->slots) slots_quiesce(u->slots, now) ;
}

void upgrade_cancel (struct upgrade *u, tain const *now)
{
  u->isasked = 0 ;
  if (u->phase == UPGRADE_TRIAL)
  {
    end_trial(u) ;
    fdtable_leave(&u->holder->fdtable) ;
  }
  else if (u->phase == UPGRADE_QUIESCE) go_on(u, now) ;
}

void upgrade_turn (struct upgrade *u, tain const *now)
{
  if (u->isasked) start(u, now) ;
  if (u->phase != UPGRADE_QUIESCE) return ;
  if (u->isover && u->slots)
  {
    slots_end_exchanges(u->slots, now) ;
    slots_turn(u->slots, now) ;
  }
  if (u->slots && !slots_arequiet(u->slots)) return ;
  if (u->hooks && u->hooks->isready && !(*u->hooks->isready)(u->data)) return ;
  if (upgrade_attempt(u, now)) go_on(u, now) ;
}
