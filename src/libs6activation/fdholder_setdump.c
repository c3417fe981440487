/* ISC license. */

#include <s6-activation/fdholder.h>

int fdholder_setdump (fdholder *h, fdholder_entry const *entries, size_t n, tain const *deadline, tain *stamp)
{
  return fdholder_setdump_flags(h, entries, n, 0, deadline, stamp) ;
}
