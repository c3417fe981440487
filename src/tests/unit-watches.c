/* ISC license. */

/* Letter E: who is told of changes is told of all that there are, of ids that
   match his glob, in order. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libfdwire/frame.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;
static struct rawclient c ;  /* who makes changes */
static int file ;

static void change (void)
{
  int fd ;
  char const *ids[] = { "a1", "d1" } ;
  int files[] = { file, file } ;
  if (raw_store(&c, "a1", 0, file) || raw_store(&c, "b1", 0, file) || raw_replace(&c, "a1", 0, file) || raw_delete(&c, "b1")) tap_bail("change") ;
  if (raw_retrieve(&c, 1, "a1", &fd) || raw_acknowledge(&c) || raw_putback(&c)) tap_bail("take") ;
  close(fd) ;
  if (raw_setdump(&c, 2) || raw_dumpframe(&c, ids, files, 2)) tap_bail("setdump") ;
  if (raw_delete(&c, "a1") || raw_delete(&c, "d1")) tap_bail("delete") ;
}

static void changes (void)
{
  struct rawclient all, some ;
  raw_must_watch(&all, holder.path, 0) ;
  raw_must_watch(&some, holder.path, "[!b]1") ;
  change() ;
  raw_point_events(&all, 10, "s:a1 s:b1 r:a1 d:b1 d:a1 s:a1 r:a1 s:d1 d:a1 d:d1", "everything that changes is told, in order") ;
  raw_point_events(&some, 8, "s:a1 r:a1 d:a1 s:a1 r:a1 s:d1 d:a1 d:d1", "to another, what matches his glob") ;
  raw_point_quiet(&all, "and nothing else") ;
  raw_point_quiet(&some, "to either") ;
  if (raw_watch(&some, "b*")) tap_bail("watch") ;
  change() ;
  raw_point_events(&some, 2, "s:b1 d:b1", "a second glob takes the place of the first") ;
  raw_point_quiet(&some, "with nothing of that") ;
  if (raw_store(&some, "b2", 0, file) || raw_delete(&some, "b2")) tap_bail("store") ;
  raw_point_events(&some, 2, "s:b2 d:b2", "one's own changes are told, too") ;
  raw_close(&some) ;
  raw_close(&all) ;
}

 /* In one message, so that both are judged in one turn. */

static void from_now_on (void)
{
  struct rawclient w, another ;  /* or nothing would be kept */
  char s[2 * (FRAME_NATIVE_HEADER + WIRE_REQUEST_MAX)] ;
  char body[WIRE_REQUEST_MAX] ;
  size_t len ;
  tain never ;
  raw_must_watch(&another, holder.path, 0) ;
  raw_never(&never) ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  len = raw_frame(FRAME_NATIVE, s, body, wire_pack_store(body, &never, "before", 6), 1) ;
  len += raw_frame(FRAME_NATIVE, s + len, body, wire_pack_watch(body, 0, 0), 0) ;
  if (raw_send(w.fd, s, len, &file, 1) != (ssize_t)len) tap_bail("send") ;
  if (raw_answer(&w) || raw_answer(&w)) tap_bail("store and watch") ;
  if (raw_delete(&c, "before")) tap_bail("delete") ;
  raw_point_events(&w, 1, "d:before", "what came before the request is not told, if in the same turn") ;
  raw_point_events(&another, 2, "s:before d:before", "but to who has watched before") ;
  raw_close(&another) ;
  raw_close(&w) ;
}

static void limits (void)
{
  struct rawclient w ;
  char id[WIRE_ID_MAX + 1] ;
  char want[2 * WIRE_ID_MAX + 16] ;
  tain limit ;
  memset(id, 'x', WIRE_ID_MAX) ;
  id[WIRE_ID_MAX] = 0 ;
  snprintf(want, sizeof(want), "s:%s x:%s", id, id) ;
  raw_must_watch(&w, holder.path, id) ;
  raw_limit(&limit, 200) ;
  if (raw_store(&c, id, &limit, file)) tap_bail("store") ;
  raw_point_events(&w, 2, want, "what expires is told; an id and a glob may have 255 bytes") ;
  raw_close(&w) ;
}

static void judge_glob (struct rawclient *w, char const *glob, int want)
{
  tap_error(raw_watch(w, glob), want, "the glob %s", glob) ;
}

