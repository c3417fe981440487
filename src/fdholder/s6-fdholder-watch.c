/* ISC license. */

#include <errno.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/allreadwrite.h>
#include <skalibs/sgetopt.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "exitcodes.h"
#include "libchain/chain.h"
#include "libchain/holderclient.h"
#include "libchain/usage.h"

#define USAGE "s6-fdholder-watch [ -1 ] [ -t milliseconds ] socket [ glob ]"
#define dieusage() strerr_dieusage(EXITCODE_USAGE, USAGE)

 /* Whoever reads has a line when it is true, and not a buffer later. */

static void print (char const *word, char const *id)
{
  static stralloc line = STRALLOC_ZERO ;
  line.len = 0 ;
  if (!stralloc_cats(&line, word)
   || (id[0] && (!stralloc_append(&line, ' ') || !holderclient_quote(&line, id)))
   || !stralloc_append(&line, '\n')) strerr_diefusys(EXITCODE_SYSTEM, "print a change") ;
  if (allwrite(1, line.s, line.len) < line.len) strerr_diefusys(EXITCODE_SYSTEM, "write to standard output") ;
}

static void check_glob (char const *glob)
{
  if (glob && (!glob[0] || strlen(glob) > FDHOLDER_ID_MAX)) strerr_dief(EXITCODE_USAGE, "invalid glob: it must have 1 to 255 bytes") ;
}

static void subscribe (fdholder *h, char const *glob, tain const *deadline)
{
  if (fdholder_watch_g(h, glob, deadline)) return ;
  if (errno == ENOSYS) holderclient_die_for(EXITCODE_DENIED, "watch", 0, " (this holder does not tell of changes)") ;
  if (errno == EINVAL) holderclient_die_for(EXITCODE_DENIED, "watch ", glob, " (that is no glob: a [ or a \\ has nothing that ends it)") ;
  holderclient_die_asking(h, EXITCODE_DENIED, "watch", 0, HOLDERCLIENT_READS) ;
}

 /* It is watched by now: nothing is between what is here and the changes. */

static void print_held (fdholder *h, char const *glob, tain const *deadline)
{
  stralloc ids = STRALLOC_ZERO ;
  size_t count ;
  if (!fdholder_list_g(h, &ids, &count, deadline)) holderclient_die_asking(h, EXITCODE_DENIED, "list the identifiers", 0, HOLDERCLIENT_READS) ;
  for (size_t i = 0 ; i < ids.len ; i += strlen(ids.s + i) + 1)
    if (!glob || !fnmatch(glob, ids.s + i, 0)) print("holds", ids.s + i) ;
  stralloc_free(&ids) ;
}

static char const *word_of (int kind)
{
  switch (kind)
  {
    case FDHOLDER_STORED : return "stored" ;
    case FDHOLDER_REPLACED : return "replaced" ;
    case FDHOLDER_DELETED : return "deleted" ;
    case FDHOLDER_EXPIRED : return "expired" ;
    default : return "lost" ;
  }
}

static void watch (fdholder *h, unsigned int milliseconds)
{
  fdholder_change change ;
  tain deadline ;
  for (;;)
  {
    tain_now_g() ;
    holderclient_deadline(&deadline, milliseconds) ;
    if (!fdholder_event_g(h, &change, &deadline)) break ;
    print(word_of(change.kind), change.id) ;
  }
  if (errno == ETIMEDOUT) _exit(EXITCODE_NOTHING) ;
  if (errno == EPIPE) strerr_dief(EXITCODE_DENIED, "the holder has ended the connection") ;
  holderclient_die(EXITCODE_DENIED, "watch", 0) ;
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  tain deadline ;
  subgetopt l = SUBGETOPT_ZERO ;
  unsigned int milliseconds = 0 ;
  int isheld = 0 ;
  PROG = "s6-fdholder-watch" ;
  usage_asked(argc, argv, USAGE) ;
  chain_cover_standard() ;
  for (;;)
  {
    int opt = subgetopt_r(argc, argv, "1t:", &l) ;
    if (opt == -1) break ;
    switch (opt)
    {
      case '1' : isheld = 1 ; break ;
      case 't' : if (!uint0_scan(l.arg, &milliseconds)) dieusage() ; break ;
      default : dieusage() ;
    }
  }
  argv += l.ind ;
  if (!argv[0] || (argv[1] && argv[2])) dieusage() ;
  check_glob(argv[1]) ;

  holderclient_connect(&h, argv[0], HOLDERCLIENT_TIMEOUT, &deadline, EXITCODE_DENIED) ;
  subscribe(&h, argv[1], &deadline) ;
  if (isheld) print_held(&h, argv[1], &deadline) ;
  watch(&h, milliseconds) ;
}
