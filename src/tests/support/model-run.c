/* ISC license. */

/* Random operations of several clients of two users in both dialects, against the
   model. After each quiet point list, dump and /proc/PID/fd agree by device and
   inode. */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "model.h"
#include "rawclient.h"
#include "tap.h"
#include "testdaemon.h"

enum { DISTURB_EVERY = 60, QUIET_EVERY = 40, EXPIRE_EVERY = 1200, URGENT = 120, HISTORY = 40, HISTORY_LINE = 160, PIPELINE_MAX = 5 } ;

static struct testdaemon holder ;
static struct model world ;
static enum model_disturbance disturbance ;
static char history[HISTORY][HISTORY_LINE] ;
static unsigned long operation ;
static char const *failure ;

static void note (char const *format, ...) __attribute__((format(printf, 1, 2))) ;
static void note (char const *format, ...)
{
  static unsigned int next = 0 ;
  char *line = history[next++ % HISTORY] ;
  int len = snprintf(line, HISTORY_LINE, "%lu: ", operation) ;
  va_list arguments ;
  va_start(arguments, format) ;
  vsnprintf(line + len, HISTORY_LINE - len, format, arguments) ;
  va_end(arguments) ;
}

static void note_request (int client, struct model_request const *r, char const *how)
{
  struct model_client const *c = world.clients + client ;
  note("client %d (%s, user %d) %s %c: flags %u, total %u, n %u, id %d, file %d, limit %d, defect %d",
    client, c->raw.dialect == FRAME_S6 ? "s6" : "native", c->user, how, r->verb, r->flags, (unsigned int)r->total, r->n, r->items[0].id, r->items[0].file, r->items[0].limit, r->defect) ;
}

 /* Doing */

static void disagree (int client, int got, int want)
{
  static char text[256] ;
  snprintf(text, sizeof(text), "client %d got %d (%s), and not %d (%s)", client, got, got < 0 ? "closed or malformed" : strerror(got), want, strerror(want)) ;
  failure = text ;
}

static void transmit (int client, struct model_request const *r)
{
  char frame[MODEL_ROOM] ;
  int fds[RAW_FDS_MAX] ;
  unsigned int nfds ;
  size_t len = model_pack(&world, r, world.clients[client].raw.dialect, frame, fds, &nfds) ;
  raw_send(world.clients[client].raw.fd, frame, len, fds, nfds) ;
}

static void hear (int client, struct model_request const *r)
{
  struct model_client *c = world.clients + client ;
  int file ;
  int want = model_expect(&world, client, r, &file) ;
  int got = raw_answer(&c->raw) ;
  if (got != want) disagree(client, got, want) ;
  else if (c->raw.nfds != (file != MODEL_NOTHING)) failure = "an answer with another number of descriptors" ;
  else if (file != MODEL_NOTHING && !testfile_same(c->raw.fds[0], world.files[file])) failure = "an answer with another file" ;
  else if (want == EPROTO && !raw_isclosed(&c->raw)) failure = "EPROTO and an open connection" ;
  raw_drop_fds(&c->raw) ;
  if (c->isopen) return ;
  model_disconnect(&world, client) ;
  model_synchronize(&world) ;
}

static void converse (int client)
{
  struct model_request r ;
  model_choose(&world, client, &r) ;
  note_request(client, &r, "says") ;
  transmit(client, &r) ;
  hear(client, &r) ;
}

static void pipeline (int client)
{
  struct model_request r[PIPELINE_MAX] ;
  unsigned int n = 2 + model_random(&world, PIPELINE_MAX - 1) ;
  if (world.clients[client].total) { converse(client) ; return ; }
  for (unsigned int i = 0 ; i < n ; i++)
  {
    model_choose_plain(&world, client, r + i) ;
    note_request(client, r + i, "pipelines") ;
    transmit(client, r + i) ;
  }
  for (unsigned int i = 0 ; i < n && !failure && world.clients[client].isopen ; i++) hear(client, r + i) ;
}

static void hang_up (int client)
{
  note("client %d hangs up", client) ;
  model_disconnect(&world, client) ;
  model_synchronize(&world) ;
}

 /* The request counts, its answer reaches nobody. What was taken natively is
    back; in s6's dialect nobody can say whether the answer left in time. */

static void say_and_die (int client)
{
  struct model_client *c = world.clients + client ;
  enum frame_dialect dialect = c->raw.dialect ;
  struct model_request r ;
  int file ;
  int id ;
  struct model_entry before ;
  model_choose(&world, client, &r) ;
  note_request(client, &r, "says and dies:") ;
  id = r.items[0].id ;
  before = world.held[id] ;
  transmit(client, &r) ;
  model_expect(&world, client, &r, &file) ;
  model_disconnect(&world, client) ;
  model_synchronize(&world) ;
  if (dialect == FRAME_S6 && r.verb == 'R' && r.flags == 1 && file != MODEL_NOTHING && raw_listed(world.checkers + 1, model_id(id)))
    world.held[id] = before ;
}

