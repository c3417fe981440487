/* ISC license. */

#include "fdclient.h"

int fdclient_command (fdholder *h, char const *s, size_t len, int const *fds, unsigned int nfds, tain const *deadline, tain *stamp)
{
  return fdclient_send(h, s, len, fds, nfds, deadline, stamp) && fdclient_outcome(h, deadline, stamp) ;
}
