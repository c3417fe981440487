/* ISC license. */

/* The frames of a dump, as they should be and as they should not: every
   descriptor goes to the entry that it came with, or is closed. */

#include <errno.h>
#include <string.h>

#include "support/scripted-client.h"
#include "support/tap.h"

#define PAST "\100\0\0\0\0\0\0\1\0\0\0\1"
#define NEVER "\140\0\0\0\200\0\0\0\0\0\0\0"
#define REPLY(frames, total) "\0\0\0\11\0\0\0\0" frames "\0\0\0" total
#define FRAME_A "\0\0\0\17" PAST "\1a\0"
#define FRAME_B "\0\0\0\17" NEVER "\1b\0"
#define FRAME_AB "\0\0\0\36" PAST "\1a\0" NEVER "\1b\0"
#define BEGIN STEP(STEP_ACCEPT), STEP(STEP_HANDSHAKE), READ("\0\0\0\1?")
#define END STEP(STEP_CLOSE), STEP(STEP_END)
#define SEND_STEPS(...) { BEGIN, __VA_ARGS__, END }

enum { STEPS_MAX = 10 } ;

struct dump
{
  char const *name ;
  int want ;
  size_t count ;
  struct step steps[STEPS_MAX] ;
} ;

static struct dump const dumps[] =
{
  { "one frame of two", 0, 2, SEND_STEPS(SEND(REPLY("\1", "\2"), 0), SEND(FRAME_AB, 2)) },
  { "two frames of one", 0, 2, SEND_STEPS(SEND(REPLY("\2", "\2"), 0), SEND(FRAME_A, 1), SEND(FRAME_B, 1)) },
  { "a descriptor that comes with the answer", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1") FRAME_B, 1)) },
  { "single bytes", 0, 2, SEND_STEPS(DRIP(REPLY("\2", "\2"), 0), DRIP(FRAME_A, 1), DRIP(FRAME_B, 1)) },
  { "an answer in two pieces", 0, 1, SEND_STEPS(SEND("\0\0\0", 0), PAUSE(50), SEND("\11\0\0\0\0\1\0\0\0\1", 0), SEND(FRAME_A, 1)) },
  { "the second descriptor before the first frame has ended", 0, 2,
    SEND_STEPS(SEND(REPLY("\2", "\2"), 0), SEND("\0\0\0\17", 1), SEND(PAST "\1a\0" FRAME_B, 1)) },
  { "both descriptors with the first frame", 0, 2, SEND_STEPS(SEND(REPLY("\2", "\2"), 0), SEND(FRAME_A FRAME_B, 2)) },
  { "a descriptor too few", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\2"), 0), SEND(FRAME_AB, 1)) },
  { "a descriptor too many", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\2"), 0), SEND(FRAME_AB, 3)) },
  { "254 descriptors too many", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND(FRAME_A, 253), SEND(FRAME_B, 2)) },
  { "three reads of 253 in one frame", EPROTO, 0,
    SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0", 253), SEND("\0", 253), SEND("\0", 253), SEND("\17" PAST "\1a\0", 0)) },
  { "an entry too many", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND(FRAME_AB, 2)) },
  { "an entry too few", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\2"), 0), SEND(FRAME_A, 1)) },
  { "an empty frame", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0\0\0\0", 0)) },
  { "half an entry", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0\0\0\10" PAST, 1)) },
  { "an empty id", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0\0\0\16" PAST "\0\0", 1)) },
  { "an id with a NUL", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0\0\0\17" PAST "\1\0\0", 1)) },
  { "a frame of 68,058 bytes", EPROTO, 0, SEND_STEPS(SEND(REPLY("\1", "\1"), 0), SEND("\0\1\11\333", 1)) },
  { "the end in the middle of a frame", EPIPE, 0, SEND_STEPS(SEND(REPLY("\1", "\2"), 0), SEND("\0\0\0\36" PAST "\1", 2)) }
} ;

static void check (struct dump const *d)
{
  struct conversation c ;
  fdholder_dump dump = FDHOLDER_DUMP_ZERO ;
  int r ;
  conversation_start(&c, d->steps) ;
  r = fdholder_getdump_g(&c.h, &dump, &c.deadline) ;
  conversation_result(r, d->want, d->name) ;
  tap_int(fdholder_dump_count(&dump), d->count, "%s: %zu entries", d->name, d->count) ;
  for (size_t i = 0 ; i < fdholder_dump_count(&dump) ; i++)
  {
    fdholder_entry const *entry = fdholder_dump_entries(&dump) + i ;
    tap_int(!!entry->expires, entry->id[0] == 'a', "%s: whether %s expires", d->name, entry->id) ;
  }
  fdholder_dump_free(&dump) ;
  conversation_end(&c, d->name) ;
}

int main (void)
{
  for (size_t i = 0 ; i < sizeof(dumps) / sizeof(dumps[0]) ; i++) check(dumps + i) ;
  return tap_done() ;
}
