/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/djbunix.h>
#include <skalibs/exec.h>
#include <skalibs/sgetopt.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/holderclient.h"
#include "libchain/listenfds.h"
#include "libchain/usage.h"

#define USAGE "s6-listenfds-store [ -t milliseconds ] [ -p prefix ] [ -k ] [ -r ] [ -F ] socket prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define dienotset(name) strerr_dief(EXITCODE_USAGE, name, " not set: run s6-listenfds-store under what passes descriptors as systemd does")

struct options
{
  char const *prefix ;
  unsigned int milliseconds ;
  int iskept ;
  int isreplaced ;
  int isforced ;
} ;

 /* What a descriptor is called, and how many of that name come before it. */

struct name
{
  char const *s ;
  unsigned int nth ;
  char number[INT_FMT] ;
} ;

static void *allocate (size_t n, size_t size)
{
  void *p = calloc(n, size) ;
  if (!p) strerr_diefusys(EXITCODE_SYSTEM, "allocate memory") ;
  return p ;
}

 /* Variables that are another process's have been inherited, and so have the descriptors, perhaps. */

static void check_process (void)
{
  char const *another ;
  if (!getenv("LISTEN_PID")) dienotset("LISTEN_PID") ;
  another = listenfds_another() ;
  if (another) strerr_dief(EXITCODE_USAGE, another, " is not this process: the descriptors are another's (-F takes them)") ;
}

 /* An empty name is none, and so is one that is missing: the number stands for it. */

static struct name *read_names (unsigned int n)
{
  struct name *names = allocate(n, sizeof(struct name)) ;
  char const **given = listenfds_given_names(n) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    struct name *x = names + i ;
    x->number[int_fmt(x->number, LISTENFDS_FIRST + (int)i)] = 0 ;
    x->s = given[i][0] ? given[i] : x->number ;
  }
  free(given) ;
  return names ;
}

static int compare (void const *left, void const *right)
{
  struct name const *a = *(struct name const *const *)left ;
  struct name const *b = *(struct name const *const *)right ;
  int r = strcmp(a->s, b->s) ;
  return r ? r : a < b ? -1 : a > b ;
}

static void count_equal (struct name *names, unsigned int n)
{
  struct name **sorted = allocate(n, sizeof(struct name *)) ;
  for (unsigned int i = 0 ; i < n ; i++) sorted[i] = names + i ;
  qsort(sorted, n, sizeof(struct name *), &compare) ;
  for (unsigned int i = 1 ; i < n ; i++)
    if (!strcmp(sorted[i - 1]->s, sorted[i]->s)) sorted[i]->nth = sorted[i - 1]->nth + 1 ;
  free(sorted) ;
}

 /* No name has a colon: what is behind one tells those of the same name apart. */

static char const *make_id (char const *prefix, struct name const *name)
{
  size_t len = strlen(prefix) + strlen(name->s) ;
  char *id = allocate(len + UINT_FMT + 2, 1) ;
  strcpy(id, prefix) ;
  strcat(id, name->s) ;
  if (name->nth)
  {
    id[len++] = ':' ;
    id[len + uint_fmt(id + len, name->nth)] = 0 ;
  }
  holderclient_check_id(id) ;
  return id ;
}

static fdholder_entry *make_entries (char const *prefix, unsigned int n)
{
  struct name *names = read_names(n) ;
  fdholder_entry *entries = allocate(n, sizeof(fdholder_entry)) ;
  count_equal(names, n) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    entries[i].id = make_id(prefix, names + i) ;
    entries[i].fd = LISTENFDS_FIRST + (int)i ;
  }
  return entries ;
}

static void store (char const *path, fdholder_entry const *entries, unsigned int n, struct options const *o)
{
  fdholder h ;
  tain deadline ;
  unsigned int flags = o->isreplaced ? 0 : FDHOLDER_SETDUMP_NEW ;
  holderclient_connect(&h, path, o->milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_setdump_flags_g(&h, entries, n, flags, &deadline))
    switch (errno)
    {
      case EBUSY : holderclient_die_for(EXITCODE_DENIED, "store the descriptors", 0, " (one of the identifiers is in use: -r replaces what is there)") ;
      case ENOSYS : holderclient_die_for(EXITCODE_DENIED, "store the descriptors", 0, " (this holder can only replace what it has: -r)") ;
      default : holderclient_die_asking(&h, EXITCODE_DENIED, "store the descriptors", 0, HOLDERCLIENT_ALL) ;
    }
  fdholder_end(&h) ;
}

int main (int argc, char const *const *argv)
{
  subgetopt l = SUBGETOPT_ZERO ;
  struct options o = { .prefix = "", .milliseconds = HOLDERCLIENT_TIMEOUT } ;
  unsigned int n ;
  fdholder_entry *entries ;
  PROG = "s6-listenfds-store" ;
  usage_asked(argc, argv, USAGE) ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "t:p:krF", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case 't' : if (!uint0_scan(l.arg, &o.milliseconds)) dieusage() ; break ;
      case 'p' : o.prefix = l.arg ; break ;
      case 'k' : o.iskept = 1 ; break ;
      case 'r' : o.isreplaced = 1 ; break ;
      case 'F' : o.isforced = 1 ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || !chain_isprogram(argv + 1)) dieusage() ;
  if (!o.isforced) check_process() ;
  if (!getenv("LISTEN_FDS")) dienotset("LISTEN_FDS") ;
  n = listenfds_given() ;
  entries = make_entries(o.prefix, n) ;
  chain_cover_standard() ;  /* not before: it could make open what is closed */

  store(argv[0], entries, n, &o) ;
  if (o.iskept) xexec(argv + 1) ;
  for (unsigned int i = 0 ; i < n ; i++) fd_close(entries[i].fd) ;
  xmexec_m(argv + 1, LISTENFDS_UNSET, sizeof(LISTENFDS_UNSET)) ;
}