static void say_half (int client)
{
  struct model_client *c = world.clients + client ;
  char frame[MODEL_ROOM] ;
  int fds[RAW_FDS_MAX] ;
  unsigned int nfds ;
  size_t len, first ;
  model_choose(&world, client, &c->half) ;
  c->half.defect = DEFECT_NONE ;
  note_request(client, &c->half, "says half of") ;
  len = model_pack(&world, &c->half, c->raw.dialect, frame, fds, &nfds) ;
  first = 1 + model_random(&world, (unsigned int)len - 1) ;
  raw_send(c->raw.fd, frame, first, fds, nfds) ;
  c->restlen = len - first ;
  memcpy(c->rest, frame + first, c->restlen) ;
  c->ishalf = 1 ;
}

static void say_rest (int client)
{
  struct model_client *c = world.clients + client ;
  note_request(client, &c->half, "says the rest of") ;
  c->ishalf = 0 ;
  raw_send(c->raw.fd, c->rest, c->restlen, 0, 0) ;
  hear(client, &c->half) ;
}

static void arrive (int client)
{
  struct model_client *c = world.clients + client ;
  enum frame_dialect dialect = model_random(&world, 2) ? FRAME_S6 : FRAME_NATIVE ;
  memset(c, 0, sizeof(*c)) ;
  c->user = testdaemon_isroot() && !model_random(&world, 3) ;
  c->taking = MODEL_NOTHING ;
  note("client %d arrives: %s, user %d", client, dialect == FRAME_S6 ? "s6" : "native", c->user) ;
  c->isopen = 1 ;
  if (!raw_connect(&c->raw, world.daemon->path, c->user ? TEST_UID : (uid_t)-1, dialect)) failure = "unable to connect" ;
  model_synchronize(&world) ;
}

static void step (void)
{
  int client = (int)model_random(&world, MODEL_CLIENTS) ;
  struct model_client *c = world.clients + client ;
  unsigned int x = model_random(&world, 100) ;
  model_settle(&world) ;
  if (disturbance && !model_random(&world, DISTURB_EVERY))
  {
    char const *what = model_disturb(&world, disturbance) ;
    if (what) note("%s", what) ;
    model_settle(&world) ;  /* that took a while */
  }
  if (!c->isopen) arrive(client) ;
  else if (x < 4) hang_up(client) ;
  else if (c->ishalf)
  {
    if (x < 50) say_rest(client) ;
  }
  else if (c->taking != MODEL_NOTHING) { if (x >= 60) converse(client) ; }
  else if (x < 7) say_and_die(client) ;
  else if (x < 13) say_half(client) ;
  else if (x < 20) pipeline(client) ;
  else converse(client) ;
}

static void tell_failure (void)
{
  unsigned int first = 0 ;
  unsigned long lowest = (unsigned long)-1 ;
  tap_diag("operation %lu: %s", operation, failure) ;
  for (unsigned int i = 0 ; i < HISTORY ; i++)
    if (history[i][0] && strtoul(history[i], 0, 10) < lowest)
    {
      lowest = strtoul(history[i], 0, 10) ;
      first = i ;
    }
  for (unsigned int i = 0 ; i < HISTORY ; i++)
    if (history[(first + i) % HISTORY][0]) tap_diag("%s", history[(first + i) % HISTORY]) ;
}

static void begin (unsigned long seed)
{
  static char most[16] ;
  snprintf(most, sizeof(most), "%d", MODEL_MAX) ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/self") ;
  testdaemon_allow("uid/65533", "^b", "^[ab]", "LIST") ;
  if (disturbance) model_begin_disturbed(&holder, disturbance, most) ;
  else testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", "-t", "0", "-n", most, 0 }) ;
  model_init(&world, &holder, seed) ;
}

int model_run (int argc, char const *const *argv, unsigned long usual, enum model_disturbance d)
{
  unsigned long operations = argc > 1 ? strtoul(argv[1], 0, 10) : usual ;
  unsigned long seed = argc > 2 ? strtoul(argv[2], 0, 10) : (unsigned long)time(0) * 1000 + (unsigned long)getpid() % 1000 ;
  unsigned int expired = 0 ;
  disturbance = d ;
  begin(seed) ;
  tap_diag("operations and seed: %lu %lu", operations, seed) ;
  for (operation = 1 ; operation <= operations && !failure ; operation++)
  {
    if (world.isurgent && !(operation % EXPIRE_EVERY)) expired += model_let_expire(&world) ;
    world.isurgent = operation % EXPIRE_EVERY > EXPIRE_EVERY - URGENT && operation < usual ;  /* later ones come by themselves */
    step() ;
    if (operation == operations) world.graves = 0 ;  /* all of them go */
    if (!failure && (!model_random(&world, QUIET_EVERY) || operation == operations)) failure = model_compare(&world) ;
  }
  tap_ok(!failure, "the daemon and the model agree after %lu operations", operation - 1) ;
  tap_diag("%u entries expired by themselves while nothing else was done", expired) ;
  if (failure) tell_failure() ;
  for (int i = 0 ; i < MODEL_CLIENTS ; i++)
    if (world.clients[i].isopen) model_disconnect(&world, i) ;
  raw_close(world.checkers) ;
  raw_close(world.checkers + 1) ;
  if (disturbance) model_end_disturbed(&world) ;
  else testdaemon_finish(&holder) ;
  return tap_done() ;
}
