/* ISC license. */

/* state.h: what is not exactly what was written is refused, for each reason
   that there is; and what is good is read as it was written. */

#include <stdint.h>
#include <unistd.h>

#include <skalibs/uint32.h>

#include "support/statebytes.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { OPEN = 8, COUNT_AT = WIRE_STATE_HEAD - 4 * 4 } ;  /* of the counts: helpers, entries, ... */

static unsigned int seen ;

static int see_entry (void *data, struct wire_state_entry const *e)
{
  struct wire_state_entry const *want = statebytes_entries + seen++ % 2 ;
  (void)data ;
  tap_int(e->fd, want->fd, "an entry: its descriptor") ;
  tap_int(e->issocket, 1, "an entry: it is a socket") ;
  tap_int(e->isunix, want->isunix, "an entry: whether it is a Unix socket") ;
  tap_string(e->id.s, want->id.s, "an entry: its id") ;
  tap_string(e->rule.s, "uid/default", "an entry: its rule") ;
  tap_int(e->uid, 4, "an entry: its user") ;
  tap_int(e->pid, 5, "an entry: his process") ;
  tap_ok(!tain_less(&e->left, &want->left) && !tain_less(&want->left, &e->left), "an entry: what it has left") ;
  return 1 ;
}

static int see_connection (void *data, struct wire_state_connection const *c)
{
  struct wire_state_connection const *want = statebytes_connections + seen++ % 4 ;
  (void)data ;
  tap_int(c->kind, want->kind, "a connection: its kind") ;
  tap_int(c->fd, want->fd, "a connection: its descriptor") ;
  tap_int(c->channel, want->channel, "a connection: its pipe") ;
  tap_int(c->iss6, want->iss6, "a connection: its dialect") ;
  tap_int(c->unread, want->unread, "a connection: what it has not read") ;
  tap_int(c->flags, want->flags, "a connection: the flags of its request") ;
  tap_string(c->id.s, want->id.s, "a connection: what it waits for") ;
  tap_int(c->iswatching, want->iswatching, "a connection: whether it is told of changes") ;
  tap_int(c->islost, want->islost, "a connection: whether it was not told of some") ;
  tap_string(c->glob.s, want->glob.s, "a connection: of which ones") ;
  return 1 ;
}

static void reads_back (void)
{
  static struct state_visitor const visitor = { .entry = &see_entry } ;
  static struct state_visitor const second = { .connection = &see_connection } ;
  struct state st = STATE_ZERO ;
  statebytes_pack() ;
  tap_string(statebytes_load(&st, statebytes_bytes.len, 1), 0, "what was written is good") ;
  tap_int(st.head.upgrades, 12, "the number of upgrades") ;
  tap_int(state_walk(&st, &visitor, 0), STATE_WALK_DONE, "all entries are read back") ;
  seen = 0 ;
  tap_int(state_walk(&st, &second, 0), STATE_WALK_DONE, "all connections are read back") ;
  tap_int(genalloc_len(struct wire_state_closing, &st.closing), 1, "what is being closed is read back") ;
  state_free(&st) ;
}

 /* Each length, and each byte with one bit changed. */

static void damaged (void)
{
  unsigned int bad = 0 ;
  struct state st = STATE_ZERO ;
  statebytes_pack() ;
  for (size_t len = 0 ; len < statebytes_bytes.len ; len++)
  {
    if (!statebytes_load(&st, len, 1)) bad++ ;
    state_free(&st) ;
  }
  tap_int(bad, 0, "none that is cut short is good") ;
  for (size_t i = 0 ; i < statebytes_bytes.len ; i++)
  {
    statebytes_bytes.s[i] = (char)(statebytes_bytes.s[i] ^ 1 << i % 8) ;
    if (!statebytes_load(&st, statebytes_bytes.len, 1)) bad++ ;
    statebytes_bytes.s[i] = (char)(statebytes_bytes.s[i] ^ 1 << i % 8) ;
    state_free(&st) ;
  }
  tap_int(bad, 0, "none that has a bit flipped is good") ;
  for (int i = -1 ; i <= 1 ; i += 2)
  {
    statebytes_bytes.s[0] = (char)(WIRE_STATE_VERSION + i) ;
    statebytes_bytes.len -= WIRE_STATE_DIGEST ;
    statebytes_seal() ;
    statebytes_refused("its version is another one", i < 0 ? "one of an older version is not read" : "one of a newer version is not read") ;
  }
}

