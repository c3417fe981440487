/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <skalibs/djbunix.h>
#include <skalibs/env.h>
#include <skalibs/posixplz.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/listenfds.h"
#include "libdaemon/launch.h"
#include "libnotifyd/notifyd-internal.h"
#include "libnotifyd/stored.h"

struct gift
{
  struct stored_entry **entries ;  /* by identifier */
  unsigned int stored ;  /* how many */
  unsigned int n ;  /* of what is passed: what has been given to us, and then these */
  int *fds ;
  char const **names ;
  char const **envp ;  /* with room for two more */
  size_t envlen ;
  char process[LISTENFDS_PROCESS] ;
  pid_t parent ;
  struct rlimit limit ;
} ;

static void collect (void *data, struct stored_entry *e)
{
  struct gift *g = data ;
  g->entries[g->stored++] = e ;
}

static int compare (void const *left, void const *right)
{
  char a[FDHOLDER_ID_MAX + 1] ;
  char b[FDHOLDER_ID_MAX + 1] ;
  stored_id(*(struct stored_entry *const *)left, a) ;
  stored_id(*(struct stored_entry *const *)right, b) ;
  return strcmp(a, b) ;
}

static void pass (struct gift *g, int fd, char const *name)
{
  g->fds[g->n] = fd ;
  g->names[g->n++] = name ;
}

static int gather (struct notifyd *d, struct gift *g)
{
  size_t room = d->options.given + d->stored.count + 1 ;
  g->entries = calloc(room, sizeof(*g->entries)) ;
  g->fds = calloc(room, sizeof(*g->fds)) ;
  g->names = calloc(room, sizeof(*g->names)) ;
  if (!g->entries || !g->fds || !g->names) return 0 ;
  stored_each(&d->stored, &collect, g) ;
  qsort(g->entries, g->stored, sizeof(*g->entries), &compare) ;
  for (unsigned int i = 0 ; i < d->options.given ; i++) pass(g, LISTENFDS_FIRST + (int)i, d->options.names[i]) ;
  for (unsigned int i = 0 ; i < g->stored ; i++) pass(g, g->entries[i]->fd, g->entries[i]->name->s) ;
  return 1 ;
}

static void drop (struct gift *g)
{
  free(g->entries) ;
  free(g->fds) ;
  free(g->names) ;
  free(g->envp) ;
}

static int build (struct notifyd const *d, struct gift *g, stralloc *modifs)
{
  size_t before = env_len((char const *const *)environ) ;
  size_t n ;
  if (!env_addmodif(modifs, "NOTIFY_SOCKET", d->options.path)
   || !(g->n ? listenfds_variables(modifs, LISTENFDS_SYSTEMD, g->names, g->n) : stralloc_catb(modifs, LISTENFDS_UNSET, sizeof(LISTENFDS_UNSET)))) return 0 ;
  n = 0 ;
  for (size_t i = 0 ; i < modifs->len ; i++) n += !modifs->s[i] ;
  g->envp = calloc(before + n + 3, sizeof(*g->envp)) ;
  if (!g->envp) return 0 ;
  g->envlen = env_merge(g->envp, before + n + 1, (char const *const *)environ, before, modifs->s, modifs->len) ;
  return g->envlen > 0 ;
}

 /* What of ours has a number that is needed; what has been inherited is listenfds_number's
    to tell of. */

static void clear_numbers (struct gift const *g)
{
  for (unsigned int i = 0 ; i < g->n ; i++)
  {
    int fd = LISTENFDS_FIRST + (int)i ;
    int flags = fcntl(fd, F_GETFD) ;
    unsigned int whose = 0 ;
    if (flags == -1 || !(flags & FD_CLOEXEC)) continue ;
    while (whose < g->n && g->fds[whose] != fd) whose++ ;
    if (whose == g->n) fd_close(fd) ;
  }
}

static void die_with_parent (pid_t parent)
{
#ifdef PR_SET_PDEATHSIG
  prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) ;
  if (getppid() != parent) raise(SIGTERM) ;
#else
  (void)parent ;
#endif
}

 /* In the child, which has descriptors of its own, and our memory. */

static void prepare (void *data)
{
  struct gift *g = data ;
  size_t len ;
  die_with_parent(g->parent) ;
  clear_numbers(g) ;
  if (!listenfds_number(g->fds, g->n))
  {
    strerr_warnwusys("give descriptors back") ;
    _exit(EXITCODE_SYSTEM) ;
  }
  setrlimit(RLIMIT_NOFILE, &g->limit) ;
  if (!g->n) return ;
  len = listenfds_process(g->process) ;
  g->envp[g->envlen - 1] = g->process ;
  if (strlen(g->process) + 1 < len) g->envp[g->envlen++] = g->process + strlen(g->process) + 1 ;
  g->envp[g->envlen] = 0 ;
}

pid_t notifyd_launch (struct notifyd *d, char const *const *argv, char const **what)
{
  struct gift g = { .parent = getpid(), .limit = d->limit } ;
  stralloc modifs = STRALLOC_ZERO ;
  stralloc path = STRALLOC_ZERO ;
  struct launch l = { .argv = argv, .before = &prepare, .data = &g } ;
  pid_t pid = 0 ;
  int e ;
  *what = "allocate memory" ;
  if (!chain_find(&path, argv[0])) pid = errno == ENOMEM ? 0 : -1 ;
  else if (gather(d, &g) && build(d, &g, &modifs))
  {
    l.path = path.s ;
    l.envp = g.envp ;
    *what = "start a process" ;
    pid = launch(&l) ;
  }
  e = errno ;
  drop(&g) ;
  stralloc_free(&path) ;
  stralloc_free(&modifs) ;
  errno = e ;
  return pid ;
}
