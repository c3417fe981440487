/* ISC license. */

/* H3, H6: what finds no number when a message arrives is closed by the
   kernel on the daemon's time, and lingers there. Under a tight limit, with
   all held that may be held, a message of 253 has room for each. */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/lingering.h"
#include "support/preloaded.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;

static unsigned int fill (struct rawclient *c, int file)
{
  unsigned int held = 0 ;
  char id[32] ;
  do snprintf(id, sizeof(id), "%u", held) ;
  while (!raw_store(c, id, 0, file) && ++held) ;
  return held ;
}

 /* The last one finds no number first. */

static void send_all (struct rawclient *other, enum frame_dialect dialect, int file, char const *name)
{
  static char const half[] = { 0, 0, 0, 9, 'S', 0 } ;
  static char const half_s6[] = { 0, 0, 0, 9, 0, 1 } ;
  int fds[RAW_FDS_MAX], end ;
  struct rawclient c ;
  double begun ;
  long took ;
  for (unsigned int i = 0 ; i < RAW_FDS_MAX - 1 ; i++) fds[i] = file ;
  fds[RAW_FDS_MAX - 1] = lingering_socket(&end) ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_list(&c)) tap_bail("list") ;
  begun = test_seconds() ;
  raw_send(c.fd, dialect == FRAME_S6 ? half_s6 : half, 6, fds, RAW_FDS_MAX) ;
  close(fds[RAW_FDS_MAX - 1]) ;
  raw_point_closed(&c, raw_answer(&c), EPROTO, "H3: %s: 253 descriptors are refused, all of them received", name) ;
  tap_error(raw_list(other), 0, "H3: %s: and another client is served", name) ;
  took = test_since(begun) ;
  tap_most(took, LINGER_MEANWHILE, "H3: %s: at once: %ld ms", name, took) ;
  raw_close(&c) ;
  close(end) ;
}

int main (void)
{
  struct rawclient c ;
  int file ;
  preloaded_need("prlimit") ;
  if (testdaemon_isslow()) tap_skip_all("wrappers and sanitizers open descriptors of their own") ;
  setenv("DAEMON_WRAPPER", "prlimit --nofile=500:500", 1) ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-c", "16", 0 }) ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  tap_least(fill(&c, file), 1, "H3: the holder is full") ;
  for (unsigned int i = 0 ; i < 3 ; i++)
  {
    send_all(&c, FRAME_NATIVE, file, "native") ;
    send_all(&c, FRAME_S6, file, "s6") ;
  }
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
