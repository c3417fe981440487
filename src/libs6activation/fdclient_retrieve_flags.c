/* ISC license. */

#include "fdclient.h"

int fdclient_retrieve_flags (fdholder *h, char const *id, uint8_t flags, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  struct wire_reader r ;
  char request[WIRE_REQUEST_MAX] ;
  int fd ;
  size_t len = fdclient_id_length(id) ;
  if (!len) return -1 ;
  len = wire_pack_retrieve(request, flags, id, len) ;
  if (!fdclient_send(h, request, len, 0, 0, deadline, stamp)) return -1 ;
  fdclient_inbox_init(&in, h) ;
  if (!fdclient_receive(&in, WIRE_ERROR_PACK, 1, deadline, stamp)
   || !fdclient_answer(&in, &r)
   || !fdclient_inbox_take(&in, &fd, 1)) return -1 ;
  if (fdclient_inbox_isdone(&in)) return fd ;
  in.fds[in.count++] = fd ;
  fdclient_inbox_close(&in) ;
  return -1 ;
}
