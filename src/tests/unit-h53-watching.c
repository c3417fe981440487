/* ISC license. */

/* H53: a thousand connections that wait for an id, and a thousand that watch, or as
   many as the limit on open files lets a holder have, cost who retrieves next to
   nothing. */

#include <stdio.h>

#include "probed.h"
#include "support/manyfiles.h"
#include "support/rawclient.h"
#include "support/sides.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 1000, FEW = 200, PER_ONE = 2 * 4, MARGIN = 1500, ROUNDS = 12, TRIES = 5 } ;

static unsigned int many ;

 /* The test's own ends stay open until it ends. */

static void crowd (struct side *s)
{
  char body[WIRE_REQUEST_MAX] ;
  for (unsigned int i = 0 ; i < many ; i++)
  {
    struct rawclient waiting, watching ;
    char id[16] ;
    int len = snprintf(id, sizeof(id), "none%u", i) ;
    raw_must_connect(&waiting, s->holder.path, FRAME_NATIVE) ;
    raw_put(&waiting, body, wire_pack_retrieve(body, WIRE_RETRIEVE_WAIT, id, len), 0, 0) ;
    raw_must_watch(&watching, s->holder.path, i & 1 ? "none*" : 0) ;
  }
}

static void begin (struct side *s, char const *path, int file)
{
  char maxconn[16] ;
  snprintf(maxconn, sizeof(maxconn), "%u", 2 * many + 50) ;
  side_begin(s, path, (char const *const []){ "-v", "0", "-c", maxconn, "-n", "100", 0 }, FRAME_NATIVE, file) ;
}

int main (void)
{
  struct side sides[2] ;
  char named[128] ;
  int file ;
#ifndef S6_ACTIVATION_HAS_EPOLL
  tap_skip_all("poll(2) is given all connections in each turn") ;
#endif
  if (testdaemon_isslow()) tap_skip_all("times prove nothing here") ;
  sides_pin() ;
  many = manyfiles_room(MANY, FEW, PER_ONE, MARGIN) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  file = testfile() ;
  begin(sides, "0", file) ;
  begin(sides + 1, "1", file) ;
  crowd(sides + 1) ;
  snprintf(named, sizeof(named), "H53: a retrieve beside %u connections that wait and %u that watch", many, many) ;
  sides_compare(sides, &side_retrieve, ROUNDS, TRIES, named) ;
  for (unsigned int i = 0 ; i < 2 ; i++) testdaemon_finish(&sides[i].holder) ;
  return tap_done() ;
}
