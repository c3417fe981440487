/* ISC license. */

/* wire-state.h: what no connection is at once is no connection of a state; and an
   entry has one form, the shortest. */

#include <string.h>

#include <skalibs/tai.h>

#include "libfdwire/wire.h"
#include "libfdwire/wire-state.h"
#include "support/tap.h"

enum { CHANNEL = 11 } ;

struct row
{
  char const *name ;
  int isgood ;
  char kind ;
  uint8_t iss6 ;
  int channel ;
  uint8_t flags ;
  uint8_t iswatching ;
  uint8_t islost ;
  uint8_t hasgiven ;
} ;

static struct wire_id id (char const *s)
{
  struct wire_id i = { .s = s, .len = (uint8_t)strlen(s) } ;
  return i ;
}

static int is_read (struct row const *row, struct wire_state_connection *got)
{
  struct wire_state_entry given = { .fd = 12, .left = tain_infinite_relative, .rule = id("uid/1"), .id = id("given") } ;
  struct wire_state_connection c =
  {
    .kind = row->kind, .iss6 = row->iss6, .fd = 10, .channel = row->channel, .rule = id("uid/1"), .flags = row->flags, .id = id("x"),
    .iswatching = row->iswatching, .islost = row->islost, .glob = id("g*"), .hasgiven = row->hasgiven, .given = given
  } ;
  static char s[WIRE_STATE_CONNECTION_MAX] ;
  struct wire_reader r ;
  wire_reader_init(&r, s, wire_state_pack_connection(s, &c)) ;
  return wire_state_get_connection(&r, got) && wire_reader_isempty(&r) ;
}

static struct row const rows[] =
{
  { "one that has no place", 1, WIRE_STATE_ROOM, 0, -1, 0, 0, 0, 0 },
  { "one without a place, with a pipe", 0, WIRE_STATE_ROOM, 0, CHANNEL, 0, 0, 0, 0 },
  { "one without a place that was given something", 0, WIRE_STATE_ROOM, 0, -1, 0, 0, 0, 1 },
  { "one without a place, of a dialect", 0, WIRE_STATE_ROOM, 1, -1, 0, 0, 0, 0 },
  { "one that has said nothing", 1, WIRE_STATE_NEW, 0, -1, 0, 0, 0, 0 },
  { "one that has said nothing, in s6's dialect", 0, WIRE_STATE_NEW, 1, -1, 0, 0, 0, 0 },
  { "one that has said nothing, and watches", 0, WIRE_STATE_NEW, 0, CHANNEL, 0, 1, 0, 0 },
  { "s6's, idle", 1, WIRE_STATE_IDLE, 1, -1, 0, 0, 0, 0 },
  { "s6's with a pipe", 0, WIRE_STATE_IDLE, 1, CHANNEL, 0, 0, 0, 0 },
  { "s6's that was given something", 0, WIRE_STATE_IDLE, 1, -1, 0, 0, 0, 1 },
  { "s6's that waits", 0, WIRE_STATE_WAITING, 1, -1, WIRE_RETRIEVE_WAIT, 0, 0, 0 },
  { "a native one, idle", 1, WIRE_STATE_IDLE, 0, CHANNEL, 0, 0, 0, 0 },
  { "that watches", 1, WIRE_STATE_IDLE, 0, CHANNEL, 0, 1, 0, 0 },
  { "that watches without a pipe", 0, WIRE_STATE_IDLE, 0, -1, 0, 1, 0, 0 },
  { "that watches, and was not told of something", 1, WIRE_STATE_IDLE, 0, CHANNEL, 0, 1, 1, 0 },
  { "that does not watch, and was not told of something", 0, WIRE_STATE_IDLE, 0, CHANNEL, 0, 0, 1, 0 },
  { "that watches, and was given something", 1, WIRE_STATE_IDLE, 0, CHANNEL, 0, 1, 0, 1 },
  { "that waits", 1, WIRE_STATE_WAITING, 0, CHANNEL, WIRE_RETRIEVE_WAIT, 0, 0, 0 },
  { "that waits to take something away, and watches", 1, WIRE_STATE_WAITING, 0, CHANNEL, WIRE_RETRIEVE_WAIT | WIRE_RETRIEVE_DELETE, 1, 1, 0 },
  { "that waits, and has not said so", 0, WIRE_STATE_WAITING, 0, CHANNEL, WIRE_RETRIEVE_DELETE, 0, 0, 0 },
  { "that waits in a way that nobody knows", 0, WIRE_STATE_WAITING, 0, CHANNEL, WIRE_RETRIEVE_WAIT | 4, 0, 0, 0 },
  { "that waits, and may put something back", 0, WIRE_STATE_WAITING, 0, CHANNEL, WIRE_RETRIEVE_WAIT, 0, 0, 1 }
} ;

