/* ISC license. */

 /* What both files that make a state need. */

#include <string.h>

#include <skalibs/genalloc.h>
#include <skalibs/stralloc.h>

#include "libfdholderd/state-internal.h"

struct wire_id state_text (char const *s)
{
  struct wire_id id = { .s = s, .len = (uint8_t)strlen(s) } ;
  return id ;
}

int state_keep (struct making *m, int fd)
{
  return fd < 0 || genalloc_append(int, &m->fds, &fd) ;
}

char *state_room (struct making *m, size_t max)
{
  stralloc *bytes = &m->st->bytes ;
  return stralloc_readyplus(bytes, max) ? bytes->s + bytes->len : 0 ;
}
