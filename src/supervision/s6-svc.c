/* ISC license. */

#include <errno.h>
#include <unistd.h>

#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/servicewait.h"
#include "libchain/usage.h"
#include "libsupervise/machine.h"
#include "libsupervise/servicefiles.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/svcontrol.h"

#define USAGE "s6-svc [ -w u | U | d | D | r | R ] [ -T timeout ] [ -s signal ] [ -abqhkti12ypcPCKrlduoODUQx ] servicedir..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

#define LETTERS "abqhkti12ypcPCKrlduoODUQx"

enum { LETTERS_MAX = 62 } ;

struct options
{
  char letters[LETTERS_MAX] ;
  size_t len ;
  int iswaiting ;
  struct servicewait wait ;
} ;

static void add (struct options *o, char letter)
{
  if (o->len == LETTERS_MAX) strerr_dief(EXITCODE_USAGE, "too many commands") ;
  o->letters[o->len++] = letter ;
}

static void add_signal (struct options *o, char const *name)
{
  int sig = servicefiles_scansignal(name) ;
  if (!sig) strerr_dief(EXITCODE_USAGE, "there is no signal ", name) ;
  if (!machine_letterof(sig)) strerr_dief(EXITCODE_USAGE, "no command sends the signal ", name) ;
  add(o, machine_letterof(sig)) ;
}

static void parse (int argc, char const *const *argv, subgetopt *l, struct options *o)
{
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, LETTERS "w:T:s:", l) ;
    if (opt == -1) return ;
    switch (opt)
    {
      case '?' : case ':' : dieusage() ;
      case 'w' :
        if (l->arg[0] == 't' || l->arg[1] || !servicewait_option(&o->wait, l->arg[0], 0)) dieusage() ;
        o->iswaiting = 1 ;
        break ;
      case 'T' : if (!servicewait_option(&o->wait, 't', l->arg)) dieusage() ; break ;
      case 's' : add_signal(o, l->arg) ; break ;
      default : add(o, (char)opt) ; break ;
    }
  }
}

 /* Who does not say when it is ready can be waited for no longer than until it is up. */

static void judge_wanted (struct options *o, char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  if (o->wait.want != WAIT_READY && o->wait.want != WAIT_RESTARTEDREADY) return ;
  if (!servicepath(path, dir, "notification-fd")) strerr_diefusys(EXITCODE_SYSTEM, "look for ", dir, "/notification-fd") ;
  if (access(path, F_OK) == 0) return ;
  if (errno != ENOENT) strerr_diefusys(EXITCODE_SYSTEM, "look for ", path) ;
  o->wait.want = o->wait.want == WAIT_READY ? WAIT_UP : WAIT_RESTARTED ;
  strerr_warnw("there is no ", path, ": waiting until it is up, not until it is ready") ;
}

 /* Where nothing listens: has anybody ever? */

static int judge_absent (char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  if (access(dir, F_OK) == -1)
  {
    strerr_warnwusys("command ", dir) ;
    return EXITCODE_SYSTEM ;
  }
  if (servicepath(path, dir, SERVICE_SUPERVISE) && access(path, F_OK) == 0)
  {
    strerr_warnw("there is no ", dir, "/" SERVICE_CONTROL) ;
    return EXITCODE_DENIED ;
  }
  strerr_warnw(dir, " is not supervised") ;
  return EXITCODE_UNSUPERVISED ;
}

static int send_to (struct options const *o, char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  if (servicepath(path, dir, SERVICE_CONTROL) && svcontrol_send(path, o->letters, o->len)) return EXITCODE_OK ;
  switch (errno)
  {
    case ENXIO :
      strerr_warnw(dir, " is not supervised") ;
      return EXITCODE_UNSUPERVISED ;
    case ENOENT : return judge_absent(dir) ;
    case EAGAIN : strerr_warnw(dir, "/" SERVICE_CONTROL " is full: its supervisor does not read") ; break ;
    case EINVAL : strerr_warnw(dir, "/" SERVICE_CONTROL " is not a fifo") ; break ;
    default : strerr_warnwusys("command ", dir) ; break ;
  }
  return EXITCODE_SYSTEM ;
}

static int send_to_all (struct options const *o, char const *const *dirs)
{
  int r = EXITCODE_OK ;
  for (; *dirs ; dirs++)
  {
    int e = send_to(o, *dirs) ;
    if (e) r = e ;
  }
  return r ;
}

 /* What they do is heard from before they are told. Where one is not told, nothing may
    come of it. */

static int send_and_wait (struct options *o, char const *const *dirs, unsigned int n)
{
  int r = EXITCODE_OK ;
  judge_wanted(o, dirs[0]) ;
  servicewait_begin(&o->wait, dirs, n) ;
  if (o->len) r = send_to_all(o, dirs) ;
  if (!r) return servicewait_end(&o->wait, 0) ;
  svwatch_free(&o->wait.watch) ;
  return r ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .len = 0, .iswaiting = 0, .wait = SERVICEWAIT_ZERO } ;
  PROG = "s6-svc" ;
  usage_asked(argc, argv, USAGE) ;
  parse(argc, argv, &l, &o) ;
  argc -= l.ind ; argv += l.ind ;
  if (!argc) dieusage() ;
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  return o.iswaiting ? send_and_wait(&o, argv, (unsigned int)argc) : send_to_all(&o, argv) ;
}
