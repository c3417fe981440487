/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>

#include "fdclient.h"

 /* That it is a daemon of ours after all, whose native dialect was missed, must
    not cost the acknowledgement: it refuses the mark. */

static int judge_refusal (fdholder *h, uint8_t flags)
{
  if (!(flags & WIRE_RETRIEVE_FOREIGN) || h->error || errno != EINVAL) return -1 ;
  errno = EAGAIN ;
  fdclient_fail(h) ;
  return -1 ;
}

static void close_quietly (int fd)
{
  int e = errno ;
  fd_close(fd) ;
  errno = e ;
}

int fdclient_retrieve_flags (fdholder *h, char const *id, uint8_t flags, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_REQUEST_MAX] ;
  int fd, ok ;
  size_t len = fdclient_id_length(id) ;
  if (!len) return -1 ;
  if (h->s6 && flags & WIRE_RETRIEVE_DELETE) flags |= WIRE_RETRIEVE_FOREIGN ;
  len = wire_pack_retrieve(request, flags, id, len) ;
  if (!fdclient_send(h, request, len, 0, 0, deadline, stamp)) return -1 ;
  fdclient_inbox_init(&in, h) ;
  ok = fdclient_receive(&in, WIRE_ERROR_PACK, 1, deadline, stamp)
    && fdclient_answer(&in, &r)
    && fdclient_inbox_take(&in, &fd, 1) ;
  if (fdclient_inbox_end(&in, ok)) return fd ;
  if (ok) close_quietly(fd) ;
  return judge_refusal(h, flags) ;
}
