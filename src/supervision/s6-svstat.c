/* ISC license. */

#include <errno.h>
#include <string.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>

#include "exitcodes.h"
#include "libchain/usage.h"
#include "libsupervise/servicepath.h"
#include "libsupervise/svreport.h"
#include "libsupervise/svview.h"

#define USAGE "s6-svstat [ -uwNrpgest | -o up,wantedup,normallyup,ready,paused,pid,pgid,exitcode,signal,signum,updownsince,readysince,updownfor,readyfor,nextstart ] [ -n ] [ -j ] servicedir..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienomem() strerr_diefusys(EXITCODE_SYSTEM, "print")

enum { FIELDS_MAX = 16 } ;

struct options
{
  enum svreport_field fields[FIELDS_MAX] ;
  unsigned int n ;
  int isnumeric ;
  int isjson ;
} ;

static void add_field (struct options *o, enum svreport_field field)
{
  if (o->n == FIELDS_MAX) strerr_dief(EXITCODE_USAGE, "too many fields") ;
  o->fields[o->n++] = field ;
}

 /* A comma may come after the last one. */

static void add_fields (struct options *o, char const *s)
{
  while (*s)
  {
    size_t len = strcspn(s, ",") ;
    enum svreport_field field = svreport_named(s, len) ;
    if (field == SVREPORT_FIELDS) strerr_dief(EXITCODE_USAGE, "there is no such field: ", s) ;
    add_field(o, field) ;
    s += len ;
    if (*s) s++ ;
  }
}

static int add_line (stralloc *sa, struct options const *o, struct svview const *v)
{
  if (o->isjson) return svreport_json(sa, v) ;
  if (!o->n || !v->issupervised) return svreport_line(sa, v, o->isnumeric) ;
  for (unsigned int i = 0 ; i < o->n ; i++)
    if ((i && !stralloc_append(sa, ' ')) || !svreport_field(sa, v, o->fields[i])) return 0 ;
  return 1 ;
}

 /* Programs that read fields look for nothing else there. */

static void warn_doubt (struct svview const *v)
{
  stralloc sa = STRALLOC_ZERO ;
  if (!svreport_doubt(&sa, v) || !stralloc_0(&sa)) dienomem() ;
  strerr_warnw("the status of ", v->dir, " may be out of date: ", sa.s) ;
  stralloc_free(&sa) ;
}

static int warn_unreadable (char const *dir)
{
  if (errno == EBADMSG) strerr_warnw(dir, "/" SERVICE_STATUS " is not a status") ;
  else strerr_warnwusys("read the status of ", dir) ;
  return EXITCODE_SYSTEM ;
}

static int print (struct options const *o, char const *dir, int isnamed)
{
  stralloc sa = STRALLOC_ZERO ;
  struct svview v ;
  if (!svview_read(&v, dir)) return warn_unreadable(dir) ;
  if (!v.issupervised && !isnamed && !o->isjson) strerr_dief(EXITCODE_DENIED, dir, " is not supervised") ;
  if (v.issupervised && v.doubt && o->n && !o->isjson) warn_doubt(&v) ;
  if (isnamed && (!stralloc_cats(&sa, dir) || !stralloc_cats(&sa, ": "))) dienomem() ;
  if (!add_line(&sa, o, &v) || !stralloc_append(&sa, '\n')) dienomem() ;
  if (allwrite(1, sa.s, sa.len) < sa.len) strerr_diefusys(EXITCODE_SYSTEM, "write to stdout") ;
  stralloc_free(&sa) ;
  return v.issupervised ? EXITCODE_OK : EXITCODE_DENIED ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .n = 0 } ;
  int r = EXITCODE_OK ;
  int isnamed ;
  PROG = "s6-svstat" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "uwNrpgesto:nj", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case '?' : case ':' : dieusage() ;
      case 'o' : add_fields(&o, l.arg) ; break ;
      case 'n' : o.isnumeric = 1 ; break ;
      case 'j' : o.isjson = 1 ; break ;
      default : add_field(&o, svreport_lettered((char)opt)) ; break ;
    }
  }
  argc -= l.ind ; argv += l.ind ;
  if (!argc) dieusage() ;
  isnamed = argc > 1 && !o.isjson ;
  for (; *argv ; argv++)
  {
    int e = print(&o, *argv, isnamed) ;
    if (e > r) r = e ;
  }
  return r ;
}
