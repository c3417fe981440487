/* ISC license. */

 /* Both dialects read into the buffer of textclient's receiver. */

#include <errno.h>
#include <sys/uio.h>

#include <skalibs/textclient.h>
#include <skalibs/textmessage.h>

#include "fdclient.h"

 /* textmessage_receive works on what fdclient_receive has read: on its own it
    would use readv(2), which throws descriptors away. */

static ssize_t never_read (int fd, struct iovec const *v, unsigned int n)
{
  (void)fd ;
  (void)v ;
  (void)n ;
  return (errno = EAGAIN, -1) ;
}

void fdclient_init_receiver (fdholder *h)
{
  h->client.syncin.in.op = &never_read ;
}

void fdclient_init_s6 (fdholder *h, int fd)
{
  static textmessage_receiver const none = TEXTMESSAGE_RECEIVER_ZERO ;
  textmessage_sender_init(&h->client.syncout, fd) ;
  textmessage_receiver_init(&h->client.syncin, fd, h->client.syncbuf, TEXTCLIENT_BUFSIZE, 0) ;
  h->client.asyncin = none ;
  h->client.pid = 0 ;
  h->client.options = 0 ;
  h->s6 = 1 ;
  fdclient_init_receiver(h) ;
}
