/* ISC license. */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <skalibs/exec.h>
#include <skalibs/genalloc.h>
#include <skalibs/posixplz.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/dumpenvironment.h"
#include "libchain/listenfds.h"
#include "libchain/usage.h"
#include "libsockets/inetsocket.h"
#include "libsockets/socketspec.h"
#include "libsockets/unixsocket.h"

#define USAGE "s6-multibind [ -a perms ] [ -o uid:gid ] [ -l backlog ] [ -e ] [ -r ] [ -F ] [ -B ] -b spec [ -n id ] [ -b spec [ -n id ] ]... prog..."
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)
#define nomemory() strerr_diefusys(EXITCODE_SYSTEM, "allocate memory")

struct wish
{
  char const *word ;
  char const *id ;  /* 0: the word */
  struct socketspec spec ;
  struct socketbinding binding ;  /* the options as they were at that place */
  int fd ;  /* -1: not made yet */
} ;

struct wishes
{
  struct wish *list ;
  unsigned int n ;
} ;

static void add (struct wishes *w, char const *word, struct socketbinding const *binding)
{
  struct wish *wish = w->list + w->n++ ;
  char const *problem ;
  wish->word = word ;
  wish->id = 0 ;
  wish->binding = *binding ;
  wish->fd = -1 ;
  if (!socketspec_scan(&wish->spec, word, &problem)) strerr_dief(EXITCODE_USAGE, "unable to read ", word, ": ", problem) ;
  if (wish->spec.kind == SOCKETSPEC_UNIX && !socketspec_isfile(&wish->spec)
   && (binding->haspermissions || binding->file.flags & UNIXBINDING_OWNER))
    strerr_dief(EXITCODE_USAGE, "an abstract socket has no permissions and no owner: put ", word, " before -a and -o") ;
}

static void name (struct wishes *w, char const *id)
{
  if (!w->n) strerr_dief(EXITCODE_USAGE, "-n before -b") ;
  if (w->list[w->n - 1].id) strerr_dief(EXITCODE_USAGE, "two ids for ", w->list[w->n - 1].word) ;
  w->list[w->n - 1].id = id ;
}

static int parse_options (int argc, char const *const *argv, struct wishes *w)
{
  struct socketbinding binding = { .backlog = CHAIN_LONGEST_BACKLOG } ;
  subgetopt l = SUBGETOPT_ZERO ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "a:o:l:erFBb:n:", &l) ;
    if (opt == -1) return l.ind ;
    switch (opt)
    {
      case 'a' :
        if (!unixbinding_scan_permissions(&binding.file, l.arg)) dieusage() ;
        binding.haspermissions = 1 ;
        break ;
      case 'o' : if (!unixbinding_scan_owner(&binding.file, l.arg)) dieusage() ; break ;
      case 'l' : if (!uint0_scan(l.arg, &binding.backlog)) dieusage() ; break ;
      case 'e' : binding.file.flags |= UNIXBINDING_EXCLUSIVE ; break ;
      case 'r' : binding.inetflags |= INETBINDING_REUSEPORT ; break ;
      case 'F' : binding.inetflags |= INETBINDING_FREEBIND ; break ;
      case 'B' : binding.isblocking = 1 ; break ;
      case 'b' : add(w, l.arg, &binding) ; break ;
      case 'n' : name(w, l.arg) ; break ;
      default : dieusage() ;
    }
  }
}

static int compare (void const *left, void const *right)
{
  char const *const *a = left ;
  char const *const *b = right ;
  return strcmp(*a, *b) ;
}

 /* The first word, after it has sorted them, that is there twice; or 0. */

static char const *find_twice (char const **words, unsigned int n)
{
  qsort(words, n, sizeof(char const *), &compare) ;
  for (unsigned int i = 1 ; i < n ; i++)
    if (!strcmp(words[i], words[i - 1])) return words[i] ;
  return 0 ;
}

 /* The ids as the holder will have them: it would refuse the whole dump. */

static void check_ids (struct wishes *w)
{
  char const **ids = malloc(w->n * sizeof(char const *)) ;
  char const *twice ;
  if (!ids) nomemory() ;
  for (unsigned int i = 0 ; i < w->n ; i++)
  {
    if (!w->list[i].id) w->list[i].id = w->list[i].word ;
    ids[i] = w->list[i].id ;
    if (!ids[i][0] || strlen(ids[i]) > FDHOLDER_ID_MAX)
      strerr_dief(EXITCODE_USAGE, "an id has 1 to 255 bytes: give ", w->list[i].word, " another one by -n") ;
  }
  twice = find_twice(ids, w->n) ;
  if (twice) strerr_dief(EXITCODE_USAGE, "two have the id ", twice) ;
  free(ids) ;
}

