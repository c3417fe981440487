/* ISC license. */

 /* The helpers, when another image of the process takes over. */

#include <signal.h>
#include <sys/wait.h>

#include <skalibs/genalloc.h>

#include "libdaemon/closer-internal.h"

int closer_each_process (struct closer const *c, closer_process_func *f, void *data)
{
  for (unsigned int i = 0 ; i < CLOSER_HELPERS ; i++)
    if (c->helpers[i] && !(*f)(data, c->helpers[i], 0)) return 0 ;
  return !c->burier || (*f)(data, c->burier, 1) ;
}

 /* What no helper has taken is taken back, so that none takes it from now on,
    until closer_turn gives it again. */

int closer_each_pending (struct closer *c, closer_pending_func *f, void *data)
{
  struct closer_ticket const *t ;
  size_t n ;
  if (!c->hashelpers) return 1 ;
  closer_hear(c) ;
  closer_recall(c) ;
  c->tried-- ;
  t = genalloc_s(struct closer_ticket, &c->tickets) ;
  n = genalloc_len(struct closer_ticket, &c->tickets) ;
  for (size_t i = 0 ; i < n ; i++)
    if (t[i].lane && !(*f)(data, t[i].fd, t[i].owner)) return 0 ;
  return 1 ;
}

 /* Number 0 is never stuck. */

void closer_hand_over (struct closer *c, int isso)
{
  if (!c->hashelpers) return ;
  if (isso) closer_make_one(c, 0) ;
  __atomic_store_n(&c->shared->ishandedover, (uint32_t)!!isso, __ATOMIC_SEQ_CST) ;
  for (size_t fd = 0 ; fd < c->ownmax ; fd++)
    if (c->shared->own[fd] == CLOSER_LAST) c->shared->own[fd] = CLOSER_OTHER ;
}

static void mark (struct closer *c, int fd, enum closer_mark mark)
{
  if ((size_t)fd >= c->ownsize) return ;
  if ((size_t)fd >= c->ownmax) c->ownmax = (size_t)fd + 1 ;
  __atomic_store_n(c->shared->own + fd, (char)mark, __ATOMIC_RELAXED) ;
}

void closer_hand_over_last (struct closer *c, int fd)
{
  if (c->hashelpers) mark(c, fd, CLOSER_LAST) ;
}

void closer_own (struct closer *c, int fd, int isours)
{
  mark(c, fd, isours ? CLOSER_OWN : CLOSER_OTHER) ;
}

 /* The one for connections has helpers of its own, which do the rest. */

void closer_dismiss (pid_t pid, int isneedless)
{
  if (!waitpid(pid, 0, WNOHANG)) kill(pid, isneedless ? SIGKILL : CLOSER_SIGNAL) ;
}

static int end_one (void *data, pid_t pid, int isburier)
{
  (void)data ;
  (void)isburier ;
  kill(pid, SIGKILL) ;
  return 1 ;
}

void closer_abandon (struct closer *c)
{
  closer_each_process(c, &end_one, 0) ;
}
