/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libdaemon/clock.h"
#include "libdaemon/launch.h"
#include "libdaemon/log.h"
#include "librollover/rollover-internal.h"

enum { READ_AT_ONCE = 4096, READS_MAX = 16 } ;

static void on_pipe (void *data, unsigned int events, tain const *now)
{
  struct rollover_child *c = data ;
  (void)events ;
  (void)now ;
  (*c->rollover->hear)(c, 0) ;
}

static void kill_at_last (struct rollover_child *c)
{
  char pid[PID_FMT] ;
  pid[pid_fmt(pid, c->child.pid)] = 0 ;
  log_line(c->rollover->log, LOG_WARNING, "process ", pid, " has not ended in its time: killed") ;
  kill(c->child.pid, SIGKILL) ;
}

static void on_time (void *data, tain const *now)
{
  struct rollover_child *c = data ;
  (void)now ;
  if (c->isretired) kill_at_last(c) ;
  else (*c->rollover->hear)(c, 1) ;
}

static void set_timer (struct rollover_child *c, unsigned int milliseconds)
{
  tain when ;
  if (!milliseconds) return ;
  clock_after(&when, &STAMP, milliseconds) ;
  loop_timer_set(&c->rollover->loop, &c->timer, &when) ;
}

 /* In the child. Whoever has died before that is set would never be missed. */

static void die_with_parent (void *data)
{
#ifdef __linux__
  struct rollover const *r = data ;
  prctl(PR_SET_PDEATHSIG, r->options->signal) ;
  if (getppid() != r->pid) _exit(EXITCODE_SYSTEM) ;
#else
  (void)data ;
#endif
}

 /* The program is looked for each time: there may be another one by now. */

static pid_t execute (struct rollover *r, int fd)
{
  struct launch l = { .argv = r->options->argv, .envp = r->options->envp, .before = &die_with_parent, .data = r } ;
  stralloc path = STRALLOC_ZERO ;
  pid_t pid ;
  int e ;
  if (fd >= 0)
  {
    l.moves[0].from = fd ;
    l.moves[0].to = r->options->ready ;
    l.n = 1 ;
  }
  if (chain_find(&path, l.argv[0]))
  {
    l.path = path.s ;
    pid = launch(&l) ;
  }
  else pid = errno == ENOMEM ? 0 : -1 ;
  e = errno ;
  stralloc_free(&path) ;
  errno = e ;
  return pid ;
}

 /* The end that is ours does not wait; the other one is the child's alone. */

static pid_t start (struct rollover_child *c)
{
  struct rollover *r = c->rollover ;
  int p[2] = { -1, -1 } ;
  int e ;
  pid_t pid ;
  if (r->options->ready < 0) return execute(r, -1) ;
  if (pipecoe(p) == -1) return 0 ;
  if (ndelay_on(p[0]) == -1 || !loop_watch_start(&r->loop, &c->pipe, p[0], LOOP_READ))
  {
    e = errno ;
    fd_close(p[0]) ;
    fd_close(p[1]) ;
    return (errno = e, 0) ;
  }
  pid = execute(r, p[1]) ;
  e = errno ;
  fd_close(p[1]) ;
  errno = e ;
  return pid ;
}

pid_t rollover_child_start (struct rollover *r, struct rollover_child **made)
{
  struct rollover_child *c = calloc(1, sizeof(*c)) ;
  pid_t pid ;
  if (!c) return 0 ;
  c->rollover = r ;
  loop_watch_init(&c->pipe, &on_pipe, c) ;
  loop_timer_init(&c->timer, &on_time, c) ;
  pid = start(c) ;
  if (pid <= 0)
  {
    int e = errno ;
    rollover_child_free(c) ;
    return (errno = e, pid) ;
  }
  children_add(&r->children, &c->child, pid) ;
  set_timer(c, r->options->ready < 0 ? ROLLOVER_ALIVE_MS : r->options->patience) ;
  *made = c ;
  return pid ;
}

 /* A process that ends closes all that it has, and can be waited for a moment later. */

static void become_mute (struct rollover_child *c)
{
  rollover_child_ignore(c) ;
  c->ismute = 1 ;
  set_timer(c, ROLLOVER_MUTE_MS) ;
}

 /* As much at once as a pipe has: who writes without end does not keep us here. */

int rollover_child_isready (struct rollover_child *c)
{
  char bytes[READ_AT_ONCE] ;
  if (!loop_watch_isstarted(&c->pipe)) return 0 ;
  for (unsigned int i = 0 ; i < READS_MAX ; i++)
  {
    ssize_t n = read(c->pipe.fd, bytes, sizeof(bytes)) ;
    if (n > 0 && memchr(bytes, '\n', (size_t)n)) return 1 ;
    if (!n) become_mute(c) ;
    if (!n || (n < 0 && errno != EINTR)) return 0 ;
  }
  return 0 ;
}

void rollover_child_ignore (struct rollover_child *c)
{
  int fd = c->pipe.fd ;
  loop_timer_clear(&c->rollover->loop, &c->timer) ;
  if (!loop_watch_isstarted(&c->pipe)) return ;
  loop_watch_stop(&c->rollover->loop, &c->pipe) ;
  fd_close(fd) ;
}

void rollover_child_retire (struct rollover_child *c)
{
  rollover_child_ignore(c) ;
  c->isretired = 1 ;
  if (c->isdead) return ;
  kill(c->child.pid, c->rollover->options->signal) ;
  set_timer(c, c->rollover->options->mercy) ;
}

void rollover_child_free (struct rollover_child *c)
{
  rollover_child_ignore(c) ;
  free(c) ;
}
