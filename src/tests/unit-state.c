/* ISC license. */

/* state.h: what is not exactly what was written is refused, for each reason
   that there is; and what is good is read as it was written. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <skalibs/stralloc.h>
#include <skalibs/uint32.h>

#include "libdaemon/memfile.h"
#include "libfdholderd/state-internal.h"
#include "libfdwire/wire-state.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { FIRST = 100, OPEN = 8, COUNT_AT = WIRE_STATE_HEAD - 4 * 4 } ;  /* of the counts: helpers, entries, ... */

static struct wire_id id (char const *s)
{
  struct wire_id i = { .s = s, .len = (uint8_t)strlen(s) } ;
  return i ;
}

 /* Two entries, four connections, one that is being closed: all that a state has. */

static struct wire_state_helper helper ;
static struct wire_state_entry entries[2] ;
static struct wire_state_connection connections[4] ;
static struct wire_state_closing closing ;
static stralloc bytes = STRALLOC_ZERO ;

static void choose (void)
{
  static struct wire_state_connection const none = { .channel = -1, .uid = 1, .gid = 2, .pid = 3 } ;
  helper = (struct wire_state_helper){ .pid = 77, .isneedless = 1 } ;
  entries[0] = (struct wire_state_entry){ .fd = FIRST, .issocket = 1, .left = tain_infinite_relative, .age = tain_zero, .uid = 4, .pid = 5, .rule = id("uid/default"), .id = id("a") } ;
  entries[1] = entries[0] ;
  entries[1].fd = FIRST + 1 ;
  entries[1].isunix = 1 ;
  entries[1].id = id("b\n\"") ;
  tain_addsec(&entries[1].left, &tain_zero, 60) ;
  for (unsigned int i = 0 ; i < 4 ; i++)
  {
    connections[i] = none ;
    connections[i].fd = FIRST + 2 + (int)i ;
    connections[i].rule = id("gid/7") ;
    connections[i].silent = tain_zero ;
  }
  connections[0].kind = WIRE_STATE_NEW ;
  connections[1].kind = WIRE_STATE_IDLE ;
  connections[1].iss6 = 1 ;
  connections[1].unread = 9 ;
  connections[2].kind = WIRE_STATE_WAITING ;
  connections[2].channel = FIRST + 6 ;
  connections[2].flags = WIRE_RETRIEVE_WAIT ;
  connections[2].id = id("c") ;
  connections[2].iswatching = connections[2].islost = 1 ;
  connections[2].glob = id("d*") ;
  connections[3].kind = WIRE_STATE_ROOM ;
  closing = (struct wire_state_closing){ .fd = FIRST + 7, .uid = 6, .rule = id("") } ;
}

static void seal (void)
{
  if (!stralloc_readyplus(&bytes, WIRE_STATE_DIGEST)) tap_bail("memory") ;
  wire_state_seal(bytes.s + bytes.len, bytes.s, bytes.len) ;
  bytes.len += WIRE_STATE_DIGEST ;
}

#define put(type, ...) (stralloc_readyplus(&bytes, 4096) ? (void)(bytes.len += wire_state_pack_##type(bytes.s + bytes.len, __VA_ARGS__)) : tap_bail("memory"))

static void pack (void)
{
  struct wire_state_head head = { .clock = tain_zero, .uptime = tain_zero, .upgrades = 12, .helpers = 1, .entries = 2, .connections = 4, .closing = 1 } ;
  bytes.len = 0 ;
  put(head, &head) ;
  put(helper, &helper) ;
  for (unsigned int i = 0 ; i < 2 ; i++) put(entry, entries + i, i ? entries : 0) ;
  for (unsigned int i = 0 ; i < 4 ; i++) put(connection, connections + i) ;
  put(closing, &closing) ;
  seal() ;
}

 /* 0: it is good. Consumes fd, a file of nothing. */

static char const *load_from (int fd, struct state *st, size_t len, int areours, int issealed)
{
  static char copy[256] ;
  char const *why ;
  enum state_verdict verdict ;
  if (write(fd, bytes.s, len) != (ssize_t)len) tap_bail("write") ;
  if (issealed && !memfile_seal(fd)) tap_bail("memfile_seal") ;
  verdict = state_load(st, fd, areours, &why) ;
  close(fd) ;
  if (verdict == STATE_GOOD) return 0 ;
  if (verdict == STATE_UNREADABLE) why = strerror(errno) ;
  strncpy(copy, why, sizeof(copy) - 1) ;
  return copy ;
}

