/* ISC license. */

/* Letter I: what is held, in detail; and nobody waits for a socket whose owner has its lock. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <skalibs/stralloc.h>
#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libfdwire/wire.h"
#include "support/lockedpipe.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { PATIENCE = 20 } ;

static struct testdaemon holder ;

struct listing
{
  stralloc strings ;
  size_t count ;
} ;

static int list (struct listing *l)
{
  fdholder h ;
  tain deadline ;
  int r ;
  tain_now_g() ;
  tain_addsec_g(&deadline, PATIENCE) ;
  if (!fdholder_start_g(&h, "s", &deadline)) tap_bail("fdholder_start") ;
  l->strings.len = 0 ;
  l->count = 0 ;
  r = fdholder_inspect_g(&h, &l->strings, &l->count, &deadline) ? 0 : errno ;
  fdholder_end(&h) ;
  return r ;
}

 /* A string of the entry that has that id; 0 if there is none. */

static char const *field (struct listing const *l, char const *id, enum fdholder_field_e which)
{
  char const *s = l->strings.s ;
  for (size_t i = 0 ; i < l->count ; i++)
  {
    char const *found = strcmp(s, id) ? 0 : s ;
    for (unsigned int n = 0 ; n < FDHOLDER_FIELDS ; n++, s += strlen(s) + 1)
      if (found && n == (unsigned int)which) return s ;
  }
  return 0 ;
}

static void point (struct listing const *l, char const *id, enum fdholder_field_e which, char const *want, char const *name)
{
  char const *got = field(l, id, which) ;
  tap_string(got ? got : "(no such id)", want, "%s: %s", id, name) ;
}

 /* Of a reader, with a limit, and a writer. */

static void check_two (struct listing const *l)
{
  char number[32] ;
  tap_int((intmax_t)l->count, 2, "both") ;
  point(l, "reader", FDHOLDER_FIELD_KIND, "pipe", "its kind") ;
  point(l, "reader", FDHOLDER_FIELD_STATE, "read", "its state") ;
  point(l, "reader", FDHOLDER_FIELD_ADDRESS, "", "no address") ;
  point(l, "reader", FDHOLDER_FIELD_QUEUE, "", "no queue") ;
  point(l, "reader", FDHOLDER_FIELD_BACKLOG, "", "no backlog") ;
  point(l, "writer", FDHOLDER_FIELD_STATE, "write", "its state") ;
  point(l, "writer", FDHOLDER_FIELD_LEFT, "", "it stays for ever") ;
  snprintf(number, sizeof(number), "%ld", (long)getuid()) ;
  point(l, "writer", FDHOLDER_FIELD_UID, number, "who has stored it") ;
  snprintf(number, sizeof(number), "%ld", (long)getpid()) ;
  point(l, "writer", FDHOLDER_FIELD_PID, number, "and which process") ;
  if (field(l, "writer", FDHOLDER_FIELD_AGE)) tap_least((intmax_t)(1000 * atof(field(l, "writer", FDHOLDER_FIELD_AGE))), 20, "writer: its age, in milliseconds") ;
  if (field(l, "reader", FDHOLDER_FIELD_LEFT))
  {
    double left = atof(field(l, "reader", FDHOLDER_FIELD_LEFT)) ;
    tap_least((intmax_t)left, 950, "reader: at least so many seconds are left") ;
    tap_most((intmax_t)left, 999, "reader: and at most") ;
  }
}

static void check_fields (void)
{
  struct listing l = { .strings = STRALLOC_ZERO } ;
  struct rawclient c ;
  tain limit ;
  int p[2] ;
  tap_error(list(&l), 0, "an empty holder tells") ;
  tap_int((intmax_t)l.count, 0, "nothing") ;
  if (pipe(p) == -1) tap_bail("pipe") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_limit(&limit, 1000000) ;
  tap_error(raw_store(&c, "reader", &limit, p[0]), 0, "one with a limit is stored") ;
  tap_error(raw_store(&c, "writer", 0, p[1]), 0, "and one without") ;
  test_sleep(20) ;
  tap_error(list(&l), 0, "two are told of") ;
  check_two(&l) ;
  tap_error(raw_delete(&c, "reader"), 0, "it goes") ;
  limit.sec.x += (uint64_t)1 << 59 ;
  tap_error(raw_store(&c, "reader", &limit, p[0]), 0, "one whose limit is as far away as can be is stored") ;
  tap_error(list(&l), 0, "it is told of") ;
  if (field(&l, "reader", FDHOLDER_FIELD_LEFT)) tap_ok(atof(field(&l, "reader", FDHOLDER_FIELD_LEFT)) >= 18446744073709551.0, "reader: so much is left: %s", field(&l, "reader", FDHOLDER_FIELD_LEFT)) ;
  tap_error(raw_delete(&c, "reader"), 0, "it goes, too") ;
  tap_error(raw_delete(&c, "writer"), 0, "and the other") ;
  tap_error(list(&l), 0, "nothing is left") ;
  tap_int((intmax_t)l.count, 0, "nothing is told of") ;
  raw_close(&c) ;
  close(p[0]) ;
  close(p[1]) ;
  stralloc_free(&l.strings) ;
}

 /* Two ends of a TCP connection. */

