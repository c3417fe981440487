/* ISC license. */

#include <string.h>
#include <errno.h>

#include <skalibs/buffer.h>
#include <skalibs/djbunix.h>

#include "fdclient.h"

void fdclient_inbox_init (struct fdclient_inbox *in, fdholder *h)
{
  in->holder = h ;
  in->readmax = TEXTCLIENT_BUFSIZE ;
  in->room = in->count = in->claimed = in->partial = in->asked = 0 ;
}

void fdclient_inbox_close (struct fdclient_inbox *in)
{
  int e = errno ;
  while (in->count) fd_close(in->fds[--in->count]) ;
  errno = e ;
}

int fdclient_misunderstood (struct fdclient_inbox *in)
{
  errno = EPROTO ;
  fdclient_fail(in->holder) ;
  fdclient_inbox_close(in) ;
  return 0 ;
}

int fdclient_inbox_take (struct fdclient_inbox *in, int *fds, unsigned int n)
{
  if (n > in->count || (in->holder->s6 && n != in->claimed)) return fdclient_misunderstood(in) ;
  memcpy(fds, in->fds, n * sizeof(int)) ;
  in->count -= n ;
  memmove(in->fds, in->fds + n, in->count * sizeof(int)) ;
  return 1 ;
}

int fdclient_answer (struct fdclient_inbox *in, struct wire_reader *r)
{
  int e ;
  wire_reader_init(r, in->frame.iov_base, in->frame.iov_len) ;
  if (!in->frame.iov_len) return fdclient_misunderstood(in) ;
  if (!wire_get_error(r, &e)) return 1 ;
  if (!wire_reader_isempty(r) || !fdclient_inbox_isdone(in)) return fdclient_misunderstood(in) ;
  errno = e ;
  return 0 ;
}

int fdclient_inbox_isdone (struct fdclient_inbox *in)
{
  if (!in->count && buffer_isempty(&in->holder->client.syncin.in)) return 1 ;
  return fdclient_misunderstood(in) ;
}
