/* ISC license. */

#include <stdint.h>
#include <errno.h>

#include "fdclient.h"

void fdclient_inbox_init (struct fdclient_inbox *in, fdholder *h)
{
  in->connection = h ;
  frame_in_init(&in->in, &frame_fdops_close, 0) ;
  in->in.dialect = h->s6 ? FRAME_S6 : FRAME_NATIVE ;
  in->readmax = SIZE_MAX ;
  in->asked = 0 ;
}

int fdclient_misunderstood (struct fdclient_inbox *in)
{
  errno = EPROTO ;
  return fdclient_fail(in->connection) ;
}

int fdclient_inbox_take (struct fdclient_inbox *in, int *fds, unsigned int n)
{
  if (n > frame_in_fdcount(&in->in) || (in->connection->s6 && n != in->frame.nfds)) return fdclient_misunderstood(in) ;
  for (unsigned int i = 0 ; i < n ; i++) fds[i] = frame_in_takefd(&in->in) ;
  return 1 ;
}

int fdclient_answer (struct fdclient_inbox *in, struct wire_reader *r)
{
  int e ;
  wire_reader_init(r, in->frame.s, in->frame.len) ;
  if (wire_reader_isempty(r)) return fdclient_misunderstood(in) ;
  if (!wire_get_error(r, &e)) return 1 ;
  if (!wire_reader_isempty(r)) return fdclient_misunderstood(in) ;
  errno = e ;
  return 0 ;
}

int fdclient_inbox_end (struct fdclient_inbox *in, int ok)
{
  int e = errno ;
  int isdone = frame_in_isempty(&in->in) && !frame_in_fdcount(&in->in) ;
  frame_in_free(&in->in) ;
  errno = e ;
  return isdone || in->connection->error ? ok : fdclient_misunderstood(in) ;
}
