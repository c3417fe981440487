/* ISC license. */

/* Letter E: a pipe that is full loses some of what is told and says so, once;
   and nobody is held up by who does not read, or leaves. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 3000, MEMORY_KB = 400, SMALL_PIPE = 4096 } ;

static struct testdaemon holder ;
static struct rawclient c ;  /* who makes changes */
static int file ;

 /* Pipelined, so that a turn has many. */

static void change_many (unsigned int n)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  raw_never(&never) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    raw_put(&c, body, wire_pack_store(body, &never, "many", 4), &file, 1) ;
    raw_put(&c, body, wire_pack_delete(body, "many", 4), 0, 0) ;
    if (raw_answer(&c) || raw_answer(&c)) tap_bail("change") ;
  }
}

 /* All that came before is whole and in order, then "lost". */

static int is_in_order (char const *s, unsigned int *n)
{
  int ismore = 1 ;
  for (*n = 0 ; ismore ; ++*n)
  {
    char const *want = *n & 1 ? "d:many" : "s:many" ;
    if (*s == 'l') return !s[1] && *n ;
    if (strncmp(s, want, strlen(want))) return 0 ;
    s += strlen(want) ;
    ismore = *s == ' ' ;
    s += ismore ;
  }
  return 0 ;
}

static void loses (void)
{
#ifdef F_SETPIPE_SZ
  struct rawclient w ;
  unsigned int n = 0 ;
  char const *s ;
  static char text[65536] ;
  long before ;
  raw_must_watch(&w, holder.path, 0) ;
  change_many(MANY) ;  /* the usual pipe is full */
  before = testdaemon_resident(&holder) ;
  change_many(MANY) ;
  if (!testdaemon_isslow()) tap_most(testdaemon_resident(&holder) - before, MEMORY_KB, "who does not read costs no memory") ;
  raw_close(&w) ;
  raw_must_watch(&w, holder.path, 0) ;
  if (fcntl(w.channel, F_SETPIPE_SZ, SMALL_PIPE) == -1) tap_bail("F_SETPIPE_SZ") ;
  change_many(MANY / 10) ;
  text[0] = 0 ;
  for (;;)
  {
    s = raw_events(&w, 1) ;
    if (strlen(text) + strlen(s) + 2 > sizeof(text)) break ;
    if (text[0]) strcat(text, " ") ;
    strcat(text, s) ;
    if (!strcmp(s, "l") || !strcmp(s, "closed") || !*s) break ;
  }
  tap_ok(is_in_order(text, &n), "a full pipe has what came first, whole, and then says that it lost") ;
  tap_least(n, 100, "after some") ;
  tap_most(n, SMALL_PIPE / 20, "but not more than it has room for") ;
  raw_point_quiet(&w, "it says so once") ;
  change_many(1) ;
  raw_point_events(&w, 2, "s:many d:many", "then it is told again") ;
  raw_close(&w) ;
#endif
}

 /* Its end of the pipe, or all of it. */

static void leaves (void)
{
  struct rawclient w ;
  raw_must_watch(&w, holder.path, 0) ;
  close(w.channel) ;
  w.channel = -1 ;
  change_many(10) ;
  tap_error(raw_delete(&w, "nothing"), ENOENT, "who closes the pipe is served all the same") ;
  tap_error(raw_watch(&w, 0), 0, "and may watch, if to no avail") ;
  change_many(10) ;
  raw_close(&w) ;
  raw_must_watch(&w, holder.path, 0) ;
  raw_close(&w) ;
  change_many(10) ;
  tap_error(raw_delete(&c, "nothing"), ENOENT, "who leaves is in nobody's way") ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  loses() ;
  leaves() ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
