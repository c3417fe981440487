/* ISC license. */

 /* Both dialects read into the buffer of textclient's receiver. */

#include <skalibs/textclient.h>
#include <skalibs/textmessage.h>

#include "fdclient.h"

void fdclient_init_receiver (fdholder *h)
{
  h->client.syncin.in.op = &frame_never_read ;
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
