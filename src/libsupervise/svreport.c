/* ISC license. */

#include <string.h>
#include <sys/wait.h>

#include <skalibs/sig.h>
#include <skalibs/stralloc.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libsupervise/svreport-internal.h"
#include "libsupervise/svreport.h"
#include "libsupervise/svstatus.h"
#include "libsupervise/svview.h"

static struct name
{
  char const *name ;
  char letter ;  /* 0: none */
} const names[] =
{
  [SVREPORT_UP] = { "up", 'u' },
  [SVREPORT_WANTEDUP] = { "wantedup", 'w' },
  [SVREPORT_NORMALLYUP] = { "normallyup", 'N' },
  [SVREPORT_READY] = { "ready", 'r' },
  [SVREPORT_PAUSED] = { "paused", 0 },
  [SVREPORT_PID] = { "pid", 'p' },
  [SVREPORT_PGID] = { "pgid", 'g' },
  [SVREPORT_EXITCODE] = { "exitcode", 'e' },
  [SVREPORT_SIGNAL] = { "signal", 's' },
  [SVREPORT_SIGNUM] = { "signum", 0 },
  [SVREPORT_UPDOWNSINCE] = { "updownsince", 0 },
  [SVREPORT_READYSINCE] = { "readysince", 0 },
  [SVREPORT_UPDOWNFOR] = { "updownfor", 't' },
  [SVREPORT_READYFOR] = { "readyfor", 0 },
  [SVREPORT_NEXTSTART] = { "nextstart", 0 }
} ;

char const *svreport_name (enum svreport_field field)
{
  return names[field].name ;
}

enum svreport_field svreport_named (char const *name, size_t len)
{
  unsigned int i = 0 ;
  while (i < SVREPORT_FIELDS && (strlen(names[i].name) != len || memcmp(names[i].name, name, len))) i++ ;
  return i ;
}

enum svreport_field svreport_lettered (char c)
{
  unsigned int i = 0 ;
  while (i < SVREPORT_FIELDS && (!c || names[i].letter != c)) i++ ;
  return i ;
}

 /* Of a service that has run and is down: how it ended. */

static int has_ended (struct svstatus const *s)
{
  return svstatus_isdown(s) && !svstatus_isunstarted(s) ;
}

static int is_signalled (struct svstatus const *s)
{
  return has_ended(s) && WIFSIGNALED(s->wstat) ;
}

static void set_boolean (struct svreport_value *v, int is)
{
  v->type = SVREPORT_BOOLEAN ;
  v->number = !!is ;
}

static void set_number (struct svreport_value *v, int is, uint64_t n)
{
  v->type = SVREPORT_NUMBER ;
  v->isnone = !is ;
  v->number = is ? n : 0 ;
}

static void set_signal (struct svreport_value *v, struct svstatus const *s)
{
  int sig = is_signalled(s) ? WTERMSIG(s->wstat) : 0 ;
  char const *name = sig_name(sig) ;
  v->type = SVREPORT_TEXT ;
  v->isnone = !sig ;
  memcpy(v->text, "SIG", 3) ;
  if (sig_number(name) == sig && strlen(name) < sizeof(v->text) - 3) memcpy(v->text + 3, name, strlen(name) + 1) ;
  else v->text[3 + uint_fmt(v->text + 3, (unsigned int)sig)] = 0 ;
}

static void set_label (struct svreport_value *v, tain const *t)
{
  v->type = SVREPORT_TEXT ;
  v->isnone = 0 ;
  v->text[timestamp_fmt(v->text, t)] = 0 ;
}

void svreport_value (struct svreport_value *v, struct svview const *view, enum svreport_field field)
{
  struct svstatus const *s = &view->status ;
  v->isnone = 0 ;
  switch (field)
  {
    case SVREPORT_UP : set_boolean(v, svstatus_isup(s)) ; break ;
    case SVREPORT_WANTEDUP : set_boolean(v, s->flags & SVSTATUS_WANTEDUP) ; break ;
    case SVREPORT_NORMALLYUP : set_boolean(v, view->isnormallyup) ; break ;
    case SVREPORT_READY : set_boolean(v, svstatus_isready(s)) ; break ;
    case SVREPORT_PAUSED : set_boolean(v, s->pid && s->flags & SVSTATUS_PAUSED) ; break ;
    case SVREPORT_PID :
    case SVREPORT_PGID :  /* run leads a group of its own */
      set_number(v, svstatus_isup(s), (uint64_t)s->pid) ;
      break ;
    case SVREPORT_EXITCODE : set_number(v, has_ended(s) && WIFEXITED(s->wstat), WEXITSTATUS(s->wstat)) ; break ;
    case SVREPORT_SIGNAL : set_signal(v, s) ; break ;
    case SVREPORT_SIGNUM : set_number(v, is_signalled(s), WTERMSIG(s->wstat)) ; break ;
    case SVREPORT_UPDOWNSINCE : set_label(v, &s->changed) ; break ;
    case SVREPORT_READYSINCE : set_label(v, &s->readied) ; break ;
    case SVREPORT_UPDOWNFOR : set_number(v, 1, svview_seconds(&s->changed, &view->now)) ; break ;
    case SVREPORT_READYFOR : set_number(v, 1, svview_seconds(&s->readied, &view->now)) ; break ;
    default : set_number(v, view->hasnext && svstatus_isdown(s), svview_seconds(&view->now, &view->next)) ; break ;
  }
}

int svreport_number (stralloc *sa, uint64_t n)
{
  char fmt[UINT64_FMT] ;
  return stralloc_catb(sa, fmt, uint64_fmt(fmt, n)) ;
}

int svreport_field (stralloc *sa, struct svview const *view, enum svreport_field field)
{
  struct svreport_value v ;
  svreport_value(&v, view, field) ;
  if (v.type == SVREPORT_BOOLEAN) return stralloc_cats(sa, v.number ? "true" : "false") ;
  if (v.type == SVREPORT_TEXT) return stralloc_cats(sa, v.isnone ? "NA" : v.text) ;
  return v.isnone ? stralloc_cats(sa, "-1") : svreport_number(sa, v.number) ;
}
