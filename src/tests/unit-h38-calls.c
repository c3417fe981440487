/* ISC license. */

/* H38: a retrieve whose rights are fresh costs the daemon three system calls:
   poll, receive, send. */

#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/tracing.h"

enum { RETRIEVES = 20, CALLS = 3, ATTEMPTS = 5 } ;

static struct testdaemon holder ;

 /* The first retrieve reads the rights. The poll before the second mark is counted too. */

static unsigned int count_calls (struct rawclient *c, unsigned int *received, unsigned int *sent)
{
  struct tracing t ;
  unsigned int calls ;
  int fd ;
  tracing_start(&t, &holder) ;
  for (unsigned int i = 0 ; i <= RETRIEVES ; i++)
  {
    if (raw_retrieve(c, 0, "x", &fd)) tap_bail("retrieve") ;
    close(fd) ;
    if (!i) tracing_mark(c, "first-mark") ;
  }
  tracing_mark(c, "second-mark") ;
  tracing_end(&t) ;
  calls = tracing_count(&t, "first-mark", "second-mark", 0) ;
  *received = tracing_count(&t, "first-mark", "second-mark", "recvmsg(") ;
  *sent = tracing_count(&t, "first-mark", "second-mark", "sendmsg(") ;
  tracing_free(&t) ;
  return calls ;
}

static void check (enum frame_dialect dialect, char const *name)
{
  struct rawclient c ;
  unsigned int calls, received, sent ;
  int file = testfile() ;
  raw_must_connect(&c, "s", dialect) ;
  raw_must_store(&c, "x", file) ;
  for (unsigned int i = 0 ; i < ATTEMPTS ; i++)  /* on a busy machine the rights may have to be read again between */
  {
    calls = count_calls(&c, &received, &sent) ;
    if (calls == CALLS * RETRIEVES + 1) break ;
  }
  tap_int(calls, CALLS * RETRIEVES + 1, "H38: %s: the system calls that %d retrieves take: three each, and the next poll", name, RETRIEVES) ;
  tap_int(received, RETRIEVES, "H38: %s: one of them receives", name) ;
  tap_int(sent, RETRIEVES, "H38: %s: one of them sends", name) ;
  raw_delete(&c, "x") ;
  raw_close(&c) ;
}

int main (void)
{
  tracing_need() ;
  testdaemon_begin(&holder, 0) ;
  check(FRAME_NATIVE, "native") ;
  check(FRAME_S6, "s6") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
