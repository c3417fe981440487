/* ISC license. */

#include <string.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>

#include <skalibs/genalloc.h>
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
#include "libchain/usage.h"

#define USAGE "s6-fdholder-listenfds [ -t milliseconds ] [ -w ] [ -e nginx|einhorn|server-starter ] -i id [ -n name ] [ -i id [ -n name ] ]... socket prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienomem() strerr_diefusys(EXITCODE_SYSTEM, "allocate memory")

 /* What was asked for: an id, or a glob. name is 0 where it is the id. */

struct wanted
{
  char const *id ;
  char const *name ;
  int fd ;  /* of an id */
} ;

struct options
{
  genalloc wanted ;  /* struct wanted */
  unsigned int milliseconds ;
  int iswait ;
  enum listenfds_dialect dialect ;
} ;

 /* In the order in which they are to be numbered. */

struct got
{
  genalloc fds ;  /* int */
  genalloc names ;  /* char const * */
} ;

struct ids
{
  stralloc strings ;
  genalloc sorted ;  /* char const * */
  int islisted ;
} ;

static int is_glob (char const *id)
{
  return !!id[strcspn(id, "*?[")] ;
}

static void want (struct options *o, char const *id)
{
  struct wanted w = { .id = id, .name = 0, .fd = -1 } ;
  holderclient_check_id(id) ;
  if (!genalloc_append(struct wanted, &o->wanted, &w)) dienomem() ;
}

static void name (struct options *o, char const *s)
{
  size_t n = genalloc_len(struct wanted, &o->wanted) ;
  struct wanted *last ;
  if (!n) dieusage() ;
  last = genalloc_s(struct wanted, &o->wanted) + n - 1 ;
  if (last->name) dieusage() ;
  if (!listenfds_isname(s)) strerr_dief(EXITCODE_USAGE, LISTENFDS_BADNAME) ;
  last->name = s ;
}

static void die_retrieving (fdholder *h, char const *id)
{
  holderclient_die_asking(h, EXITCODE_DENIED, "retrieve ", id, HOLDERCLIENT_READS) ;
}

static int retrieve (fdholder *h, char const *id, int iswait, tain const *deadline)
{
  int fd = iswait ? fdholder_await_g(h, id, deadline) : fdholder_retrieve_g(h, id, deadline) ;
  if (fd < 0) die_retrieving(h, id) ;
  return fd ;
}

static char const *name_from (char const *id)
{
  char *s = strdup(id) ;
  if (!s) dienomem() ;
  listenfds_name(s) ;
  return s ;
}

static void add (struct got *got, int fd, char const *given, char const *id)
{
  char const *s = given ? given : name_from(id) ;
  holderclient_doubt_path(fd) ;
  if (!genalloc_append(int, &got->fds, &fd) || !genalloc_append(char const *, &got->names, &s)) dienomem() ;
}

static int compare (void const *left, void const *right)
{
  return strcmp(*(char const *const *)left, *(char const *const *)right) ;
}

static void list (fdholder *h, struct ids *ids, tain const *deadline)
{
  size_t n ;
  char const *s ;
  if (ids->islisted) return ;
  if (!fdholder_list_g(h, &ids->strings, &n, deadline)) holderclient_die_asking(h, EXITCODE_DENIED, "list the identifiers", 0, HOLDERCLIENT_READS) ;
  for (s = ids->strings.s ; n-- ; s += strlen(s) + 1)
    if (!genalloc_append(char const *, &ids->sorted, &s)) dienomem() ;
  n = genalloc_len(char const *, &ids->sorted) ;
  if (n) qsort(genalloc_s(char const *, &ids->sorted), n, sizeof(char const *), &compare) ;
  ids->islisted = 1 ;
}

 /* What has gone since it was listed does not match any longer. Ids of IPv6 addresses
    have brackets, and are meant themselves. */

static void expand (fdholder *h, struct got *got, struct ids *ids, struct wanted const *w, tain const *deadline)
{
  size_t before = genalloc_len(int, &got->fds) ;
  list(h, ids, deadline) ;
  for (size_t i = 0 ; i < genalloc_len(char const *, &ids->sorted) ; i++)
  {
    char const *id = genalloc_s(char const *, &ids->sorted)[i] ;
    int fd ;
    if (strcmp(w->id, id) && fnmatch(w->id, id, 0)) continue ;
    fd = fdholder_retrieve_g(h, id, deadline) ;
    if (fd >= 0) add(got, fd, w->name, id) ;
    else if (errno != ENOENT) die_retrieving(h, id) ;
  }
  if (genalloc_len(int, &got->fds) == before) strerr_dief(EXITCODE_DENIED, "no identifier matches ", w->id) ;
}

 /* What is waited for comes first: so a glob sees what is there by then. */

static void get (fdholder *h, struct options *o, struct got *got, tain const *deadline)
{
  struct ids ids = { .strings = STRALLOC_ZERO, .sorted = GENALLOC_ZERO, .islisted = 0 } ;
  struct wanted *w = genalloc_s(struct wanted, &o->wanted) ;
  size_t n = genalloc_len(struct wanted, &o->wanted) ;
  for (size_t i = 0 ; i < n ; i++)
    if (!is_glob(w[i].id)) w[i].fd = retrieve(h, w[i].id, o->iswait, deadline) ;
  for (size_t i = 0 ; i < n ; i++)
  {
    if (is_glob(w[i].id)) expand(h, got, &ids, w + i, deadline) ;
    else add(got, w[i].fd, w[i].name, w[i].id) ;
  }
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .wanted = GENALLOC_ZERO, .milliseconds = HOLDERCLIENT_TIMEOUT, .iswait = 0, .dialect = LISTENFDS_SYSTEMD } ;
  struct got got = { .fds = GENALLOC_ZERO, .names = GENALLOC_ZERO } ;
  PROG = "s6-fdholder-listenfds" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:we:i:n:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!uint0_scan(l.arg, &o.milliseconds)) dieusage() ; break ;
      case 'w' : o.iswait = 1 ; break ;
      case 'e' : if (!listenfds_dialect(&o.dialect, l.arg)) dieusage() ; break ;
      case 'i' : want(&o, l.arg) ; break ;
      case 'n' : name(&o, l.arg) ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!genalloc_len(struct wanted, &o.wanted) || !argv[0] || !chain_isprogram(argv + 1)) dieusage() ;

  holderclient_connect(&h, argv[0], o.milliseconds, &deadline, EXITCODE_DENIED) ;
  get(&h, &o, &got, &deadline) ;
  fdholder_end(&h) ;
  listenfds_execute(argv + 1, o.dialect, genalloc_s(int, &got.fds), genalloc_s(char const *, &got.names), genalloc_len(int, &got.fds)) ;
}
