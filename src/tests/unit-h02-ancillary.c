/* ISC license. */

/* H2: claimed x attached descriptors, at every split point, with and without
   a disconnect, as two users: a mismatch is EPROTO and the end of the
   connection, extras are closed, and what is held stays what it is.
   Argument "pairs": every number from 0 to 254 instead of those at the edges, each
   pair cut in one of the ways, in turn (minutes); "full": each in all ways (hours). */

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libfdholderd/flight.h"

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { HELD = 3, NUMBER_MAX = 254, COMPLAINTS_MAX = 10, PATIENCE = 2000 } ;
enum { WAYS = 49, WAYS_OVER = 16 } ;  /* to cut a message; one with more descriptors than fit into one piece */

enum coverage { COVER_EDGES, COVER_PAIRS, COVER_FULL } ;
enum carrier { CARRIER_FIRST, CARRIER_SECOND, CARRIER_BOTH } ;  /* which piece carries the descriptors */

struct attempt
{
  enum frame_dialect dialect ;
  uid_t uid ;
  char verb ;  /* S: one descriptor belongs to it, D: none, '.': a dump frame of as many as are claimed */
  unsigned int claimed ;
  unsigned int attached ;
  size_t split ;  /* length of the first piece */
  enum carrier carrier ;
  int cut ;  /* disconnect before the second piece */
} ;

static struct testdaemon holder ;
static int held[HELD] ;
static struct stat stats[HELD] ;
static int given ;
static struct stat givenstat ;
static unsigned int quiet ;  /* descriptors of the daemon between two attempts */
static unsigned int graves ;  /* ended connections that it may still have: flight.h */
static unsigned int attempts ;
static unsigned int wrong ;

static void complain (struct attempt const *a, char const *what, int got, int want)
{
  if (++wrong > COMPLAINTS_MAX) return ;
  tap_diag("%s dialect, %c, uid %d, claimed %u, attached %u, split at %zu, carried by %d, cut %d: %s: %d, and not %d",
    a->dialect == FRAME_S6 ? "s6" : "native", a->verb, (int)a->uid, a->claimed, a->attached, a->split, a->carrier, a->cut, what, got, want) ;
}

static size_t make_body (struct attempt const *a, char *body)
{
  tain never ;
  size_t len = 1 ;
  raw_never(&never) ;
  if (a->verb == 'S') return wire_pack_store(body, &never, "new", 3) ;
  if (a->verb == 'D') return wire_pack_delete(body, "none", 4) ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < a->claimed ; i++)
  {
    char id[16] ;
    size_t idlen = snprintf(id, sizeof(id), "dump%u", i) ;
    len += wire_pack_entry(body + len, &never, id, idlen) ;
  }
  return len ;
}

 /* No message can carry more than 253: of 254, one comes with the second piece. */

static void send_pieces (struct attempt const *a, int fd, char const *frame, size_t len)
{
  int fds[NUMBER_MAX] ;
  unsigned int second = a->carrier == CARRIER_SECOND ? a->attached : a->carrier == CARRIER_BOTH ? a->attached > 0 : 0 ;
  unsigned int first = a->attached - second ;
  for (unsigned int i = 0 ; i < a->attached ; i++) fds[i] = given ;
  if (a->split && raw_send(fd, frame, a->split, fds, first) < 0) return ;
  if (!a->cut) raw_send(fd, frame + a->split, len - a->split, fds, second) ;
}

static unsigned int belonging (struct attempt const *a)
{
  return a->verb == 'S' ? 1 : a->verb == 'D' ? 0 : a->claimed ;
}

static int expected (struct attempt const *a)
{
  if (a->dialect == FRAME_S6 && a->claimed != belonging(a)) return EPROTO ;
  if (a->attached != belonging(a)) return EPROTO ;
  if (a->verb == '.') return !a->claimed || a->claimed > RAW_FDS_MAX ? EPROTO : 0 ;
  return a->verb == 'D' ? ENOENT : 0 ;
}

 /* What the daemon has open: all, of the given file, and of the held files. */

