/* ISC license. */

/* channel.h: messages go into the pipe whole, or not at all; what was lost is
   told once, when there is room, before anything else. */

#include <skalibs/nonposix.h>

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

enum { MESSAGE = 100, LOST = FRAME_NATIVE_HEADER + 1 + TAIN_PACK, ROOM = 1 << 20, FULL_MAX = 1 << 16 } ;

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

int main (void)
{
  signal(SIGPIPE, SIG_IGN) ;
  if (!tain_now_set_stopwatch_g() || !loop_init(&loop)) tap_bail("loop_init") ;
  loses() ;
  ends() ;
  return tap_done() ;
}
