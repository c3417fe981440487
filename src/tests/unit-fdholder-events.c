/* ISC license. */

/* fdholder_watch and fdholder_event against what a daemon may say on the event
   pipe, and what none should. */

#include <errno.h>
#include <poll.h>
#include <string.h>

#include <s6-activation/fdholder.h>

#include "support/scripted-client.h"
#include "support/tap.h"
#include "support/testdaemon.h"

#define TIME "\x40\0\0\0\x67\x89\xab\xcd\0\0\0\1"
#define STORED "\0\0\0\21s" TIME "\2ab\0"
#define LOST "\0\0\0\15l" TIME
#define WATCHED STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\5E\2a*\0"), SEND("\0\0\0\1\0", 0)
#define END STEP(STEP_WAITEOF), STEP(STEP_END)

struct bad
{
  char const *name ;
  int want ;
  struct step step ;
} ;

static struct bad const bad[] =
{
  { "a letter that is none", EPROTO, EVENT("\0\0\0\21q" TIME "\2ab\0") },
  { "no id", EPROTO, EVENT("\0\0\0\15s" TIME) },
  { "an empty id", EPROTO, EVENT("\0\0\0\17s" TIME "\0\0") },
  { "an id with a NUL", EPROTO, EVENT("\0\0\0\21s" TIME "\2a\0\0") },
  { "an id without its end", EPROTO, EVENT("\0\0\0\20s" TIME "\2ab") },
  { "a byte too many", EPROTO, EVENT("\0\0\0\22s" TIME "\2ab\0\0") },
  { "an id of what is lost", EPROTO, EVENT("\0\0\0\21l" TIME "\2ab\0") },
  { "nothing", EPROTO, EVENT("\0\0\0\0") },
  { "more than an event can be", EPROTO, EVENT("\0\0\1\17s") },
  { "256 MiB", EPROTO, EVENT("\20\0\0\0s") },
  { "half an event", EPIPE, EVENT("\0\0\0\21s") },
  { "no event", EPIPE, PAUSE(0) }
} ;

static void begin (struct conversation *c, struct step const *steps)
{
  conversation_start(c, steps) ;
  if (!tap_ok(fdholder_watch_g(&c->h, "a*", &c->deadline), "it watches")) tap_bail("fdholder_watch") ;
}

static void told (struct conversation *c, int kind, char const *id, char const *name)
{
  fdholder_change change ;
  if (!tap_ok(fdholder_event_g(&c->h, &change, &c->deadline), "%s is told", name)) return ;
  tap_int(change.kind, kind, "%s: what it is", name) ;
  tap_string(change.id, id, "%s: its id", name) ;
  tap_int(change.when.nano, 1, "%s: its time", name) ;
}

static void good (void)
{
  struct step const steps[] = { WATCHED, EVENT(STORED LOST), READ("\0\0\0\1L"), SEND("\0\0\0\5\0\0\0\0\0", 0), EVENT("\0\0\0\21x" TIME "\2ab\0"), END } ;
  struct conversation c ;
  struct pollfd x = { .events = POLLIN } ;
  fdholder_change change ;
  stralloc ids = STRALLOC_ZERO ;
  size_t count ;
  tain past ;
  begin(&c, steps) ;
  x.fd = fdholder_eventfd(&c.h) ;
  tap_int(poll(&x, 1, 5000), 1, "there is something to poll") ;
  told(&c, FDHOLDER_STORED, "ab", "what was stored") ;
  told(&c, FDHOLDER_LOST, "", "that something was lost") ;
  past = STAMP ;
  tap_ok(!fdholder_event_g(&c.h, &change, &past), "then there is nothing") ;
  tap_error(errno, ETIMEDOUT, "by a deadline that has passed") ;
  tap_error(c.h.error, 0, "which leaves the connection good") ;
  tap_ok(fdholder_list_g(&c.h, &ids, &count, &c.deadline), "for requests") ;
  told(&c, FDHOLDER_EXPIRED, "ab", "and for what has expired") ;
  conversation_end(&c, "what is good") ;
  stralloc_free(&ids) ;
}

static void check (struct bad const *b)
{
  struct step const steps[] = { WATCHED, b->step, STEP(STEP_CLOSE), STEP(STEP_END) } ;
  struct conversation c ;
  fdholder_change change ;
  begin(&c, steps) ;
  conversation_result(fdholder_event_g(&c.h, &change, &c.deadline), b->want, b->name) ;
  tap_error(c.h.error, b->want, "%s: the connection is useless", b->name) ;
  conversation_end(&c, b->name) ;
}

static void refused (void)
{
  struct step const older[] = { STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\2E\0"), SEND("\0\0\0\1\46", 0), END } ;
  struct conversation c ;
  char toolong[FDHOLDER_ID_MAX + 2] ;
  memset(toolong, 'x', sizeof(toolong)) ;
  toolong[sizeof(toolong) - 1] = 0 ;
  conversation_start(&c, older) ;
  conversation_result(fdholder_watch_g(&c.h, 0, &c.deadline), ENOSYS, "a daemon of the first release") ;
  conversation_result(fdholder_watch_g(&c.h, "", &c.deadline), EINVAL, "an empty glob") ;
  conversation_result(fdholder_watch_g(&c.h, toolong, &c.deadline), ENAMETOOLONG, "a glob of 256 bytes") ;
  conversation_end(&c, "what is refused") ;
}

int main (void)
{
  testdaemon_workdir() ;
  good() ;
  for (size_t i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++) check(bad + i) ;
  refused() ;
  return tap_done() ;
}
