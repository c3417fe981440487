/* ISC license. */

/* H4 on the wire: an id that is empty, has a NUL inside or none behind it is
   refused by every verb that takes one, and in a dump; nothing is held by it. */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

struct bad_id
{
  char const *what ;
  char const *s ;
  size_t len ;  /* as the message claims */
  char end ;
  int answer ;
} ;

static struct bad_id const bad_ids[] =
{
  { "an empty id", "", 0, 0, EINVAL },
  { "a NUL within", "a\0b", 3, 0, EINVAL },
  { "a NUL first", "\0b", 2, 0, EINVAL },
  { "a NUL last", "a\0", 2, 0, EINVAL },
  { "no NUL behind it", "abc", 3, 'x', EPROTO }
} ;

static struct testdaemon holder ;

static size_t pack_id (char *s, struct bad_id const *id)
{
  s[0] = (char)id->len ;
  memcpy(s + 1, id->s, id->len) ;
  s[1 + id->len] = id->end ;
  return id->len + 2 ;
}

static size_t pack (char *body, char verb, struct bad_id const *id)
{
  tain never ;
  size_t len = 1 ;
  body[0] = verb ;
  if (verb == WIRE_RETRIEVE) body[len++] = 0 ;
  if (verb == WIRE_STORE || verb == WIRE_DUMPFRAME)
  {
    raw_never(&never) ;
    tain_pack(body + len, &never) ;
    len += TAIN_PACK ;
  }
  return len + pack_id(body + len, id) ;
}

static void check (struct bad_id const *id, enum frame_dialect dialect, char verb, int file)
{
  struct rawclient c ;
  char body[WIRE_REQUEST_MAX + 8] ;
  unsigned int nfds = verb == WIRE_STORE || verb == WIRE_DUMPFRAME ;
  raw_must_connect(&c, "s", dialect) ;
  if (verb == WIRE_DUMPFRAME && raw_setdump(&c, 1)) tap_bail("setdump") ;
  tap_error(raw_command(&c, body, pack(body, verb, id), &file, nfds), id->answer, "H4: %s, %s dialect, %c", id->what, dialect == FRAME_S6 ? "s6" : "native", verb) ;
  raw_close(&c) ;
}

int main (void)
{
  static char const verbs[] = { WIRE_STORE, WIRE_DELETE, WIRE_RETRIEVE, WIRE_DUMPFRAME } ;
  struct rawclient c ;
  int file = testfile() ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", 0 }) ;
  for (unsigned int i = 0 ; i < sizeof(bad_ids) / sizeof(*bad_ids) ; i++)
    for (unsigned int j = 0 ; j < sizeof(verbs) ; j++)
    {
      check(bad_ids + i, FRAME_NATIVE, verbs[j], file) ;
      check(bad_ids + i, FRAME_S6, verbs[j], file) ;
    }
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_point_count(&c, 0, "H4: nothing is held by any of them") ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "H4: and nothing is open") ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
