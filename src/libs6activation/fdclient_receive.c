/* ISC license. */

#include <errno.h>

#include <skalibs/unix-timed.h>

#include "fdclient.h"

 /* 1, 0: nothing is there yet, or -1: what is there is no answer, or there is
    more of it than there may be, or than this process has room for. */

static int fill (struct fdclient_inbox *in)
{
  size_t before = in->in.len ;
  switch (frame_in_fill(&in->in, fdholder_fd(in->connection), in->buffer, in->readmax))
  {
    case FRAME_FILL_OK : break ;
    case FRAME_FILL_AGAIN : return 0 ;
    case FRAME_FILL_EOF : return (errno = EPIPE, -1) ;
    case FRAME_FILL_SHORTAGE : return (errno = ENFILE, -1) ;
    case FRAME_FILL_EXTRA : return (errno = EPROTO, -1) ;
    case FRAME_FILL_NOMEMORY : return (errno = ENOMEM, -1) ;
    case FRAME_FILL_ERROR : return -1 ;
  }
  in->connection->heard = FDCLIENT_ANSWER ;
  if (in->readmax < FRAME_IN_BUFFER) in->readmax -= in->in.len - before ;
  in->asked = in->in.len >= FRAME_IN_BUFFER ;
  return 1 ;
}

 /* The answer to a request that has just left is not there yet: the first thing
    to do is to wait. */

static int get_by (struct fdclient_inbox *in, int (*find) (struct fdclient_inbox *))
{
  for (;;)
  {
    int r = (*find)(in) ;
    if (r) return r ;
    if (!in->asked)
    {
      in->asked = 1 ;
      return 0 ;
    }
    r = fill(in) ;
    if (r <= 0) return r ;
  }
}

static int find_frame (struct fdclient_inbox *in)
{
  switch (frame_in_get(&in->in, &in->frame))
  {
    case FRAME_GET_OK : return 1 ;
    case FRAME_GET_NONE : return 0 ;
    default : return (errno = EPROTO, -1) ;
  }
}

static ssize_t get_frame (void *data)
{
  return get_by(data, &find_frame) ;
}

static int find_byte (struct fdclient_inbox *in)
{
  return !frame_in_isempty(&in->in) ;
}

static ssize_t get_byte (void *data)
{
  return get_by(data, &find_byte) ;
}

static int getfd (void *data)
{
  struct fdclient_inbox *in = data ;
  return fdholder_fd(in->connection) ;
}

static int received (struct fdclient_inbox *in, ssize_t r)
{
  if (r > 0) return 1 ;
  if (!r) errno = EPIPE ;
  return fdclient_fail(in->connection) ;
}

int fdclient_receive (struct fdclient_inbox *in, size_t maxbody, unsigned int maxfds, tain const *deadline, tain *stamp)
{
  frame_in_allow(&in->in, maxbody, maxfds) ;
  return received(in, timed_get(in, &getfd, &get_frame, deadline, stamp)) ;
}

int fdclient_receive_byte (struct fdclient_inbox *in, char *c, tain const *deadline, tain *stamp)
{
  return received(in, timed_get(in, &getfd, &get_byte, deadline, stamp)) && frame_in_getbyte(&in->in, c) ;
}
