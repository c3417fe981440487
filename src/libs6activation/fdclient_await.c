/* ISC license. */

#include <errno.h>

#include "fdclient.h"

 /* Who cannot wait may have it all the same. */

static int judge_missing (int fd)
{
  if (fd < 0 && (errno == ENOENT || errno == EBUSY)) errno = ENOSYS ;
  return fd ;
}

 /* A daemon of ours that is older refuses the flag. One that has no place left
    may end who does nothing but wait: he comes again. */

int fdclient_await (fdholder *h, char const *path, char const *id, uint8_t flags, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  for (;;)
  {
    int fd ;
    if (h->s6) return judge_missing(fdclient_retrieve_flags(h, id, flags, deadline, stamp)) ;
    fd = fdclient_retrieve_flags(h, id, flags | WIRE_RETRIEVE_WAIT, deadline, stamp) ;
    if (fd >= 0) return fd ;
    if (errno == EINVAL && fdclient_id_length(id)) return (errno = ENOSYS, -1) ;
    if (h->error != EPIPE) return -1 ;
    fdholder_end(h) ;
    if (!fdclient_pause(&pause, deadline, stamp) || !fdholder_start(h, path, deadline, stamp)) return -1 ;
  }
}
