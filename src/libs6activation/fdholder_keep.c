/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>

#include <s6-activation/fdholder.h>

#include "fdclient.h"

static int keep (fdholder *h, int channel, int fds[2], tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_VERB_PACK] ;
  int ok ;
  if (h->error) return (errno = h->error, 0) ;
  if (h->s6) return (errno = ENOSYS, 0) ;
  if (!fdclient_send(h, request, wire_pack_verb(request, WIRE_KEEP), &channel, 1, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  ok = fdclient_receive(&in, WIRE_ERROR_PACK, 2, deadline, stamp)
    && fdclient_answer(&in, &r)
    && fdclient_inbox_take(&in, fds, 2) ;
  if (fdclient_inbox_end(&in, ok)) return 1 ;
  if (!ok) return 0 ;
  fd_close(fds[0]) ;
  fd_close(fds[1]) ;
  return 0 ;
}

 /* As for fdholder_replace: a daemon of the first release says EPROTO. */

int fdholder_keep (fdholder *h, int channel, int fds[2], tain const *deadline, tain *stamp)
{
  if (keep(h, channel, fds, deadline, stamp)) return 1 ;
  if (errno != EPROTO || h->error) return 0 ;
  errno = ENOSYS ;
  return fdclient_fail(h) ;
}
