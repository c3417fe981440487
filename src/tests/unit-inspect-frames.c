/* ISC license. */

/* Letter I: the frames of its answer, which end with an empty one; many who ask at once; who
   may not ask, and how not to. */

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "libfdwire/wire.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 600 } ;

static struct testdaemon holder ;

 /* How many are told of in a frame; -1: it is none. */

static int count_told (struct rawclient const *c)
{
  struct wire_reader r ;
  char const *s ;
  size_t len ;
  int n = 0 ;
  wire_reader_init(&r, c->s, c->len) ;
  while (wire_get_inspected(&r, &s, &len)) n++ ;
  return wire_reader_isempty(&r) ? n : -1 ;
}

 /* The bytes: 0; frames of at most 253; an empty one; and the connection goes on. */

static void check_frames (void)
{
  struct rawclient c ;
  char verb = WIRE_INSPECT ;
  unsigned int most = 0, all = 0, frames = 0 ;
  int file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "x%u", i) ;
    raw_must_store(&c, id, file) ;
  }
  raw_put(&c, &verb, 1, 0, 0) ;
  tap_error(raw_answer(&c), 0, "the answer begins with 0") ;
  tap_int((intmax_t)c.len, 1, "and with nothing else") ;
  while (!raw_receive(&c) && c.len)
  {
    int n = count_told(&c) ;
    if (n < 0) break ;
    all += (unsigned int)n ;
    frames++ ;
    if ((unsigned int)n > most) most = (unsigned int)n ;
  }
  tap_int((intmax_t)c.len, 0, "the last frame is empty") ;
  tap_int(all, MANY, "all have been told of") ;
  tap_most(most, WIRE_FDS_MAX, "and so many in a frame at most") ;
  tap_least(frames, 3, "in frames, at least") ;
  tap_error(raw_list(&c), 0, "and the connection goes on") ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    char id[16] ;
    snprintf(id, sizeof(id), "x%u", i) ;
    if (raw_delete(&c, id)) tap_bail("delete") ;
  }
  raw_close(&c) ;
  close(file) ;
}

 /* Many at once, one of whom goes before his answer. */

static void check_many (void)
{
  struct rawclient c[8], store ;
  char verb = WIRE_INSPECT ;
  unsigned int good = 0 ;
  int file = testfile() ;
  raw_must_connect(&store, "s", FRAME_NATIVE) ;
  raw_must_store(&store, "x", file) ;
  for (unsigned int i = 0 ; i < 8 ; i++)
  {
    raw_must_connect(c + i, "s", FRAME_NATIVE) ;
    raw_put(c + i, &verb, 1, 0, 0) ;
  }
  raw_close(c + 3) ;
  for (unsigned int i = 0 ; i < 8 ; i++)
    if (i != 3) good += !raw_answer(c + i) && !raw_receive(c + i) && c[i].len && !raw_receive(c + i) && !c[i].len ;
  tap_int(good, 7, "seven of eight that ask at once are answered, and one has gone") ;
  for (unsigned int i = 0 ; i < 8 ; i++) if (i != 3) raw_close(c + i) ;
  tap_error(raw_delete(&store, "x"), 0, "it goes") ;
  raw_close(&store) ;
  close(file) ;
}

static void refused (void)
{
  struct rawclient c ;
  char verb = WIRE_INSPECT ;
  int file = testfile() ;
  raw_must_connect(&c, "s", FRAME_S6) ;
  raw_put(&c, &verb, 1, 0, 0) ;
  tap_error(raw_answer(&c), EPROTO, "s6's dialect has no such letter") ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_put(&c, &verb, 1, &file, 1) ;
  tap_error(raw_answer(&c), EPROTO, "no descriptor belongs to it") ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_put(&c, "II", 2, 0, 0) ;
  tap_error(raw_answer(&c), EPROTO, "and no byte") ;
  raw_close(&c) ;
  close(file) ;
  if (!testdaemon_isroot()) return ;
  if (!raw_connect(&c, "s", TEST_UID, FRAME_NATIVE)) tap_bail("connect") ;
  raw_put(&c, &verb, 1, 0, 0) ;
  tap_error(raw_answer(&c), EPERM, "who may not list is told nothing") ;
  raw_close(&c) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow("uid/default", ".", ".", "") ;
  testdaemon_allow_all("uid/0") ;
  if (!testdaemon_isroot()) testdaemon_allow_all("uid/default") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  check_frames() ;
  check_many() ;
  refused() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
