/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/sig.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "exitcodes.h"
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
  char letters[1 + LETTERS_MAX + 1] ;  /* as an option: a dash first */
  size_t len ;
  char wanted ;  /* what is waited for; 0: nothing */
  char const *timeout ;
} ;

static void add (struct options *o, char letter)
{
  if (o->len > LETTERS_MAX) strerr_dief(EXITCODE_USAGE, "too many commands") ;
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
    unsigned int ms ;
    if (opt == -1) return ;
    switch (opt)
    {
      case '?' : case ':' : dieusage() ;
      case 'w' :
        if (!l->arg[0] || l->arg[1] || !strchr("uUdDrR", l->arg[0])) dieusage() ;
        o->wanted = l->arg[0] ;
        break ;
      case 'T' :
        if (!uint0_scan(l->arg, &ms)) dieusage() ;
        o->timeout = l->arg ;
        break ;
      case 's' : add_signal(o, l->arg) ; break ;
      default : add(o, (char)opt) ; break ;
    }
  }
}

 /* Who does not say when it is ready can be waited for no longer than until it is up. */

static void judge_wanted (struct options *o, char const *dir)
{
  char path[SERVICEPATH_MAX] ;
  if (o->wanted != 'U' && o->wanted != 'R') return ;
  if (!servicepath(path, dir, "notification-fd")) strerr_diefusys(EXITCODE_SYSTEM, "look for ", dir, "/notification-fd") ;
  if (access(path, F_OK) == 0) return ;
  if (errno != ENOENT) strerr_diefusys(EXITCODE_SYSTEM, "look for ", path) ;
  o->wanted = o->wanted == 'U' ? 'u' : 'r' ;
  strerr_warnw("there is no ", path, ": waiting until it is up, not until it is ready") ;
}

 /* Into s6-svwait if there is nothing to send, else into s6-svlisten with a block of
    directories, which has us send it. */

static char const *quote (char const *dir)
{
  size_t len = strlen(dir) ;
  char *s = malloc(len + 2) ;
  if (!s) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  s[0] = ' ' ;
  memcpy(s + 1, dir, len + 1) ;
  return s ;
}

static void wait_for (struct options const *o, char const *const *dirs, unsigned int n)
{
  char const wanted[3] = { '-', o->wanted } ;
  int issending = o->len > 1 ;
  char const **argv = malloc((2 * n + 9) * sizeof(char const *)) ;
  char const **at = argv ;
  if (!argv) strerr_diefusys(EXITCODE_SYSTEM, "wait") ;
  *at++ = issending ? "s6-svlisten" : "s6-svwait" ;
  *at++ = wanted ;
  if (o->timeout)
  {
    *at++ = "-t" ;
    *at++ = o->timeout ;
  }
  *at++ = "--" ;
  for (unsigned int i = 0 ; i < n ; i++) *at++ = issending ? quote(dirs[i]) : dirs[i] ;
  if (issending)
  {
    *at++ = "" ;
    *at++ = "s6-svc" ;
    *at++ = o->letters ;
    *at++ = "--" ;
    for (unsigned int i = 0 ; i < n ; i++) *at++ = dirs[i] ;
  }
  *at = 0 ;
  xexec(argv) ;
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
  if (servicepath(path, dir, SERVICE_CONTROL) && svcontrol_send(path, o->letters + 1, o->len - 1)) return EXITCODE_OK ;
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

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .letters = "-", .len = 1 } ;
  int r = EXITCODE_OK ;
  PROG = "s6-svc" ;
  parse(argc, argv, &l, &o) ;
  argc -= l.ind ; argv += l.ind ;
  if (!argc) dieusage() ;
  if (o.wanted)
  {
    judge_wanted(&o, argv[0]) ;
    wait_for(&o, argv, (unsigned int)argc) ;
  }
  if (!sig_ignore(SIGPIPE)) strerr_diefusys(EXITCODE_SYSTEM, "ignore SIGPIPE") ;
  for (; *argv ; argv++)
  {
    int e = send_to(&o, *argv) ;
    if (e) r = e ;
  }
  return r ;
}