static void bad (void)
{
  static char const *const good[] = { "*", "?", "a]", "[]a]", "[!]a]", "[^a]", "[[:alpha:]]*", "[[.a.]]", "[[=a=]b]", "\\[", "\\\\", "[\\]]", "[[a]" } ;
  static char const *const wrong[] = { "[", "a[", "[]", "[!]", "[^]", "[a", "[[:alpha:]", "\\", "a\\", "[\\]", "[a\\]", "[a]\\", "[a][b" } ;
  struct rawclient w, s6 ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  for (unsigned int i = 0 ; i < sizeof(wrong) / sizeof(*wrong) ; i++) judge_glob(&w, wrong[i], EINVAL) ;
  for (unsigned int i = 0 ; i < sizeof(good) / sizeof(*good) ; i++) judge_glob(&w, good[i], 0) ;
  tap_error(raw_command(&w, "E\3a\0b\0", 6, 0, 0), EINVAL, "a glob with a NUL inside") ;
  tap_error(raw_command(&w, "E\0", 2, 0, 0), 0, "no glob") ;
  tap_error(raw_command(&w, "E\0\0", 3, 0, 0), EPROTO, "no glob, and something else") ;
  tap_ok(raw_isclosed(&w), "which is the end") ;
  raw_close(&w) ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  tap_error(raw_command(&w, "E\0", 2, &file, 1), EPROTO, "no glob, and a descriptor") ;
  raw_close(&w) ;
  raw_must_connect(&s6, holder.path, FRAME_S6) ;
  tap_error(raw_watch(&s6, "a*"), EPROTO, "s6 dialect: there is no such letter") ;
  tap_ok(raw_isclosed(&s6), "s6 dialect: and that is the end") ;
  raw_close(&s6) ;
}

static void reload (void)
{
  testdaemon_compile_rules() ;
  if (kill(holder.pid, SIGHUP) == -1) tap_bail("kill") ;
}

static void rights (void)
{
  struct rawclient w ;
  raw_must_watch(&w, holder.path, "right") ;
  testdaemon_allow("uid/self", "^", "^", "GETDUMP SETDUMP") ;
  reload() ;
  if (raw_store(&c, "other", 0, file) || raw_delete(&c, "other")) tap_bail("store") ;
  tap_error(raw_delete(&w, "nothing"), ENOENT, "who has lost the right to list has nothing to fear from what is not told") ;
  if (raw_store(&c, "right", 0, file)) tap_bail("store") ;
  raw_point_events(&w, 1, "closed", "nor is it told of anything any longer, but disconnected") ;
  tap_ok(raw_isclosed(&w), "on either way") ;
  raw_close(&w) ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  tap_error(raw_watch(&w, 0), EPERM, "it takes the right to list") ;
  raw_close(&w) ;
  testdaemon_allow_all("uid/self") ;
  reload() ;
  if (raw_delete(&c, "right")) tap_bail("delete") ;
}

static void displaced (void)
{
  static struct testdaemon small ;
  struct rawclient w, newcomer ;
  testdaemon_start(&small, "s2", (char const *const []){ "-c", "1", 0 }) ;
  raw_must_watch(&w, "s2", 0) ;
  raw_must_connect(&newcomer, "s2", FRAME_NATIVE) ;
  tap_error(raw_store(&newcomer, "x", 0, file), 0, "a full holder ends who watches, for one who does something") ;
  raw_point_events(&w, 1, "closed", "who watched is told") ;
  raw_close(&w) ;
  raw_close(&newcomer) ;
  testdaemon_finish(&small) ;
}

static void ends (void)
{
  struct rawclient w ;
  raw_must_watch(&w, holder.path, 0) ;
  testdaemon_terminate(&holder) ;
  raw_point_events(&w, 1, "closed", "when the holder ends, so does the pipe, at once") ;
  raw_close(&w) ;
}

int main (void)
{
  testdaemon_workdir() ;
  testdaemon_allow_all("uid/self") ;
  testdaemon_compile_rules() ;
  testdaemon_start(&holder, "s", (char const *const []){ "-x", "rules.cdb", 0 }) ;
  file = testfile() ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  changes() ;
  from_now_on() ;
  limits() ;
  bad() ;
  rights() ;
  displaced() ;
  raw_close(&c) ;
  ends() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
