/* ISC license. */

#include <errno.h>

#include <skalibs/stralloc.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

enum { STATUS_MAX = 65536 } ;  /* a later daemon may have more to tell */

static int status (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_VERB_PACK] ;
  size_t before = strings->len, n = 0 ;
  int ok ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_STATUS), 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  ok = fdclient_receive(&in, STATUS_MAX, 0, deadline, stamp)
    && fdclient_answer(&in, &r)
    && (wire_unpack_status_reply(&r, &n) || fdclient_misunderstood(&in))
    && stralloc_catb(strings, r.s, r.len) ;
  ok = fdclient_inbox_end(&in, ok) ;
  if (ok) *count = n / 2 ;
  else strings->len = before ;
  return ok ;
}

int fdholder_status (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp)
{
  return status(h, strings, count, deadline, stamp) || (fdclient_renew(h, deadline, stamp) && status(h, strings, count, deadline, stamp)) ;
}