static void same (struct row const *row, struct wire_state_connection const *c)
{
  tap_int(c->kind, row->kind, "%s: its kind", row->name) ;
  tap_int(c->channel, row->channel, "%s: its pipe", row->name) ;
  tap_int(c->iss6, row->iss6, "%s: its dialect", row->name) ;
  tap_int(c->iswatching * 4 + c->islost * 2 + c->hasgiven, row->iswatching * 4 + row->islost * 2 + row->hasgiven, "%s: what it does", row->name) ;
  tap_int(c->flags, row->kind == WIRE_STATE_WAITING ? row->flags : 0, "%s: what it has asked for", row->name) ;
}

 /* Of the first one, of which the second one says less. */

static struct wire_state_entry entry (char const *name)
{
  struct wire_state_entry e = { .fd = 10, .issocket = 1, .left = tain_infinite_relative, .age = { .nano = 5 }, .uid = 7, .pid = 8, .rule = id("uid/7"), .id = id(name) } ;
  return e ;
}

enum { SHORT = 1 + 4 + TAIN_PACK + 4 + 3, OWNER = 4 + 7, LEFT_AT = 5 } ;

static void is_as_written (struct wire_state_entry const *e, struct wire_state_entry const *before, size_t len, char const *name)
{
  char s[WIRE_STATE_ENTRY_MAX] ;
  struct wire_state_entry got ;
  struct wire_reader r ;
  size_t n = wire_state_pack_entry(s, e, before) ;
  tap_int(n, len, "%s: so long", name) ;
  wire_reader_init(&r, s, n) ;
  if (!tap_ok(wire_state_get_entry(&r, &got, before) && wire_reader_isempty(&r), "%s: is read", name)) return ;
  tap_ok(!tain_less(&got.left, &e->left) && !tain_less(&e->left, &got.left), "%s: what it has left", name) ;
  tap_int(got.age.nano, 5, "%s: its age", name) ;
  tap_int(got.uid, e->uid, "%s: its user", name) ;
  tap_string(got.rule.s, e->rule.s, "%s: its rule", name) ;
  tap_string(got.id.s, e->id.s, "%s: its id", name) ;
}

static void entries (void)
{
  struct wire_state_entry first = entry("a"), e = entry("b") ;
  is_as_written(&first, 0, SHORT + OWNER, "the first entry") ;
  is_as_written(&e, &first, SHORT, "the second one, of the same user") ;
  e.uid = 9 ;
  is_as_written(&e, &first, SHORT + OWNER, "of another user") ;
  e = entry("b") ;
  e.rule = id("uid/8") ;
  is_as_written(&e, &first, SHORT + OWNER, "of another rule") ;
  e = entry("b") ;
  tain_addsec(&e.left, &tain_zero, 60) ;
  is_as_written(&e, &first, SHORT + TAIN_PACK, "with a limit") ;
}

static void is_none (char const *s, size_t n, struct wire_state_entry const *before, char const *name)
{
  struct wire_state_entry got ;
  struct wire_reader r ;
  wire_reader_init(&r, s, n) ;
  tap_int(wire_state_get_entry(&r, &got, before), 0, "%s: is none", name) ;
}

static void other_forms (void)
{
  char s[WIRE_STATE_ENTRY_MAX] ;
  struct wire_state_entry first = entry("a"), e = entry("b") ;
  size_t n = wire_state_pack_entry(s, &e, &first) ;
  is_none(s, n, 0, "the first entry, of the same user as the one before") ;
  n = wire_state_pack_entry(s, &e, 0) ;
  is_none(s, n, &first, "an entry that says again whose it is") ;
  tain_addsec(&e.left, &tain_zero, 60) ;
  n = wire_state_pack_entry(s, &e, &first) ;
  tain_pack(s + LEFT_AT, &tain_infinite_relative) ;
  is_none(s, n, &first, "a limit that is none") ;
  s[0] = 16 ;
  is_none(s, n, &first, "an entry with a bit that nobody knows") ;
}

int main (void)
{
  entries() ;
  other_forms() ;
  for (unsigned int i = 0 ; i < sizeof(rows) / sizeof(*rows) ; i++)
  {
    struct wire_state_connection c ;
    int r = is_read(rows + i, &c) ;
    if (tap_int(r, rows[i].isgood, "%s: %s", rows[i].name, rows[i].isgood ? "there may be one" : "there is none") && r) same(rows + i, &c) ;
  }
  return tap_done() ;
}
