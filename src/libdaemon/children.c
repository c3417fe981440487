/* ISC license. */

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include <skalibs/tai.h>

#include "libdaemon/children.h"
#include "libdaemon/clock.h"
#include "libdaemon/tree.h"

 /*
   The kernel looks at every child when it is asked for any that has ended,
   and at one when it is asked for one. While there are many, a SIGCHLD is
   taken at its word: the child that it names. Those that ended with it,
   unnamed, are found by a sweep: soon, and after as many as make its cost
   small for each.
 */

enum { SWEEP_ALWAYS = 48, SWEEP_SHARE = 8, SWEEP_DELAY_MS = 20, SWEEP_AGAIN_MS = 1000 } ;

#define child_of(n) tree_owner(struct child, node, (n))

static int order (pid_t a, pid_t b)
{
  return a < b ? -1 : a > b ;
}

static int compare (struct tree_node const *a, struct tree_node const *b)
{
  return order(child_of(a)->pid, child_of(b)->pid) ;
}

static int compare_pid (void const *key, struct tree_node const *node)
{
  return order(*(pid_t const *)key, child_of(node)->pid) ;
}

void children_init (struct children *c, child_ended_func *ended, void *data)
{
  tree_init(&c->bypid, &compare) ;
  c->ended = ended ;
  c->data = data ;
  c->sweep = tain_infinite ;
  c->unswept = 0 ;
}

void children_add (struct children *c, struct child *child, pid_t pid)
{
  child->pid = pid ;
  tree_insert(&c->bypid, &child->node) ;
}

static int send_signal (struct tree_node *node, void *sig)
{
  kill(child_of(node)->pid, *(int const *)sig) ;
  return 1 ;
}

void children_kill (struct children const *c, int sig)
{
  tree_iter(&c->bypid, &send_signal, &sig) ;
}

struct child *children_remove (struct children *c, pid_t pid)
{
  struct tree_node *node = tree_find(&c->bypid, &pid, &compare_pid) ;
  if (!node) return 0 ;
  tree_delete(&c->bypid, node) ;
  return child_of(node) ;
}

static void end (struct children *c, pid_t pid, int status)
{
  struct child *child = children_remove(c, pid) ;
  if (child) (*c->ended)(c->data, child, status) ;
}

 /* No other signal comes for who has ended: where it cannot be known, it is asked for again. */

void children_sweep (struct children *c)
{
  c->sweep = tain_infinite ;
  c->unswept = 0 ;
  for (;;)
  {
    int status ;
    pid_t pid = waitpid(-1, &status, WNOHANG) ;
    if (pid == -1 && errno == EINTR) continue ;
    if (pid == -1 && errno != ECHILD) clock_after(&c->sweep, &STAMP, SWEEP_AGAIN_MS) ;
    if (pid <= 0) break ;
    end(c, pid, status) ;
  }
}

void children_reap (struct children *c, pid_t pid, tain const *now)
{
  uint32_t running = children_running(c) ;
  int status ;
  if (running <= SWEEP_ALWAYS || c->unswept >= running / SWEEP_SHARE || pid <= 0)
  {
    children_sweep(c) ;
    return ;
  }
  if (waitpid(pid, &status, WNOHANG) == pid) end(c, pid, status) ;
  c->unswept++ ;
  if (!children_issweepneeded(c)) clock_after(&c->sweep, now, SWEEP_DELAY_MS) ;
}

void children_turn (struct children *c, tain const *now)
{
  if (!tain_less(now, &c->sweep)) children_sweep(c) ;
}

void children_next (struct children const *c, tain *when)
{
  clock_lower(when, &c->sweep) ;
}
