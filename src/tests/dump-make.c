/* ISC license. */

/* dump-make count idlength [-T milliseconds] prog...: opens so many files of its own, each with
   another inode, and executes prog with the environment that describes them as a dump.
   Identifiers begin with their number and are filled up to idlength bytes; with -T, each
   second one has a time limit. */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <skalibs/exec.h>
#include <skalibs/genalloc.h>
#include <skalibs/posixplz.h>
#include <skalibs/stralloc.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>
#include <skalibs/types.h>

#include "libchain/dumpenvironment.h"

#define USAGE "dump-make count idlength [ -T milliseconds ] prog..."

static char *make_id (unsigned int i, unsigned int length)
{
  char *id = malloc(length + 16) ;
  size_t n ;
  if (!id) strerr_diefusys(111, "allocate") ;
  n = sprintf(id, "%u:", i) ;
  for (; n < length ; n++) id[n] = 'a' + n % 26 ;
  id[n] = 0 ;
  return id ;
}

static void raise_file_limit (void)
{
  struct rlimit limit ;
  getrlimit(RLIMIT_NOFILE, &limit) ;
  limit.rlim_cur = limit.rlim_max ;
  setrlimit(RLIMIT_NOFILE, &limit) ;
}

static void make_entry (fdholder_entry *entry, unsigned int i, unsigned int length, unsigned int milliseconds)
{
  tain relative ;
  entry->id = make_id(i, length) ;
  entry->fd = memfd_create("dump", 0) ;
  if (entry->fd == -1) strerr_diefusys(111, "create a file") ;
  entry->expires = milliseconds && i % 2 ;
  if (!entry->expires) return ;
  tain_from_millisecs(&relative, milliseconds) ;
  tain_add_g(&entry->limit, &relative) ;
}

int main (int argc, char const *const *argv)
{
  stralloc storage = STRALLOC_ZERO ;
  genalloc variables = GENALLOC_ZERO ;
  fdholder_entry *entries ;
  unsigned int count, length, milliseconds = 0 ;
  PROG = "dump-make" ;
  if (argc < 4 || !uint0_scan(argv[1], &count) || !uint0_scan(argv[2], &length) || length > 255) strerr_dieusage(100, USAGE) ;
  argv += 3 ;
  if (!strcmp(argv[0], "-T"))
  {
    if (argc < 6 || !uint0_scan(argv[1], &milliseconds)) strerr_dieusage(100, USAGE) ;
    argv += 2 ;
  }
  entries = calloc(count + 1, sizeof(fdholder_entry)) ;
  if (!entries) strerr_diefusys(111, "allocate") ;
  raise_file_limit() ;
  tain_now_g() ;
  for (unsigned int i = 0 ; i < count ; i++) make_entry(entries + i, i, length, milliseconds) ;
  if (!dumpenvironment_write(&storage, &variables, (char const *const *)environ, entries, count)) strerr_diefusys(111, "allocate") ;
  xexec_e(argv, genalloc_s(char const *, &variables)) ;
}