static void claim (unsigned int which, uint32_t n, char const *name)
{
  statebytes_pack() ;
  statebytes_bytes.len -= WIRE_STATE_DIGEST ;
  uint32_pack_big(statebytes_bytes.s + COUNT_AT + 4 * which, n) ;
  statebytes_seal() ;
  statebytes_refused("it is malformed", name) ;
}

static void wrong (void)
{
  statebytes_entries[1].id = statebytes_id("a") ;
  statebytes_refused_anew("it has an id twice", "an id twice") ;
  statebytes_entries[1].id = statebytes_id("A") ;
  statebytes_refused_anew("its ids are not in order", "ids in another order") ;
  for (int i = 0 ; i < 3 ; i++)
  {
    statebytes_entries[0].fd = i ;
    statebytes_refused_anew("a descriptor of it is a standard one", "a standard descriptor") ;
  }
  statebytes_entries[0].fd = STATEBYTES_FIRST + 50 ;
  statebytes_refused_anew("a descriptor of it is closed", "a descriptor that is not open") ;
  statebytes_connections[2].channel = STATEBYTES_FIRST + 50 ;
  statebytes_refused_anew("a descriptor of it is closed", "a pipe that is not open") ;
  statebytes_entries[1].fd = STATEBYTES_FIRST ;
  statebytes_refused_anew("it has a descriptor twice", "a descriptor twice") ;
  statebytes_connections[1].fd = STATEBYTES_FIRST ;
  statebytes_refused_anew("it has a descriptor twice", "a connection that is held, too") ;
  statebytes_entries[1].issocket = 0 ;
  statebytes_refused_anew("it is malformed", "a Unix socket that is no socket") ;
  statebytes_connections[1].kind = 'x' ;
  statebytes_refused_anew("it is malformed", "an unknown kind of connection") ;
  statebytes_connections[2].id = statebytes_id("") ;
  statebytes_refused_anew("it is malformed", "an empty id") ;
  statebytes_connections[2].glob = statebytes_id("a[") ;
  statebytes_refused_anew("a glob of it is none", "a glob that nobody could ask for") ;
  statebytes_entries[1].rule = statebytes_id("uid/42949672950") ;
  statebytes_refused_anew("a rule of it is too long", "an entry of a rule that cannot be") ;
  statebytes_connections[1].rule = statebytes_id("uid/42949672950") ;
  statebytes_refused_anew("a rule of it is too long", "a connection of one") ;
  statebytes_closing.rule = statebytes_id("uid/42949672950") ;
  statebytes_refused_anew("a rule of it is too long", "one of what is being closed") ;
  for (unsigned int i = 0 ; i < 4 ; i++)
  {
    claim(i, ~0U, "as many as 2^32 - 1 of something") ;
    claim(i, 0, "none of something that is there") ;
  }
}

 /* A helper of the image before may have closed it meanwhile. */

static void closed (void)
{
  struct state st = STATE_ZERO ;
  int self ;
  statebytes_closing.fd = STATEBYTES_FIRST + 50 ;
  statebytes_pack() ;
  tap_string(statebytes_load(&st, statebytes_bytes.len, 1), 0, "what was to be closed may be closed") ;
  tap_int(genalloc_len(struct wire_state_closing, &st.closing), 0, "and is forgotten then") ;
  state_free(&st) ;
  self = testfile() ;
  statebytes_closing.fd = self ;
  statebytes_pack() ;
  tap_string(statebytes_load_from(self, &st, statebytes_bytes.len, 1, 0), 0, "and its number may be the file's by now") ;
  tap_int(genalloc_len(struct wire_state_closing, &st.closing), 0, "it is not closed once more") ;
  state_free(&st) ;
  statebytes_choose() ;
  statebytes_entries[0].fd = STATEBYTES_FIRST + 50 ;
  statebytes_pack() ;
  tap_string(statebytes_load(&st, statebytes_bytes.len, 0), 0, "a trial does not look for descriptors") ;
  state_free(&st) ;
  statebytes_choose() ;
}

int main (void)
{
  for (int i = 0 ; i < OPEN ; i++) if (dup2(0, STATEBYTES_FIRST + i) == -1) tap_bail("dup2") ;
  statebytes_choose() ;
  reads_back() ;
  damaged() ;
  wrong() ;
  closed() ;
  stralloc_free(&statebytes_bytes) ;
  return tap_done() ;
}
