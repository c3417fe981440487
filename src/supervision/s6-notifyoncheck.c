/* ISC license. */

#include <skalibs/nonposix.h>

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/wait.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/iopause.h>
#include <skalibs/posixplz.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/usage.h"
#include "libdaemon/clock.h"
#include "libdaemon/launch.h"
#include "libdaemon/procfd.h"
#include "libdaemon/signals.h"
#include "libdaemon/spawner.h"
#include "libdaemon/svlock.h"
#include "libsupervise/remedy.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/wholefile.h"

#define USAGE "s6-notifyoncheck [ -d ] [ -3 fd ] [ -s initialsleep ] [ -T globaltimeout ] [ -t localtimeout ] [ -w waitingtime ] [ -n tries ] [ -c checkprog ] prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define FILE_NAME "notification-fd"

enum { FIRST_SLEEP = 10, USUAL_PAUSE = 1000, USUAL_TRIES = 7, LINE_MAX_BYTES = 64, UNKNOWN = -1 } ;

 /* What the child ends with, for whoever looks. */

enum outcome
{
  OUTCOME_READY = 0,
  OUTCOME_TRIED = 1,
  OUTCOME_DEAD = 2,
  OUTCOME_LATE = 3
} ;

struct options
{
  int isapart ;
  int fd ;
  unsigned int sleep ;
  unsigned int timeout ;  /* 0: for ever, like patience */
  unsigned int patience ;
  unsigned int pause ;
  unsigned int tries ;  /* 0: no limit */
  char const *line ;
} ;

struct checker
{
  struct options const *o ;
  int service ;  /* the process that becomes prog; -1 where there are no such descriptors */
  int signals ;
  pid_t pid ;  /* of the check */
  int isover ;
  int wstat ;
  tain now ;
  tain deadline ;
} ;

static void finish (struct checker *c, enum outcome outcome)
{
  if (c->pid) kill(c->pid, SIGKILL) ;
  _exit(outcome) ;
}

static void on_child (void *data, int sig, pid_t pid)
{
  struct checker *c = data ;
  int wstat ;
  (void)sig ;
  while ((pid = waitpid(-1, &wstat, WNOHANG)) > 0)
    if (pid == c->pid)
    {
      c->pid = 0 ;
      c->isover = 1 ;
      c->wstat = wstat ;
    }
}

 /* The service is dead when its process is, or when nobody reads of its readiness any more. */

static void sleep_until (struct checker *c, tain const *when)
{
  iopause_fd x[] = { { .fd = c->signals, .events = IOPAUSE_READ }, { .fd = c->o->fd }, { .fd = c->service, .events = IOPAUSE_READ } } ;
  tain next = *when ;
  int r ;
  clock_lower(&next, &c->deadline) ;
  r = iopause(x, c->service < 0 ? 2 : 3, &next, &c->now) ;
  clock_now(&c->now) ;
  if (r < 0 && errno != EINTR) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  if (r > 0)
  {
    if (x[1].revents || (c->service >= 0 && x[2].revents)) finish(c, OUTCOME_DEAD) ;
    if (x[0].revents && !signals_take(c->signals, &on_child, c)) strerr_diefusys(EXITCODE_SYSTEM, "read signals") ;
  }
  if (!tain_less(&c->now, &c->deadline)) finish(c, OUTCOME_LATE) ;
}

static void sleep_for (struct checker *c, unsigned int milliseconds)
{
  tain until ;
  clock_after(&until, &c->now, milliseconds) ;
  while (tain_less(&c->now, &until)) sleep_until(c, &until) ;
}

static void start (struct checker *c)
{
  char const *const file[] = { "./data/check", 0 } ;
  char const *const line[] = { "execlineb", "-Pc", c->o->line, 0 } ;
  char reason[REMEDY_MAX] ;
  struct launch l = { .path = file[0], .argv = c->o->line ? line : file, .envp = (char const *const *)environ } ;
  if (c->o->line) l.path = spawner_find(line[0]) ;
  c->pid = l.path ? launch(&l) : 0 ;
  if (c->pid <= 0) strerr_warnw("unable to start ", l.argv[0], ": ", remedy(reason, c->pid ? l.path : 0, errno)) ;
  if (c->pid < 0) c->pid = 0 ;
  if (c->o->line && l.path && *l.path) free((char *)l.path) ;
}

 /* One that takes longer than it may is killed, and has failed. */

static int check (struct checker *c)
{
  tain until = tain_infinite ;
  if (c->o->patience) clock_after(&until, &c->now, c->o->patience) ;
  c->isover = 0 ;
  start(c) ;
  while (c->pid && tain_less(&c->now, &until)) sleep_until(c, &until) ;
  if (c->pid) kill(c->pid, SIGKILL) ;
  c->pid = 0 ;
  return c->isover && WIFEXITED(c->wstat) && !WEXITSTATUS(c->wstat) ;
}

