/* ISC license. */

#include "libsupervise/servicefiles.h"
#include "libsupervise/supervisor-internal.h"

unsigned int supervisor_recall (struct supervisor *s, enum supervisor_file which, int r, unsigned int value)
{
  unsigned int bit = 1u << which ;
  if (r == SERVICEFILES_KEPT) return s->known & bit ? s->last[which] : value ;
  if (r < 0) return value ;
  s->known |= bit ;
  return s->last[which] = value ;
}
