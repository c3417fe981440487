/* ISC license. */

/* dump-show [file prog...]: prints, to file or to stdout, a line for each entry of the dump that
   the environment describes: the device and inode of its descriptor, "limit" if it has one
   in the future, "past" if it has one that is over, and the identifier. Sort it: daemons give no
   order. Then executes prog, if there is one. */

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <skalibs/exec.h>
#include <skalibs/genalloc.h>
#include <skalibs/posixplz.h>
#include <skalibs/strerr.h>
#include <skalibs/tai.h>

#include "libchain/dumpenvironment.h"

static void print (FILE *out, fdholder_entry const *entry)
{
  struct stat st ;
  char const *limit = !entry->expires ? "-" : tain_less(&STAMP, &entry->limit) ? "limit" : "past" ;
  if (fstat(entry->fd, &st) == -1) strerr_diefusys(111, "fstat the descriptor of ", entry->id) ;
  fprintf(out, "%ju:%ju %s %s\n", (uintmax_t)st.st_dev, (uintmax_t)st.st_ino, limit, entry->id) ;
}

int main (int argc, char const *const *argv)
{
  genalloc entries = GENALLOC_ZERO ;
  struct dumpenvironment_error error ;
  FILE *out = argc > 1 ? fopen(argv[1], "w") : stdout ;
  PROG = "dump-show" ;
  if (!out) strerr_diefusys(111, "open ", argv[1]) ;
  if (!dumpenvironment_read(&entries, (char const *const *)environ, &error)) strerr_dief(100, error.name) ;
  tain_now_g() ;
  for (size_t i = 0 ; i < genalloc_len(fdholder_entry, &entries) ; i++) print(out, genalloc_s(fdholder_entry, &entries) + i) ;
  if (fflush(out)) strerr_diefusys(111, "write") ;
  if (argc > 2) xexec(argv + 2) ;
  return 0 ;
}