static void watch (struct options const *o, int service)
{
  int const child = SIGCHLD ;
  struct checker c = { .o = o, .service = service, .deadline = tain_infinite } ;
  PROG = "s6-notifyoncheck (child)" ;
  c.signals = signals_init(&child, 1) ;
  if (c.signals < 0) strerr_diefusys(EXITCODE_SYSTEM, "set up signals") ;
  clock_now(&c.now) ;
  if (o->timeout) clock_after(&c.deadline, &c.now, o->timeout) ;
  sleep_for(&c, o->sleep) ;
  for (unsigned int tries = 1 ; !check(&c) ; tries++)
  {
    if (tries == o->tries) finish(&c, OUTCOME_TRIED) ;
    sleep_for(&c, o->pause) ;
  }
  if (write(o->fd, "\n", 1) == -1) finish(&c, OUTCOME_DEAD) ;
  finish(&c, OUTCOME_READY) ;
}

 /* The grandchild is nobody's: prog has no child that it does not know. */

static pid_t fork_child (int isapart)
{
  int wstat ;
  pid_t pid = fork() ;
  if (!isapart || pid < 0) return pid ;
  if (!pid)
  {
    pid = fork() ;
    if (pid) _exit(pid < 0 ? errno : 0) ;
    return 0 ;
  }
  if (waitpid_nointr(pid, &wstat, 0) == -1) return -1 ;
  return wstat ? (errno = WIFEXITED(wstat) ? WEXITSTATUS(wstat) : EINTR, -1) : pid ;
}

static int read_fd (void)
{
  char s[LINE_MAX_BYTES + 1] ;
  unsigned int fd ;
  ssize_t len = wholefile_read(FILE_NAME, s, LINE_MAX_BYTES, 0) ;
  if (len < 0) strerr_diefusys(EXITCODE_SYSTEM, "read ", FILE_NAME) ;
  while (len && isspace((unsigned char)s[len - 1])) len-- ;
  s[len] = 0 ;
  if (!uint0_scan(s, &fd) || fd > INT_MAX) strerr_dief(EXITCODE_USAGE, FILE_NAME, " is not the number of a descriptor") ;
  return (int)fd ;
}

 /* Who has become another user may not look into supervise: then it is taken for granted. */

static void check_service (int fd)
{
  int r = svlock_istaken(SERVICE_LOCK) ;
  if (r < 0 && errno != ENOENT && errno != EACCES) strerr_diefusys(EXITCODE_SYSTEM, "look at ", SERVICE_LOCK) ;
  if (!r || (r < 0 && errno == ENOENT)) strerr_dief(EXITCODE_USAGE, "this is not the directory of a service: no s6-supervise is running here") ;
  if (fcntl(fd, F_GETFD) == -1) strerr_diefusys(EXITCODE_SYSTEM, "use the descriptor for readiness") ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    unsigned int n = 0 ;
    int opt = subgetopt_r(argc, argv, "d3:s:T:t:w:n:c:", l) ;
    if (opt == -1) return ;
    if (opt == '?' || opt == ':') dieusage() ;
    if (opt != 'd' && opt != 'c' && (!uint0_scan(l->arg, &n) || (opt == '3' && n > INT_MAX))) dieusage() ;
    switch (opt)
    {
      case 'd' : o->isapart = 1 ; break ;
      case '3' : o->fd = (int)n ; break ;
      case 's' : o->sleep = n ; break ;
      case 'T' : o->timeout = n ; break ;
      case 't' : o->patience = n ; break ;
      case 'w' : o->pause = n ; break ;
      case 'n' : o->tries = n ; break ;
      case 'c' : o->line = l->arg ; break ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .fd = UNKNOWN, .sleep = FIRST_SLEEP, .pause = USUAL_PAUSE, .tries = USUAL_TRIES } ;
  int service ;
  pid_t pid ;
  PROG = "s6-notifyoncheck" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  argv += l.ind ;
  if (!chain_isprogram(argv)) dieusage() ;
  if (o.fd == UNKNOWN) o.fd = read_fd() ;
  check_service(o.fd) ;
  chain_cover_standard() ;
  service = procfd_open(getpid()) ;
  pid = fork_child(o.isapart) ;
  if (pid < 0) strerr_diefusys(EXITCODE_SYSTEM, "fork") ;
  if (!pid) watch(&o, service) ;
  fd_close(o.fd) ;
  xexec(argv) ;
}
