/* ISC license. */

 /* Of textclient, only the event pipe is read by skalibs: what comes on the
    socket may have descriptors, and goes through an inbox. */

#include <skalibs/textclient.h>
#include <skalibs/textmessage.h>

#include "fdclient.h"

void fdclient_init (fdholder *h, int fd, int iss6)
{
  static textmessage_receiver const none = TEXTMESSAGE_RECEIVER_ZERO ;
  textmessage_sender_init(&h->client.syncout, fd) ;
  textmessage_receiver_init(&h->client.syncin, fd, h->client.syncbuf, TEXTCLIENT_BUFSIZE, 0) ;
  h->client.asyncin = none ;
  h->client.pid = 0 ;
  h->client.options = 0 ;
  h->s6 = iss6 ;
  h->heard = FDCLIENT_NOTHING ;
  h->watches = 0 ;
  h->error = 0 ;
}
