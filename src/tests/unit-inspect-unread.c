/* ISC license. */

 /* Letter I, and nobody reads what it answers: the holder keeps one list for all,
    and each goes on in it where he was. */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libfdwire/wire.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { READERS = 8, MANY = 6000, LISTS_MAX = 2, ID_LENGTH = 200, LINE_MAX_ = 512 } ;

static struct testdaemon holder ;

static void make_id (char *id, unsigned int n)
{
  snprintf(id, ID_LENGTH + 1, "%0*u", ID_LENGTH, n) ;
}

 /* What the holder keeps, as the kernel tells it; -1: it does not. */

static int lists_kept (void)
{
  char line[LINE_MAX_] ;
  int n = 0 ;
  FILE *f ;
  snprintf(line, sizeof(line), "/proc/%ld/maps", (long)holder.pid) ;
  f = fopen(line, "r") ;
  if (!f) return -1 ;
  while (fgets(line, sizeof(line), f)) n += !!strstr(line, "s6-fdholderd: list") || !!strstr(line, "/tmp/s6-fdholderd:") ;
  fclose(f) ;
  return n ;
}

 /* In order, none twice, none left out of those that are there all the time. */

static unsigned int read_on (struct rawclient *c, char const *without)
{
  char before[ID_LENGTH + 1] = "" ;
  unsigned int n = 0 ;
  while (!raw_receive(c) && c->len)
  {
    struct wire_reader r ;
    char const *s ;
    size_t len ;
    for (wire_reader_init(&r, c->s, c->len) ; wire_get_inspected(&r, &s, &len) ; n++)
    {
      if (strcmp(before, s) >= 0 || !strcmp(s, without)) return 0 ;
      snprintf(before, sizeof(before), "%s", s) ;
    }
  }
  return n ;
}

int main (void)
{
  struct rawclient store, readers[READERS] ;
  char verb = WIRE_INSPECT ;
  char id[ID_LENGTH + 1] ;
  int file, n ;
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/default") ;
  testdaemon_allow_all("uid/0") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  file = testfile() ;
  raw_must_connect(&store, "s", FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < MANY ; i++)
  {
    make_id(id, i) ;
    raw_must_store(&store, id, file) ;
  }
  for (unsigned int i = 0 ; i < READERS ; i++)
  {
    raw_must_connect(readers + i, "s", FRAME_NATIVE) ;
    raw_put(readers + i, &verb, 1, 0, 0) ;
    if (raw_answer(readers + i)) tap_bail("list in detail") ;
  }
  n = lists_kept() ;
  if (n >= 0) tap_most(n, LISTS_MAX, "of the lists that nobody reads the holder keeps at most") ;
  make_id(id, MANY - 1) ;
  if (raw_delete(&store, id)) tap_bail("delete") ;
  for (unsigned int i = 0 ; i < READERS ; i++)
    tap_int((intmax_t)read_on(readers + i, id), MANY - 1, "reader %u: all that are there still", i) ;
  tap_error(raw_list(readers), 0, "and the connection goes on") ;
  for (unsigned int i = 0 ; i < READERS ; i++) raw_close(readers + i) ;
  raw_close(&store) ;
  close(file) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