static void tcp_pair (int *fd)
{
  struct sockaddr_in sa = { .sin_family = AF_INET, .sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) } } ;
  socklen_t len = sizeof(sa) ;
  int listener = socket(AF_INET, SOCK_STREAM, 0) ;
  if (bind(listener, (struct sockaddr *)&sa, len) == -1 || listen(listener, 1) == -1 || getsockname(listener, (struct sockaddr *)&sa, &len) == -1) tap_bail("listen") ;
  fd[0] = socket(AF_INET, SOCK_STREAM, 0) ;
  if (connect(fd[0], (struct sockaddr *)&sa, len) == -1) tap_bail("connect") ;
  fd[1] = accept(listener, 0, 0) ;
  if (fd[1] == -1) tap_bail("accept") ;
  close(listener) ;
}

 /* Whether a new list has all of it. */

static int is_told (struct listing *l, char const *id)
{
  char const *address ;
  if (list(l)) tap_bail("list in detail") ;
  address = field(l, id, FDHOLDER_FIELD_ADDRESS) ;
  return address && *address ;
}

 /* Who lists waits for a moment, once; nobody else waits at all. */

static void check_locked (void)
{
  struct listing l = { .strings = STRALLOC_ZERO } ;
  struct rawclient c, asker ;
  char verb = WIRE_INSPECT ;
  double begun ;
  int fd[2], file = testfile() ;
  tcp_pair(fd) ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "a", file) ;
  raw_must_store(&c, "locked", fd[0]) ;
  raw_must_store(&c, "z", file) ;
  tap_error(list(&l), 0, "all are told of") ;
  point(&l, "locked", FDHOLDER_FIELD_STATE, "connected", "a socket that nobody has locked") ;
  if (lockedpipe_hold(fd[0]))
  {
    raw_must_connect(&asker, "s", FRAME_NATIVE) ;
    raw_put(&asker, &verb, 1, 0, 0) ;
    begun = test_seconds() ;
    tap_error(raw_list(&c), 0, "while one is looked into that is locked, others are served") ;
    tap_most((intmax_t)(1000 * (test_seconds() - begun)), 400, "at once, in milliseconds") ;
    tap_error(raw_answer(&asker), 0, "who has asked is answered") ;
    raw_close(&asker) ;
    tap_error(list(&l), 0, "and the next one") ;
    point(&l, "locked", FDHOLDER_FIELD_KIND, "tcp", "what takes no lock is told of it") ;
    point(&l, "locked", FDHOLDER_FIELD_ADDRESS, "", "and nothing else") ;
    point(&l, "a", FDHOLDER_FIELD_KIND, "memfd", "what was before it is told of") ;
    point(&l, "z", FDHOLDER_FIELD_KIND, "memfd", "and what is behind it") ;
  }
  else tap_diag("no page can be kept away here: a lock cannot be held") ;
  lockedpipe_end() ;
  for (unsigned int i = 0 ; i < PATIENCE * 10 && !is_told(&l, "locked") ; i++) test_sleep(100) ;
  point(&l, "locked", FDHOLDER_FIELD_STATE, "connected", "when its owner has done it is looked into again") ;
  close(fd[1]) ;
  close(file) ;
  raw_close(&c) ;
  stralloc_free(&l.strings) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/0") ;
  if (!testdaemon_isroot()) testdaemon_allow_all("uid/default") ;
  testdaemon_start(&holder, "s", (char const *const []){ "-v", "0", 0 }) ;
  check_fields() ;
  check_locked() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