static char const *load (struct state *st, size_t len, int areours)
{
  return load_from(testfile(), st, len, areours, 0) ;
}

static void refused (char const *why, char const *name)
{
  struct state st = STATE_ZERO ;
  tap_string(load(&st, bytes.len, 1), why, "%s", name) ;
  state_free(&st) ;
}

 /* As after a change of what is written. */

static void refused_anew (char const *why, char const *name)
{
  pack() ;
  refused(why, name) ;
  choose() ;
}

static unsigned int seen ;

static int see_entry (void *data, struct wire_state_entry const *e)
{
  struct wire_state_entry const *want = entries + seen++ % 2 ;
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
  struct wire_state_connection const *want = connections + seen++ % 4 ;
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
  pack() ;
  tap_string(load(&st, bytes.len, 1), 0, "what was written is good") ;
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
  pack() ;
  for (size_t len = 0 ; len < bytes.len ; len++)
  {
    if (!load(&st, len, 1)) bad++ ;
    state_free(&st) ;
  }
  tap_int(bad, 0, "none that is cut short is good") ;
  for (size_t i = 0 ; i < bytes.len ; i++)
  {
    bytes.s[i] = (char)(bytes.s[i] ^ 1 << i % 8) ;
    if (!load(&st, bytes.len, 1)) bad++ ;
    bytes.s[i] = (char)(bytes.s[i] ^ 1 << i % 8) ;
    state_free(&st) ;
  }
  tap_int(bad, 0, "none that has a bit flipped is good") ;
  for (int i = -1 ; i <= 1 ; i += 2)
  {
    bytes.s[0] = (char)(WIRE_STATE_VERSION + i) ;
    bytes.len -= WIRE_STATE_DIGEST ;
    seal() ;
    refused("its version is another one", i < 0 ? "one of an older version is not read" : "one of a newer version is not read") ;
  }
}

static void claim (unsigned int which, uint32_t n, char const *name)
{
  pack() ;
  bytes.len -= WIRE_STATE_DIGEST ;
  uint32_pack_big(bytes.s + COUNT_AT + 4 * which, n) ;
  seal() ;
  refused("it is malformed", name) ;
}

static void wrong (void)
{
  entries[1].id = id("a") ;
  refused_anew("it has an id twice", "an id twice") ;
  entries[1].id = id("A") ;
  refused_anew("its ids are not in order", "ids in another order") ;
  for (int i = 0 ; i < 3 ; i++)
  {
    entries[0].fd = i ;
    refused_anew("a descriptor of it is a standard one", "a standard descriptor") ;
  }
  entries[0].fd = FIRST + 50 ;
  refused_anew("a descriptor of it is closed", "a descriptor that is not open") ;
  connections[2].channel = FIRST + 50 ;
  refused_anew("a descriptor of it is closed", "a pipe that is not open") ;
  entries[1].fd = FIRST ;
  refused_anew("it has a descriptor twice", "a descriptor twice") ;
  connections[1].fd = FIRST ;
  refused_anew("it has a descriptor twice", "a connection that is held, too") ;
  entries[1].issocket = 0 ;
  refused_anew("it is malformed", "a Unix socket that is no socket") ;
  connections[1].kind = 'x' ;
  refused_anew("it is malformed", "an unknown kind of connection") ;
  connections[2].id = id("") ;
  refused_anew("it is malformed", "an empty id") ;
  connections[2].glob = id("a[") ;
  refused_anew("a glob of it is none", "a glob that nobody could ask for") ;
  entries[1].rule = id("uid/42949672950") ;
  refused_anew("a rule of it is too long", "an entry of a rule that cannot be") ;
  connections[1].rule = id("uid/42949672950") ;
  refused_anew("a rule of it is too long", "a connection of one") ;
  closing.rule = id("uid/42949672950") ;
  refused_anew("a rule of it is too long", "one of what is being closed") ;
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
  closing.fd = FIRST + 50 ;
  pack() ;
  tap_string(load(&st, bytes.len, 1), 0, "what was to be closed may be closed") ;
  tap_int(genalloc_len(struct wire_state_closing, &st.closing), 0, "and is forgotten then") ;
  state_free(&st) ;
  self = testfile() ;
  closing.fd = self ;
  pack() ;
  tap_string(load_from(self, &st, bytes.len, 1, 0), 0, "and its number may be the file's by now") ;
  tap_int(genalloc_len(struct wire_state_closing, &st.closing), 0, "it is not closed once more") ;
  state_free(&st) ;
  choose() ;
  entries[0].fd = FIRST + 50 ;
  pack() ;
  tap_string(load(&st, bytes.len, 0), 0, "a trial does not look for descriptors") ;
  state_free(&st) ;
  choose() ;
}

