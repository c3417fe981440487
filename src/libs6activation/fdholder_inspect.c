/* ISC license. */

#include <errno.h>

#include <skalibs/stralloc.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

 /* 1: and there are more. 0: it was the empty one. -1: failure. */

static int receive_frame (struct fdclient_inbox *in, stralloc *strings, size_t *n, tain const *deadline, tain *stamp)
{
  struct wire_reader r ;
  char const *s ;
  size_t len ;
  if (!fdclient_receive(in, WIRE_INSPECTFRAME_MAX, 0, deadline, stamp)) return -1 ;
  wire_reader_init(&r, in->frame.s, in->frame.len) ;
  if (wire_reader_isempty(&r)) return 0 ;
  for (; !wire_reader_isempty(&r) ; ++*n)
  {
    if (!wire_get_inspected(&r, &s, &len)) return fdclient_misunderstood(in) - 1 ;
    if (!stralloc_catb(strings, s, len)) return fdclient_fail(in->connection) - 1 ;
  }
  return 1 ;
}

static int receive_all (struct fdclient_inbox *in, stralloc *strings, size_t *n, tain const *deadline, tain *stamp)
{
  struct wire_reader r ;
  int more ;
  if (!fdclient_receive(in, WIRE_ERROR_PACK, 0, deadline, stamp) || !fdclient_answer(in, &r)) return 0 ;
  if (!wire_reader_isempty(&r)) return fdclient_misunderstood(in) ;
  do more = receive_frame(in, strings, n, deadline, stamp) ;
  while (more > 0) ;
  return !more ;
}

static int inspect (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  char request[WIRE_VERB_PACK] ;
  size_t before = strings->len, n = 0 ;
  int ok ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_INSPECT), 0, 0, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  ok = fdclient_inbox_end(&in, receive_all(&in, strings, &n, deadline, stamp)) ;
  if (ok) *count = n ;
  else strings->len = before ;
  return ok ;
}

int fdholder_inspect (fdholder *h, stralloc *strings, size_t *count, tain const *deadline, tain *stamp)
{
  return inspect(h, strings, count, deadline, stamp) || (fdclient_renew(h, deadline, stamp) && inspect(h, strings, count, deadline, stamp)) ;
}
