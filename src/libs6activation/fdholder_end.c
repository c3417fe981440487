/* ISC license. */

#include <errno.h>

#include <skalibs/djbunix.h>
#include <skalibs/textmessage.h>

#include <s6-activation/fdholder.h>

 /* As textclient_end does it, but that brings a constant of eight kilobytes, all of it
    zero, into every client. */

void fdholder_end (fdholder *h)
{
  int e = errno ;
  int fd = fdholder_fd(h) ;
  int events = fdholder_eventfd(h) ;
  textmessage_sender_free(&h->client.syncout) ;
  textmessage_receiver_free(&h->client.syncin) ;
  textmessage_receiver_free(&h->client.asyncin) ;
  textmessage_sender_init(&h->client.syncout, -1) ;
  if (fd >= 0) fd_close(fd) ;
  if (events >= 0) fd_close(events) ;
  h->connected = h->s6 = 0 ;
  h->error = EPIPE ;
  errno = e ;
}