static void files (void)
{
  struct state st = STATE_ZERO ;
  char const *why ;
  int p[2] ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  tap_int(state_load(&st, p[0], 1, &why), STATE_BAD, "a pipe is no state") ;
  tap_int(state_load(&st, FIRST + 50, 1, &why), STATE_BAD, "nor is what is not open") ;
  state_free(&st) ;
}

 /* A memfile, with another bit in the age of an entry. */

static char const *load_changed (int areours, int issealed)
{
  struct state st = STATE_ZERO ;
  int fd = memfile_open("unit-state") ;
  char const *why ;
  if (fd < 0) tap_bail("memfile_open") ;
  pack() ;
  bytes.s[WIRE_STATE_HEAD + WIRE_STATE_HELPER + 1 + 4 + TAIN_PACK - 1] ^= 1 ;
  why = load_from(fd, &st, bytes.len, areours, issealed) ;
  state_free(&st) ;
  return why ;
}

 /* What nobody can have changed since is believed without its digest, but not by a trial. */

static void sealed (void)
{
  int fd = memfile_open("unit-state") ;
  int can ;
  tap_int(memfile_issealed(fd), 0, "a file that anybody may change is not sealed") ;
  if (!memfile_seal(fd)) tap_bail("memfile_seal") ;
  can = memfile_issealed(fd) ;
  close(fd) ;
  tap_string(load_changed(1, 0), "it is damaged", "changed and not sealed: the digest is looked at") ;
  tap_string(load_changed(0, 1), "it is damaged", "changed and sealed: a trial looks at it") ;
  if (can) tap_string(load_changed(1, 1), 0, "sealed: who goes on does not") ;
}

 /* Where there is no memfd_create(2), and /tmp is a tmpfs. */

static void unsealable (void)
{
  char tmpfs[] = "/dev/shm/unit-state:XXXXXX" ;
  char here[] = "./unit-state:XXXXXX" ;
  char *name = tmpfs ;
  int fd = mkstemp(name) ;
  if (fd < 0) fd = mkstemp(name = here) ;
  if (fd < 0) tap_bail("mkstemp") ;
  unlink(name) ;
  tap_ok(memfile_seal(fd) && !memfile_issealed(fd), "a deleted file that can never be sealed is taken as it is") ;
  close(fd) ;
}

 /* What is written for who goes on is not for a trial, where it can be sealed. */

static void saved (void)
{
  struct state st = STATE_ZERO, read = STATE_ZERO ;
  char const *why ;
  int fd ;
  pack() ;
  if (load(&st, bytes.len, 1)) tap_bail("load") ;
  memset(st.bytes.s + st.bytes.len - WIRE_STATE_DIGEST, 0, WIRE_STATE_DIGEST) ;
  fd = state_save(&st, STATE_FOR_NEXT) ;
  tap_int(state_load(&read, fd, 1, &why), STATE_GOOD, "saved for the next image: it is good there") ;
  tap_int(state_load(&read, fd, 0, &why), memfile_issealed(fd) ? STATE_BAD : STATE_GOOD, "and for a trial, where it is not sealed") ;
  close(fd) ;
  fd = state_save(&st, STATE_FOR_TRIAL) ;
  tap_int(state_load(&read, fd, 0, &why), STATE_GOOD, "saved for a trial: it is good there") ;
  close(fd) ;
  state_free(&st) ;
  state_free(&read) ;
}

int main (void)
{
  for (int i = 0 ; i < OPEN ; i++) if (dup2(0, FIRST + i) == -1) tap_bail("dup2") ;
  choose() ;
  reads_back() ;
  damaged() ;
  wrong() ;
  closed() ;
  sealed() ;
  unsealable() ;
  saved() ;
  files() ;
  stralloc_free(&bytes) ;
  return tap_done() ;
}
