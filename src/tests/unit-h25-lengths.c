/* ISC license. */

/* H25: input is bounded before anything is allocated. */

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/uint32.h>

#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { ROUNDS = 100, SLACK_KILOBYTES = 512 } ;

static struct testdaemon holder ;

 /* The header of a frame of so many bytes, and its first byte. */

static void claim (struct rawclient *c, uint32_t length)
{
  char header[FRAME_S6_HEADER + 1] = { 0 } ;
  size_t n = c->dialect == FRAME_S6 ? FRAME_S6_HEADER : FRAME_NATIVE_HEADER ;
  uint32_pack_big(header, length) ;
  header[n] = 'S' ;
  raw_send(c->fd, header, n + 1, 0, 0) ;
}

static void check_refused (enum frame_dialect dialect, char const *name, uint32_t length)
{
  struct rawclient c ;
  raw_must_connect(&c, "s", dialect) ;
  claim(&c, length) ;
  raw_point_closed(&c, raw_answer(&c), EPROTO, "H25: %s: a length of %u is refused", name, (unsigned int)length) ;
  raw_close(&c) ;
  raw_must_connect(&c, "s", dialect) ;
  if (raw_setdump(&c, 1)) tap_bail("setdump") ;
  claim(&c, length > WIRE_DUMPFRAME_MAX ? length : WIRE_DUMPFRAME_MAX + 1) ;
  raw_point_closed(&c, raw_answer(&c), EPROTO, "H25: %s: and such a length within a dump", name) ;
  raw_close(&c) ;
}

 /* The first frame of a connection, which tells the dialect. */

static void check_first (void)
{
  static char const first[] = "\20\0\0\0s6-fdholder" ;
  char byte ;
  int fd = raw_socket("s", (uid_t)-1) ;
  raw_send(fd, first, sizeof(first) - 1, 0, 0) ;
  while (recv(fd, &byte, 1, 0) > 0) ;
  tap_int(recv(fd, &byte, 1, 0), 0, "H25: a banner of 2^28 bytes is the end of a connection") ;
  close(fd) ;
}

static void check_longest (enum frame_dialect dialect, char const *name)
{
  static char body[WIRE_DUMPFRAME_MAX] ;
  static int fds[RAW_FDS_MAX] ;
  struct rawclient c ;
  tain never ;
  char id[WIRE_ID_MAX] ;
  size_t len = 1 ;
  int file = testfile() ;
  raw_never(&never) ;
  memset(id, 'x', sizeof(id)) ;
  body[0] = WIRE_DUMPFRAME ;
  for (unsigned int i = 0 ; i < RAW_FDS_MAX ; i++)
  {
    id[0] = (char)(1 + i) ;
    len += wire_pack_entry(body + len, &never, id, sizeof(id)) ;
    fds[i] = file ;
  }
  raw_must_connect(&c, "s", dialect) ;
  tap_int(len, WIRE_DUMPFRAME_MAX, "H25: %s: the longest legal message", name) ;
  tap_error(raw_setdump(&c, RAW_FDS_MAX), 0, "H25: %s: as a dump it is granted", name) ;
  tap_error(raw_command(&c, body, len, fds, RAW_FDS_MAX), 0, "H25: %s: and taken", name) ;
  raw_close(&c) ;
  close(file) ;
}

static void check_memory (void)
{
  long before = testdaemon_resident(&holder) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
  {
    struct rawclient c ;
    raw_must_connect(&c, "s", i & 1 ? FRAME_S6 : FRAME_NATIVE) ;
    claim(&c, 0x10000000) ;
    raw_answer(&c) ;
    raw_close(&c) ;
  }
  tap_most(testdaemon_resident(&holder) - before, SLACK_KILOBYTES - 1, "H25: lengths of 2^28 cost no memory, in kilobytes") ;
}

int main (void)
{
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", 0 }) ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    enum frame_dialect dialect = i ? FRAME_S6 : FRAME_NATIVE ;
    char const *name = i ? "s6" : "native" ;
    check_refused(dialect, name, 0x10000000) ;
    check_refused(dialect, name, 0xffffffff) ;
    check_refused(dialect, name, WIRE_REQUEST_MAX + 1) ;
    check_longest(dialect, name) ;
  }
  check_first() ;
  if (!testdaemon_isslow()) check_memory() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
