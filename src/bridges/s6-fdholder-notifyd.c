/* ISC license. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <skalibs/djbunix.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/listenfds.h"
#include "libchain/notifyfd.h"
#include "libchain/usage.h"
#include "libdaemon/likewise.h"
#include "libdaemon/log.h"
#include "libdaemon/shortage.h"
#include "libnotifyd/inbox.h"
#include "libnotifyd/notifyd.h"
#include "libnotifyd/stored.h"
#include "libsockets/unixsocket.h"

#define USAGE "s6-fdholder-notifyd [ -d notif ] [ -t milliseconds ] [ -p prefix ] [ -n max ] [ -a perms ] [ -v verbosity ] holdersocket path prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum { USUAL_MAX = 512, USUAL_PERMISSIONS = 0600, LARGEST_PERMISSIONS = 0777 } ;

static void parse (int argc, char const *const *argv, subgetopt *l, struct notifyd_options *o, struct log *log, mode_t *permissions)
{
  unsigned int n = 0 ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "d:t:p:n:a:v:", l) ;
    if (opt == -1) return ;
    if (opt == '?' || opt == ':') dieusage() ;
    if (opt == 'a' ? !uint0_oscan(l->arg, &n) : !strchr("dp", opt) && !uint0_scan(l->arg, &n)) dieusage() ;
    switch (opt)
    {
      case 'd' : o->ready = notifyfd_scan(l->arg) ; break ;
      case 't' : o->timeout = n ; break ;
      case 'p' : o->prefix = l->arg ; break ;
      case 'n' : if (!n || n > STORED_MAX) dieusage() ; o->max = n ; break ;
      case 'a' : if (n > LARGEST_PERMISSIONS) dieusage() ; *permissions = n ; break ;
      case 'v' : log->verbosity = n ; break ;
    }
  }
}

 /* The program may change its directory. */

static void find_path (stralloc *sa, char const *path)
{
  if (!path[0]) strerr_dief(EXITCODE_USAGE, "the path of the socket is empty") ;
  if (path[0] != '/' && (sagetcwd(sa) == -1 || !stralloc_append(sa, '/'))) strerr_diefusys(EXITCODE_SYSTEM, "find the current directory") ;
  if (!stralloc_cats(sa, path) || !stralloc_0(sa)) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
  if (sa->len > sizeof(((struct sockaddr_un *)0)->sun_path)) strerr_dief(EXITCODE_USAGE, "the path of the socket, made absolute, has more than 107 bytes: ", sa->s) ;
}

 /* Two services never have the same path, so they have each its own by default. */

static void find_prefix (stralloc *sa, struct notifyd_options *o)
{
  if (!o->prefix)
  {
    if (!stralloc_cats(sa, o->path) || !stralloc_cats(sa, ":") || !stralloc_0(sa)) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
    o->prefix = sa->s ;
  }
  if (strlen(o->prefix) > STORED_PREFIX_MAX) strerr_dief(EXITCODE_USAGE, "the prefix is too long") ;
}

 /* Sockets that this process was given as a daemon is: they are the program's. What was
    meant for another process is not. */

static void find_given (struct notifyd_options *o)
{
  char const **names ;
  if (!getenv("LISTEN_FDS") || listenfds_another()) return ;
  o->given = listenfds_given() ;
  if (o->ready >= 0 && (unsigned int)o->ready - LISTENFDS_FIRST < o->given) strerr_dief(EXITCODE_USAGE, "LISTEN_FDS counts the descriptor of -d") ;
  names = listenfds_given_names(o->given) ;
  for (unsigned int i = 0 ; i < o->given ; i++) if (!names[i][0]) names[i] = "unknown" ;
  o->names = names ;
}

static void die_empty (char const *what, char const *id)
{
  if (is_shortage(errno)) holderclient_die_for(EXITCODE_SYSTEM, what, id, " (is the limit of open files too low for -n?)") ;
  holderclient_die(EXITCODE_DENIED, what, id) ;
}

static int bind_inbox (char const *path, mode_t permissions, struct stat *st)
{
  struct unixbinding binding = { .flags = UNIXBINDING_REPLACE | UNIXBINDING_EXCLUSIVE, .permissions = permissions } ;
  int fd = inbox_socket() ;
  if (fd < 0) strerr_diefusys(EXITCODE_SYSTEM, "make a socket") ;
  if (!unixsocket_bind(fd, path, &binding)) strerr_diefu(EXITCODE_SYSTEM, binding.failed, path, ": ", strerror(errno)) ;
  if (lstat(path, st) == -1) strerr_diefusys(EXITCODE_SYSTEM, "look at ", path) ;
  return fd ;
}

 /* Not somebody else's. */

static void unbind (char const *path, struct stat const *ours)
{
  struct stat st ;
  if (lstat(path, &st) == 0 && st.st_ino == ours->st_ino && st.st_dev == ours->st_dev) unixsocket_unlink(path) ;
}

static void die_unstarted (struct notifyd_options const *o, struct stat const *st, char const *what, char const *program)
{
  int e = errno ;
  unbind(o->path, st) ;
  errno = e ;
  if (strcmp(what, NOTIFYD_EXECUTE)) strerr_diefusys(EXITCODE_SYSTEM, what) ;
  strerr_diefusys(e == ENOENT ? EXITCODE_NOPROGRAM : EXITCODE_NOEXEC, what, program) ;
}

int main (int argc, char const *const *argv)
{
  static struct notifyd d ;
  struct notifyd_options o = { .timeout = HOLDERCLIENT_TIMEOUT, .max = USUAL_MAX, .ready = -1 } ;
  struct log log = LOG_ZERO ;
  mode_t permissions = USUAL_PERMISSIONS ;
  subgetopt l = SUBGETOPT_ZERO ;
  stralloc path = STRALLOC_ZERO, prefix = STRALLOC_ZERO ;
  struct stat st ;
  tain deadline ;
  char const *what, *id ;
  int fd, wstat ;
  PROG = "s6-fdholder-notifyd" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o, &log, &permissions) ;
  argv += l.ind ;
  if (!argv[0] || !argv[1] || !chain_isprogram(argv + 2)) dieusage() ;
  if (o.ready >= 0 && coe(o.ready) == -1) strerr_diefusys(EXITCODE_SYSTEM, "use the descriptor for readiness") ;
  o.holder = argv[0] ;
  find_path(&path, argv[1]) ;
  o.path = path.s ;
  find_prefix(&prefix, &o) ;
  find_given(&o) ;
  chain_cover_standard() ;

  holderclient_connect(&d.holder, o.holder, o.timeout, &deadline, EXITCODE_DENIED) ;
  fd = bind_inbox(o.path, permissions, &st) ;
  notifyd_init(&d, &o, &log) ;
  if (!notifyd_take_back(&d, &deadline, &what, &id))
  {
    unbind(o.path, &st) ;
    die_empty(what, id) ;
  }
  if (!notifyd_start(&d, fd, argv + 2, &what)) die_unstarted(&o, &st, what, argv[2]) ;
  if (!notifyd_run(&d, &wstat)) strerr_diefusys(EXITCODE_SYSTEM, "go on") ;
  unbind(o.path, &st) ;
  likewise_end(wstat) ;
}
