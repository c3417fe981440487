/* ISC license. */

#include <errno.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>
#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

void fdholder_dump_free (fdholder_dump *dump)
{
  fdholder_entry const *entries = fdholder_dump_entries(dump) ;
  int e = errno ;
  for (size_t i = 0 ; i < fdholder_dump_count(dump) ; i++)
    if (entries[i].fd >= 0) fd_close(entries[i].fd) ;
  genalloc_free(fdholder_entry, &dump->entries) ;
  stralloc_free(&dump->ids) ;
  errno = e ;
}