struct seen
{
  unsigned int all ;
  unsigned int given ;
  unsigned int held[HELD] ;
} ;

static void see_one (int fd, struct stat const *st, void *data)
{
  struct seen *seen = data ;
  (void)fd ;
  seen->all++ ;
  seen->given += st->st_dev == givenstat.st_dev && st->st_ino == givenstat.st_ino ;
  for (unsigned int i = 0 ; i < HELD ; i++)
    if (st->st_dev == stats[i].st_dev && st->st_ino == stats[i].st_ino) seen->held[i]++ ;
}

static struct seen see (void)
{
  struct seen seen = { .all = 0 } ;
  testdaemon_each_fd(&holder, &see_one, &seen) ;
  return seen ;
}

 /* Waits until the daemon has seen the end of the connection, and its helpers
    have closed what it brought: back to what was there before. */

static int is_settled (struct seen const *seen, unsigned int stored, unsigned int more)
{
  return seen->given == stored && seen->all >= quiet + stored && seen->all <= quiet + stored + more ;
}

static void settle (struct attempt const *a, struct rawclient *checker, unsigned int stored, unsigned int more)
{
  struct seen seen = { .all = 0 } ;
  for (unsigned int i = 0 ; i < PATIENCE ; i++)
  {
    if (raw_list(checker)) complain(a, "list", 1, 0) ;
    seen = see() ;
    if (is_settled(&seen, stored, more)) break ;
    test_sleep(1) ;
  }
  if (!is_settled(&seen, stored, more)) complain(a, "descriptors of the daemon", (int)seen.all, (int)(quiet + stored)) ;
  if (raw_list_count(checker) != HELD + (long)stored) complain(a, "held", (int)raw_list_count(checker), HELD + (int)stored) ;
  for (unsigned int i = 0 ; i < HELD ; i++)
    if (seen.held[i] != 1) complain(a, "held file", (int)i, -1) ;
}

static void forget_stored (struct attempt const *a, struct rawclient *checker)
{
  for (unsigned int i = 0 ; i < belonging(a) ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "dump%u", i) ;
    if (raw_delete(checker, a->verb == 'S' ? "new" : id)) complain(a, "delete", 1, 0) ;
  }
}

static void hear_answer (struct attempt const *a, struct rawclient *c, int want)
{
  int got = raw_answer(c) ;
  raw_drop_fds(c) ;
  if (got != want && !(want == EPROTO && got == RAW_CLOSED)) complain(a, "answer", got, want) ;
  if (want == EPROTO && !raw_isclosed(c)) complain(a, "closed", 0, 1) ;
}

static void try (struct attempt *a, struct rawclient *checker)
{
  static char body[WIRE_DUMPFRAME_MAX + WIRE_ENTRY_MAX] ;
  static char frame[sizeof(body) + FRAME_S6_HEADER] ;
  struct rawclient c ;
  int want = expected(a) ;
  int isstored = !a->cut && !want && a->verb != 'D' ;
  size_t len = raw_frame(a->dialect, frame, body, make_body(a, body), a->claimed) ;
  if (a->split >= len) a->split = len - 1 ;
  attempts++ ;
  if (!raw_connect(&c, "s", a->uid, a->dialect)) complain(a, "connect", 0, 1) ;
  if (a->verb == '.' && raw_setdump(&c, a->claimed && a->claimed <= RAW_FDS_MAX ? a->claimed : 1)) complain(a, "setdump", 1, 0) ;
  send_pieces(a, c.fd, frame, len) ;
  if (!a->cut) hear_answer(a, &c, want) ;
  raw_close(&c) ;
  settle(a, checker, isstored ? belonging(a) : 0, graves) ;
  if (isstored) forget_stored(a, checker) ;
}

