/* ISC license. */

#include <errno.h>
#include <poll.h>

#include <skalibs/genalloc.h>
#include <skalibs/posixplz.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include <s6-activation/fdholder.h>

#include "libchain/chain.h"
#include "exitcodes.h"
#include "libchain/dumpenvironment.h"
#include "libchain/holderclient.h"
#include "libchain/holderoptions.h"

#define USAGE "s6-fdholder-setdump [ -t milliseconds ] socket [ prog... ]"

static void read_environment (genalloc *entries)
{
  struct dumpenvironment_error error ;
  if (dumpenvironment_read(entries, (char const *const *)environ, &error)) return ;
  switch (error.problem)
  {
    case DUMPENVIRONMENT_NOTSET : strerr_dief(EXITCODE_USAGE, error.name, " not set: run s6-fdholder-setdump under s6-fdholder-getdump") ;
    case DUMPENVIRONMENT_INVALID : strerr_dieinvalid(EXITCODE_USAGE, error.name) ;
    default : strerr_diefusys(EXITCODE_SYSTEM, "read the environment") ;
  }
}

 /* Before a connection gets the number of one that is not open. */

enum { CHECKED_AT_ONCE = 16 } ;

static void die_not_open (size_t i, int fd)
{
  char index[SIZE_FMT] ;
  char number[INT_FMT] ;
  index[size_fmt(index, i)] = 0 ;
  number[int_fmt(number, fd)] = 0 ;
  strerr_dief(EXITCODE_USAGE, "S6_FD_", index, " names descriptor ", number, ", which is not open") ;
}

static void check_descriptors (fdholder_entry const *entries, size_t n)
{
  for (size_t i = 0 ; i < n ; i += CHECKED_AT_ONCE)
  {
    struct pollfd x[CHECKED_AT_ONCE] ;
    size_t now = n - i < CHECKED_AT_ONCE ? n - i : CHECKED_AT_ONCE ;
    int r ;
    for (size_t j = 0 ; j < now ; j++) x[j] = (struct pollfd){ .fd = entries[i + j].fd } ;
    do r = poll(x, now, 0) ;
    while (r == -1 && errno == EINTR) ;
    if (r == -1) strerr_diefusys(EXITCODE_SYSTEM, "look at the descriptors") ;
    for (size_t j = 0 ; j < now ; j++)
      if (x[j].revents & POLLNVAL) die_not_open(i + j, x[j].fd) ;
  }
}

int main (int argc, char const *const *argv)
{
  fdholder h ;
  genalloc entries = GENALLOC_ZERO ;
  tain deadline ;
  unsigned int milliseconds ;
  PROG = "s6-fdholder-setdump" ;
  argv = holderoptions(argc, argv, USAGE, 1, 0, &milliseconds) ;
  read_environment(&entries) ;
  check_descriptors(genalloc_s(fdholder_entry, &entries), genalloc_len(fdholder_entry, &entries)) ;
  chain_cover_standard() ;  /* not before: what is closed is nothing to store */

  holderclient_connect(&h, argv[0], milliseconds, &deadline, EXITCODE_DENIED) ;
  if (!fdholder_setdump_g(&h, genalloc_s(fdholder_entry, &entries), genalloc_len(fdholder_entry, &entries), &deadline))
    holderclient_die_asking(&h, EXITCODE_DENIED, "set a dump", 0, HOLDERCLIENT_ALL) ;
  holderclient_finish(argv + 1) ;
}