struct place
{
  struct socketspec_place at ;
  struct wish const *wish ;
} ;

static int compare_places (void const *left, void const *right)
{
  struct place const *a = left ;
  struct place const *b = right ;
  return socketspec_compare_places(&a->at, &b->at) ;
}

 /* Of two in one place the first would be replaced, and be of no use to anybody. */

static void check_places (struct wishes const *w)
{
  struct place *places = malloc(w->n * sizeof(struct place)) ;
  unsigned int n = 0 ;
  if (!places) nomemory() ;
  for (unsigned int i = 0 ; i < w->n ; i++)
  {
    struct wish const *wish = places[n].wish = w->list + i ;
    /* where its directory is not there, nothing can be made, which will be told */
    if (socketspec_isfile(&wish->spec) && socketspec_place(&wish->spec, &places[n].at)) n++ ;
  }
  qsort(places, n, sizeof(struct place), &compare_places) ;
  for (unsigned int i = 1 ; i < n ; i++)
    if (!compare_places(places + i - 1, places + i))
      strerr_dief(EXITCODE_USAGE, "two are the same file: ", places[i - 1].wish->word, " and ", places[i].wish->word) ;
  free(places) ;
}

static void unmake_all (struct wishes const *w)
{
  for (unsigned int i = 0 ; i < w->n ; i++)
    if (w->list[i].fd != -1) socketspec_unmake(&w->list[i].spec) ;
}

 /* Files last: they replace what was there, so whatever may fail for an address that
    is in use fails before. That is so when we are run again, and a service is up. */

static void make_all (struct wishes *w)
{
  for (int isfile = 0 ; isfile < 2 ; isfile++)
    for (unsigned int i = 0 ; i < w->n ; i++)
    {
      struct wish *wish = w->list + i ;
      if (socketspec_isfile(&wish->spec) != isfile) continue ;
      wish->fd = socketspec_make(&wish->spec, &wish->binding) ;
      if (wish->fd != -1) continue ;
      unmake_all(w) ;
      strerr_diefusys(EXITCODE_SYSTEM, wish->binding.failed, wish->word, wish->binding.remedy) ;
    }
}

static void die (struct wishes const *w, char const *what)
{
  unmake_all(w) ;
  strerr_diefusys(EXITCODE_SYSTEM, what) ;
}

static void execute (struct wishes const *w, char const *const *argv)
{
  stralloc storage = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  int *fds = malloc(w->n * sizeof(int)) ;
  fdholder_entry *entries = calloc(w->n, sizeof(fdholder_entry)) ;
  int e ;
  if (!fds || !entries) die(w, "allocate memory") ;
  for (unsigned int i = 0 ; i < w->n ; i++) fds[i] = w->list[i].fd ;
  if (!listenfds_number(fds, w->n)) die(w, "number the descriptors") ;
  for (unsigned int i = 0 ; i < w->n ; i++)
  {
    entries[i].fd = fds[i] ;
    entries[i].id = w->list[i].id ;
  }
  if (!dumpenvironment_write(&storage, &variables, (char const *const *)environ, entries, w->n))
    die(w, "build the environment") ;
  exec_e(argv, genalloc_s(char const *, &variables)) ;
  e = errno ;
  unmake_all(w) ;
  errno = e ;
  strerr_dieexec(e == ENOENT ? EXITCODE_NOPROGRAM : EXITCODE_NOEXEC, argv[0]) ;
}

int main (int argc, char const *const *argv)
{
  struct wishes w = { .list = calloc(argc + 1, sizeof(struct wish)), .n = 0 } ;
  PROG = "s6-multibind" ;
  usage_asked(argc, argv, USAGE) ;
  if (!w.list) nomemory() ;
  argv += parse_options(argc, argv, &w) ;
  if (!w.n || !chain_isprogram(argv)) dieusage() ;
  check_ids(&w) ;
  check_places(&w) ;
  chain_cover_standard() ;
  make_all(&w) ;
  execute(&w, argv) ;
}
