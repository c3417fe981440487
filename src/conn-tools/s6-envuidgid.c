/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/env.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/privileges.h"
#include "libchain/usage.h"

#define USAGE "s6-envuidgid [ -i | -D uid:gid:gidlist ] [ -u | -g | -B ] [ -n ] account prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

enum what
{
  WHAT_ACCOUNT,
  WHAT_USER,
  WHAT_GROUP,
  WHAT_BOTH
} ;

struct options
{
  enum what what ;
  unsigned int numerical : 1 ;
  unsigned int hasdefault : 1 ;
  struct privileges fallback ;  /* of -D; zeros without it */
} ;

static void dienomem (void)
{
  strerr_diefusys(EXITCODE_SYSTEM, "build the environment") ;
}

 /* uid:gid:gidlist; a uid or gid that is empty or missing stays as it was, a missing list is none. */

static int scan_triple (struct privileges *p, char const *s)
{
  s += uid_scan(s, &p->uid) ;
  p->flags |= PRIVILEGES_UID | PRIVILEGES_GID ;
  if (*s == ':')
  {
    s++ ;
    s += gid_scan(s, &p->gid) ;
  }
  if (*s && *s != ':') return 0 ;
  return privileges_scan_groups(p, *s ? s + 1 : s) ;
}

static void require (struct options const *o, int found, char const *kind, char const *name)
{
  if (found < 0) strerr_diefusys(EXITCODE_SYSTEM, "look up ", kind, " ", name) ;
  if (!found && !o->hasdefault) strerr_dief(EXITCODE_DENIED, "unknown ", kind, ": ", name) ;
}

static void find_user (struct options const *o, struct privileges *p, char const *name)
{
  int found = privileges_find_user(p, name) ;
  if (!found && o->numerical) found = privileges_scan_uid(p, name) ;
  require(o, found, "user", name) ;
  p->flags |= PRIVILEGES_UID ;
}

static void find_group (struct options const *o, struct privileges *p, char const *name)
{
  int found = privileges_find_group(p, name) ;
  if (!found && o->numerical) found = privileges_scan_gid(p, name) ;
  require(o, found, "group", name) ;
  p->flags |= PRIVILEGES_GID ;
}

 /* user:group; what is empty stays as it was. */

static void find_both (struct options const *o, struct privileges *p, char const *name)
{
  char const *colon = strchr(name, ':') ;
  char *user = strndup(name, colon ? (size_t)(colon - name) : strlen(name)) ;
  if (!user) strerr_diefusys(EXITCODE_SYSTEM, "read the account") ;
  if (!*name) require(o, 0, "user", name) ;
  if (user[0]) find_user(o, p, user) ;
  if (colon && colon[1]) find_group(o, p, colon + 1) ;
  free(user) ;
  p->flags |= PRIVILEGES_UID | PRIVILEGES_GID ;
}

static void find_account (struct options const *o, struct privileges *p, char const *name)
{
  struct privileges literal = PRIVILEGES_ZERO ;
  int found = privileges_find_account(p, name) ;
  literal.gid = o->fallback.gid ;
  if (!found && o->numerical && name[0] >= '0' && name[0] <= '9' && scan_triple(&literal, name))
  {
    *p = literal ;
    found = 1 ;
  }
  if (!found && o->numerical && strchr(name, ':'))
  {
    find_both(o, p, name) ;
    return ;
  }
  require(o, found, "user", name) ;
  p->flags |= PRIVILEGES_UID | PRIVILEGES_GID | PRIVILEGES_GROUPS ;
}

static void find (struct options const *o, struct privileges *p, char const *name)
{
  switch (o->what)
  {
    case WHAT_USER : find_user(o, p, name) ; break ;
    case WHAT_GROUP : find_group(o, p, name) ; break ;
    case WHAT_BOTH : find_both(o, p, name) ; break ;
    case WHAT_ACCOUNT : find_account(o, p, name) ; break ;
  }
}

static void set (stralloc *modifs, char const *name, unsigned int number)
{
  char fmt[UINT_FMT] ;
  fmt[uint_fmt(fmt, number)] = 0 ;
  if (!env_addmodif(modifs, name, fmt)) dienomem() ;
}

static void set_groups (stralloc *modifs, struct privileges const *p)
{
  char *list = malloc(p->groupcount * GID_FMT + 1) ;
  if (!list) dienomem() ;
  list[gid_fmtlist(list, p->groups, p->groupcount)] = 0 ;
  if (!env_addmodif(modifs, "GIDLIST", list)) dienomem() ;
  free(list) ;
}

static int parse_options (int argc, char const *const *argv, struct options *o)
{
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "ugBniD:", &l) ;
    if (opt == -1) return l.ind ;
    switch (opt)
    {
      case 'u' : o->what = WHAT_USER ; break ;
      case 'g' : o->what = WHAT_GROUP ; break ;
      case 'B' : o->what = WHAT_BOTH ; break ;
      case 'n' : o->numerical = 1 ; break ;
      case 'i' : o->hasdefault = 0 ; break ;
      case 'D' :
        o->hasdefault = 1 ;
        if (!l.arg[0] || !scan_triple(&o->fallback, l.arg)) dieusage() ;
        break ;
      default : dieusage() ;
    }
  }
}

int main (int argc, char const *const *argv)
{
  struct options o = { .what = WHAT_ACCOUNT, .fallback = PRIVILEGES_ZERO } ;
  struct privileges p ;
  stralloc modifs = STRALLOC_ZERO ;
  PROG = "s6-envuidgid" ;
  usage_asked(argc, argv, USAGE) ;
  argv += parse_options(argc, argv, &o) ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  p = o.fallback ;
  p.flags = 0 ;
  find(&o, &p, argv[0]) ;
  if (p.flags & PRIVILEGES_UID) set(&modifs, "UID", p.uid) ;
  if (p.flags & PRIVILEGES_GID) set(&modifs, "GID", p.gid) ;
  if (p.flags & PRIVILEGES_GROUPS) set_groups(&modifs, &p) ;
  xmexec_m(argv + 1, modifs.s, modifs.len) ;
}
