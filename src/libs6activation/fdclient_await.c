/* ISC license. */

#include <errno.h>

#include "fdclient.h"

 /* Who cannot wait may have it all the same. */

static int ask_once (fdholder *h, char const *id, uint8_t flags, tain const *deadline, tain *stamp)
{
  int fd = fdclient_retrieve_flags(h, id, flags, deadline, stamp) ;
  if (fd < 0 && (errno == ENOENT || errno == EBUSY)) errno = ENOSYS ;
  return fd ;
}

 /* A daemon of ours that is older refuses the flag, and is asked without it. One
    that has no place left may end who does nothing but wait: he comes again. */

int fdclient_await (fdholder *h, char const *id, uint8_t flags, tain const *deadline, tain *stamp)
{
  unsigned int pause = 1 ;
  for (;;)
  {
    int fd ;
    if (h->s6) return ask_once(h, id, flags, deadline, stamp) ;
    fd = fdclient_retrieve_flags(h, id, flags | WIRE_RETRIEVE_WAIT, deadline, stamp) ;
    if (fd >= 0) return fd ;
    if (errno == EINVAL && fdclient_id_length(id)) return ask_once(h, id, flags, deadline, stamp) ;
    if (h->error != EPIPE) return -1 ;
    fdholder_end(h) ;
    if (!fdclient_pause(&pause, deadline, stamp) || !fdholder_start(h, h->path, deadline, stamp)) return -1 ;
  }
}