static void try_splits (struct attempt *a, struct rawclient *checker, enum coverage coverage)
{
  static unsigned int turns = 0 ;
  unsigned int turn = 0 ;
  unsigned int mine = turns++ % (a->attached > RAW_FDS_MAX ? WAYS_OVER : WAYS) ;
  static size_t const splits[] = { 0, 1, 3, 4, 5, 6, 7, 20, 100000 } ;
  for (unsigned int i = 0 ; i < sizeof(splits) / sizeof(*splits) ; i++)
    for (a->carrier = CARRIER_FIRST ; a->carrier <= CARRIER_BOTH ; a->carrier++)
      for (a->cut = 0 ; a->cut <= 1 ; a->cut++)
      {
        a->split = splits[i] ;
        if (!a->split && (a->cut || a->carrier != CARRIER_SECOND)) continue ;
        if (a->attached > RAW_FDS_MAX && a->carrier != CARRIER_BOTH) continue ;
        if (coverage != COVER_PAIRS || turn++ == mine) try(a, checker) ;
      }
}

static void try_numbers (struct attempt *a, struct rawclient *checker, enum coverage coverage)
{
  static unsigned int const edges[] = { 0, 1, 2, 3, 252, 253, 254 } ;
  unsigned int count = coverage ? NUMBER_MAX + 1 : sizeof(edges) / sizeof(*edges) ;
  for (unsigned int i = 0 ; i < count ; i++)
    for (unsigned int j = 0 ; j < count ; j++)
    {
      a->claimed = coverage ? i : edges[i] ;
      a->attached = coverage ? j : edges[j] ;
      if (a->dialect == FRAME_NATIVE && a->verb != '.' && a->claimed) continue ;
      if (!coverage && i + j > 5 && i != j && (i + j + a->uid) % 3) continue ;
      try_splits(a, checker, coverage) ;
    }
}

static void prepare (struct rawclient *checker)
{
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", "-n", "1000", "-c", "8", 0 }) ;
  given = testfile() ;
  if (fstat(given, &givenstat) == -1) tap_bail("fstat") ;
  graves = flight_bound() ? FLIGHT_GRAVES : 0 ;
  if (!raw_connect(checker, "s", (uid_t)-1, FRAME_NATIVE)) tap_bail("connect") ;
  for (unsigned int i = 0 ; i < HELD ; i++)
  {
    char id[2] = { (char)('a' + i), 0 } ;
    held[i] = testfile() ;
    if (fstat(held[i], stats + i) == -1) tap_bail("fstat") ;
    if (raw_store(checker, id, 0, held[i])) tap_bail("store") ;
  }
  quiet = testdaemon_count_fds(&holder) ;
}

static void try_message (enum frame_dialect dialect, char verb, struct rawclient *checker, enum coverage coverage)
{
  struct attempt a = { .dialect = dialect, .verb = verb } ;
  wrong = attempts = 0 ;
  a.uid = (uid_t)-1 ;
  try_numbers(&a, checker, coverage) ;
  a.uid = TEST_UID ;
  if (testdaemon_isroot()) try_numbers(&a, checker, coverage) ;
  if (graves) settle(&a, checker, 0, 0) ;  /* all of them go */
  tap_int(wrong, 0, "H2: %s dialect, %c: attempts, of %u, that did not go as they must", dialect == FRAME_S6 ? "s6" : "native", verb, attempts) ;
}

int main (int argc, char const *const *argv)
{
  enum coverage coverage = argc < 2 ? COVER_EDGES : strcmp(argv[1], "full") ? COVER_PAIRS : COVER_FULL ;
  struct rawclient checker ;
  prepare(&checker) ;
  for (char const *verb = "SD." ; *verb ; verb++)
  {
    try_message(FRAME_NATIVE, *verb, &checker, coverage) ;
    try_message(FRAME_S6, *verb, &checker, coverage) ;
  }
  raw_close(&checker) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
