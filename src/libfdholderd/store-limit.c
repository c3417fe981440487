/* ISC license. */

 /* The limit of an entry, and how it travels. */

#include <skalibs/tai.h>

#include "libfdholderd/store.h"
#include "libfdwire/wire.h"

int store_limit_from_wire (tain *limit, tain const *wire, tain const *wallclock, tain const *now)
{
  tain left ;
  if (!tain_less(wallclock, wire)) return 0 ;
  tain_sub(&left, wire, wallclock) ;
  if (wire_isnever(&left)) *limit = *STORE_NEVER ;
  else tain_add(limit, now, &left) ;
  return 1 ;
}

void store_limit_to_wire (tain *wire, struct store_entry const *e, tain const *wallclock, tain const *now)
{
  tain left = tain_infinite_relative ;
  if (e->expires) tain_sub(&left, &e->limit, now) ;
  tain_add(wire, wallclock, &left) ;
}
