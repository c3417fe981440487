/* ISC license. */

#include <sys/wait.h>

#include <skalibs/stralloc.h>

#include "libsupervise/svreport-internal.h"
#include "libsupervise/svreport.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svview.h"

static int seconds (stralloc *sa, char const *before, uint64_t n)
{
  return stralloc_cats(sa, before) && svreport_number(sa, n) && stralloc_cats(sa, " seconds") ;
}

int svreport_doubt (stralloc *sa, struct svview const *v)
{
  if (v->doubt == SVVIEW_NODOUBT) return 1 ;
  if (v->doubt == SVVIEW_NOPROCESS) return stralloc_cats(sa, "there is no process ") && svreport_number(sa, (uint64_t)v->status.pid) ;
  return stralloc_cats(sa, "process ") && svreport_number(sa, (uint64_t)v->status.pid)
    && seconds(sa, " has lived for ", v->age) ;
}

static int add_up (stralloc *sa, struct svview const *v)
{
  return stralloc_cats(sa, "up (pid ") && svreport_field(sa, v, SVREPORT_PID)
    && stralloc_cats(sa, " pgid ") && svreport_field(sa, v, SVREPORT_PGID)
    && seconds(sa, ") ", svview_seconds(&v->status.changed, &v->now)) ;
}

static int add_down (stralloc *sa, struct svview const *v, int isnumeric)
{
  unsigned int wstat = v->status.wstat ;
  int ok ;
  if (svstatus_isunstarted(&v->status)) return stralloc_cats(sa, "down (not started yet) ") ;
  if (WIFSIGNALED(wstat)) ok = stralloc_cats(sa, "down (signal ") && svreport_field(sa, v, isnumeric ? SVREPORT_SIGNUM : SVREPORT_SIGNAL) ;
  else ok = stralloc_cats(sa, "down (exitcode ") && svreport_number(sa, WEXITSTATUS(wstat)) ;
  return ok && seconds(sa, ") ", svview_seconds(&v->status.changed, &v->now)) ;
}

 /* What is not as it would be after a start of the machine, or is about to change. */

static int add_intent (stralloc *sa, struct svview const *v, int isup)
{
  int iswanted = !!(v->status.flags & SVSTATUS_WANTEDUP) ;
  if (isup != v->isnormallyup && !stralloc_cats(sa, isup ? ", normally down" : ", normally up")) return 0 ;
  if (isup && v->status.flags & SVSTATUS_PAUSED && !stralloc_cats(sa, ", paused")) return 0 ;
  return isup == iswanted || stralloc_cats(sa, isup ? ", want down" : ", want up") ;
}

int svreport_line (stralloc *sa, struct svview const *v, int isnumeric)
{
  int isup = svstatus_isup(&v->status) ;
  int isready = v->status.flags & SVSTATUS_READY && !svstatus_isunstarted(&v->status) ;
  if (!v->issupervised) return stralloc_cats(sa, "not supervised") ;
  if (!(isup ? add_up(sa, v) : add_down(sa, v, isnumeric)) || !add_intent(sa, v, isup)) return 0 ;
  if (isready && !seconds(sa, ", ready ", svview_seconds(&v->status.readied, &v->now))) return 0 ;
  if (!isup && v->hasnext && !seconds(sa, ", next start in ", svview_seconds(&v->now, &v->next))) return 0 ;
  return !v->doubt || (stralloc_cats(sa, ", but ") && svreport_doubt(sa, v)) ;
}
