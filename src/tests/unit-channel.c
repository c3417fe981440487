/* ISC license. */

/* channel.h: messages go into the pipe whole, or not at all; what was lost is
   told once, when there is room, before anything else; and what cannot be
   written for another reason is lost, too. */

#include <skalibs/nonposix.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/tai.h>

#include "libdaemon/loop.h"
#include "libfdholderd/channel.h"
#include "libfdwire/frame.h"
#include "libfdwire/wire.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MESSAGE = 100, LOST = FRAME_NATIVE_HEADER + 1 + TAIN_PACK, ROOM = 1 << 20, FULL_MAX = 1 << 16, MANY = 1000, PATIENCE = 20 } ;

static struct loop loop ;
static struct channel c ;
static int pipes[2] ;
static char got[ROOM] ;

static void begin (void)
{
  if (pipe2(pipes, O_NONBLOCK) == -1) tap_bail("pipe") ;
  channel_begin(&c, &loop, pipes[1]) ;
}

static void end (void)
{
  channel_end(&c) ;
  close(pipes[1]) ;
  close(pipes[0]) ;
}

static size_t drain (void)
{
  size_t n = 0 ;
  ssize_t r ;
  while (r = read(pipes[0], got + n, ROOM - n), r > 0) n += r ;
  return n ;
}

static void put (char mark)
{
  char message[MESSAGE] ;
  memset(message, mark, MESSAGE) ;
  channel_put(&c, message, MESSAGE) ;
}

static unsigned int fill (void)
{
  unsigned int n = 0 ;
  for (; channel_isopen(&c) && n < FULL_MAX ; n++) put('a') ;
  return n - 1 ;  /* the last one was lost */
}

static void ignore (void *data, tain const *now)
{
  (void)data ;
  (void)now ;
}

static void turn (void)
{
  struct loop_timer soon ;
  loop_timer_init(&soon, &ignore, 0) ;
  tain_now_g() ;
  loop_timer_set(&loop, &soon, &STAMP) ;
  loop_turn(&loop) ;
  loop_timer_clear(&loop, &soon) ;
}

static void judge_lost (char const *s, char const *name)
{
  struct wire_event event ;
  if (!tap_ok(wire_unpack_event(&event, s + FRAME_NATIVE_HEADER, LOST - FRAME_NATIVE_HEADER), "%s: that is an event", name)) return ;
  tap_int(event.kind, WIRE_EVENT_LOST, "%s: of what was lost", name) ;
}

static void loses (void)
{
  unsigned int n ;
  begin() ;
  n = fill() ;
  tap_int(c.state, CHANNEL_LOST, "a full pipe loses") ;
  put('b') ;
  turn() ;
  tap_int(c.state, CHANNEL_LOST, "as long as it is full") ;
  tap_int(drain(), n * MESSAGE, "all that went in is whole") ;
  put('c') ;
  tap_int(drain(), 0, "with room again, nothing overtakes what is to be said first") ;
  turn() ;
  tap_int(c.state, CHANNEL_OPEN, "which is said in the next turn") ;
  put('d') ;
  tap_int(drain(), LOST + MESSAGE, "and then the next message") ;
  judge_lost(got, "what was said") ;
  turn() ;
  tap_int(drain(), 0, "it is said once") ;
  channel_lose(&c) ;
  channel_lose(&c) ;
  turn() ;
  tap_int(drain(), LOST, "what is lost elsewhere is said, too") ;
  end() ;
}

static void ends (void)
{
  begin() ;
  close(pipes[0]) ;
  put('a') ;
  tap_int(c.state, CHANNEL_GONE, "who reads no longer is gone") ;
  put('b') ;
  channel_lose(&c) ;
  tap_int(c.state, CHANNEL_GONE, "for good") ;
  end() ;
  begin() ;
  fill() ;
  close(pipes[0]) ;
  turn() ;
  tap_int(c.state, CHANNEL_GONE, "also who had a full pipe") ;
  tap_ok(!loop_watch_isstarted(&c.room), "and nothing is waited for then") ;
  end() ;
  begin() ;
  fill() ;
  tap_ok(loop_watch_isstarted(&c.room), "room is waited for") ;
  end() ;
  tap_ok(!loop_watch_isstarted(&c.room), "until the end") ;
}

 /* In the place of the library's. */

static int error ;  /* of what is written to the pipe; 0: none */
static unsigned int tries ;

ssize_t write (int fd, void const *s, size_t len)
{
  static ssize_t (*original) (int, void const *, size_t) ;
  if (!original)
  {
    void *found = dlsym(RTLD_NEXT, "write") ;
    memcpy(&original, &found, sizeof(original)) ;
  }
  if (fd != c.fd) return (*original)(fd, s, len) ;
  tries++ ;
  return error ? (errno = error, -1) : (*original)(fd, s, len) ;
}

 /* Many turns, which wait for nothing. */

static void many_turns (void)
{
  tries = 0 ;
  for (unsigned int i = 0 ; i < MANY ; i++) turn() ;
}

static void fails (int how)
{
  double begun = test_seconds() ;
  begin() ;
  error = how ;
  put('a') ;
  tap_int(c.state, CHANNEL_LOST, "error %d: a message is lost, and nobody is gone", how) ;
  tap_ok(!loop_watch_isstarted(&c.room), "error %d: room is not waited for", how) ;
  many_turns() ;
  tap_int(c.state, CHANNEL_LOST, "error %d: as long as it lasts", how) ;
  tap_most(tries, 2 + (intmax_t)(1000 * (test_seconds() - begun)) / 10, "error %d: it is not tried all the time", how) ;
  error = 0 ;
  put('b') ;
  while (c.state == CHANNEL_LOST && test_seconds() < begun + PATIENCE) loop_turn(&loop) ;
  tap_int(c.state, CHANNEL_OPEN, "error %d: then it is said", how) ;
  tap_int(drain(), LOST, "error %d: and nothing else", how) ;
  judge_lost(got, "after another error") ;
  put('c') ;
  tap_int(drain(), MESSAGE, "error %d: and the next message comes", how) ;
  many_turns() ;
  tap_int(tries, 0, "error %d: it is said once", how) ;
  end() ;
}

 /* Room for what was lost, and no memory for it. */

static void fails_with_room (void)
{
  double end_of_patience = test_seconds() + PATIENCE ;
  begin() ;
  fill() ;
  drain() ;
  error = ENOMEM ;
  turn() ;
  tap_ok(!loop_watch_isstarted(&c.room), "room that is there is waited for no longer") ;
  tap_int(c.state, CHANNEL_LOST, "what was lost is to be said still") ;
  error = EAGAIN ;
  while (!loop_watch_isstarted(&c.room) && test_seconds() < end_of_patience) loop_turn(&loop) ;
  error = 0 ;
  turn() ;
  tap_int(c.state, CHANNEL_OPEN, "and is, when there is room again") ;
  tap_int(drain(), LOST, "once") ;
  error = EFBIG ;
  put('a') ;
  end() ;
  many_turns() ;
  tap_int(tries, 0, "nothing is tried after the end") ;
  error = 0 ;
}

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  if (!tain_now_set_stopwatch_g() || !loop_init(&loop)) tap_bail("loop_init") ;
  loses() ;
  ends() ;
  fails(ENOSPC) ;
  fails(ENOMEM) ;
  fails_with_room() ;
  return tap_done() ;
}
