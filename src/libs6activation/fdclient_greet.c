/* ISC license. */

 /* The client's half of the native handshake. textclient_start does the same,
    but would not tell a daemon of ours that turns us away from one of s6. */

#include <string.h>
#include <errno.h>
#include <sys/uio.h>

#include <skalibs/textclient.h>
#include <skalibs/textmessage.h>

#include "fdclient.h"

 /* Whether the daemon has closed already, or will, what it says counts. */

static int send_banner (fdholder *h, tain const *deadline, tain *stamp)
{
  if (fdclient_send(h, WIRE_BANNER_CLIENT, WIRE_BANNER_LEN, 0, 0, deadline, stamp)) return 1 ;
  if (h->error != EPIPE) return fdclient_fail(h) ;
  h->error = 0 ;
  return 1 ;
}

static int receive_channel (struct fdclient_inbox *in, tain const *deadline, tain *stamp)
{
  textclient *client = &in->connection->client ;
  char c ;
  int fd = -1 ;
  if (!fdclient_receive_byte(in, &c, deadline, stamp)) return 0 ;
  if (c == WIRE_CROWDED_BYTE && !frame_in_fdcount(&in->in)) return (errno = EAGAIN, fdclient_fail(in->connection)) ;
  if (c != WIRE_CHANNEL_BYTE) return fdclient_misunderstood(in) ;
  if (!fdclient_inbox_take(in, &fd, 1)) return 0 ;
  return textmessage_receiver_init(&client->asyncin, fd, client->asyncbuf, TEXTCLIENT_BUFSIZE, WIRE_EVENT_MAX) ;
}

static int is_banner (char const *s, size_t len)
{
  return len == WIRE_BANNER_LEN && !memcmp(s, WIRE_BANNER_SERVER, WIRE_BANNER_LEN) ;
}

 /* It is ours, and has begun; if it has ended meanwhile, the next one may do better. */

static int end_early (struct fdclient_inbox *in)
{
  if (errno == EMSGSIZE || errno == EPROTO) return fdclient_misunderstood(in) ;
  if (errno == EPIPE || errno == ECONNRESET) errno = EAGAIN ;
  return fdclient_fail(in->connection) ;
}

static int receive_event_banner (textclient *client, struct iovec *v, tain const *deadline, tain *stamp)
{
  int r = textmessage_timed_receive(&client->asyncin, v, deadline, stamp) ;
  if (!r) errno = EPIPE ;
  return r > 0 ;
}

static int receive_greeting (struct fdclient_inbox *in, tain const *deadline, tain *stamp)
{
  struct iovec v ;
  if (!receive_channel(in, deadline, stamp)) return 0 ;
  if (!receive_event_banner(&in->connection->client, &v, deadline, stamp)) return end_early(in) ;
  if (!is_banner(v.iov_base, v.iov_len)) return fdclient_misunderstood(in) ;
  if (!fdclient_receive(in, WIRE_BANNER_LEN, 0, deadline, stamp)) return end_early(in) ;
  return is_banner(in->frame.s, in->frame.len) || fdclient_misunderstood(in) ;
}

int fdclient_greet (fdholder *h, tain const *deadline, tain *stamp)
{
  struct fdclient_inbox in ;
  if (!send_banner(h, deadline, stamp)) return 0 ;
  fdclient_inbox_init(&in, h) ;
  return fdclient_inbox_end(&in, receive_greeting(&in, deadline, stamp)) ;
}
