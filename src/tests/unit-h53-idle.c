/* ISC license. */

/* H53: ten thousand idle connections, or as many as the limit on open files
   lets a holder have, half of them silent, half of them served before, cost
   who retrieves next to nothing. */

#include <errno.h>
#include <stdio.h>

#include "probed.h"
#include "support/manyfiles.h"
#include "support/rawclient.h"
#include "support/sides.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { IDLE = 10000, IDLE_MIN = 1000, PER_IDLE = 4, MARGIN = 1000, ROUNDS = 12, TRIES = 5 } ;

static unsigned int idle ;

static void begin (struct side *s, char const *path, enum frame_dialect dialect, int file)
{
  side_begin(s, path, (char const *const []){ "-v", "0", "-c", "10100", "-n", "100", 0 }, dialect, file) ;
}

 /* The test's own ends stay open until it ends. */

static void crowd (struct side *s)
{
  for (unsigned int i = 0 ; i < idle ; i++)
  {
    struct rawclient c ;
    raw_must_connect(&c, s->holder.path, FRAME_S6) ;
    if (i & 1 && raw_delete(&c, "nothing") != ENOENT) tap_bail("delete") ;
  }
}

static void compare (struct side *s, char const *name)
{
  char named[128] ;
  snprintf(named, sizeof(named), "H53: %s: a retrieve beside %u idle connections", name, idle) ;
  sides_compare(s, &side_retrieve, ROUNDS, TRIES, named) ;
}

int main (void)
{
  struct side native[2], s6[2] ;
  int file ;
#ifndef S6_ACTIVATION_HAS_EPOLL
  tap_skip_all("poll(2) is given all connections in each turn") ;
#endif
  if (testdaemon_isslow()) tap_skip_all("times prove nothing here") ;
  sides_pin() ;
  idle = manyfiles_room(IDLE, IDLE_MIN, PER_IDLE, MARGIN) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  file = testfile() ;
  begin(native, "0", FRAME_NATIVE, file) ;
  begin(native + 1, "1", FRAME_NATIVE, file) ;
  s6[0].holder = native[0].holder ;
  s6[1].holder = native[1].holder ;
  raw_must_connect(&s6[0].c, "0", FRAME_S6) ;
  raw_must_connect(&s6[1].c, "1", FRAME_S6) ;
  crowd(native + 1) ;
  compare(native, "native") ;
  compare(s6, "s6") ;
  for (unsigned int i = 0 ; i < 2 ; i++) testdaemon_finish(&native[i].holder) ;
  return tap_done() ;
}
