/* ISC license. */

#include <errno.h>

#include <skalibs/textclient.h>

#include <s6-activation/fdholder.h>

void fdholder_end (fdholder *h)
{
  int e = errno ;
  textclient_end(&h->client) ;
  h->connected = h->s6 = 0 ;
  h->error = EPIPE ;
  errno = e ;
}
