/* ISC license. */

/* Letter E: who is told of changes is told of all that there are, of ids that
   match his glob, in order; a pipe that is full loses some and says so, once;
   and nobody is held up by who does not read. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libfdwire/frame.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { MANY = 3000, MEMORY_KB = 400, SMALL_PIPE = 4096 } ;

static struct testdaemon holder ;
static struct rawclient c ;  /* who makes changes */
static int file ;

static void begin (struct rawclient *w, char const *glob)
{
  raw_must_connect(w, holder.path, FRAME_NATIVE) ;
  if (raw_watch(w, glob)) tap_bail("watch") ;
}

static void told (struct rawclient *w, unsigned int n, char const *want, char const *name)
{
  tap_string(raw_events(w, n), want, "%s", name) ;
}

static void quiet (struct rawclient *w, char const *name)
{
  if (raw_list(w)) tap_bail("list") ;  /* a turn at least has ended */
  if (raw_list(w)) tap_bail("list") ;
  tap_ok(raw_isquiet(w), "%s", name) ;
}

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
  begin(&all, 0) ;
  begin(&some, "[!b]1") ;
  change() ;
  told(&all, 10, "s:a1 s:b1 r:a1 d:b1 d:a1 s:a1 r:a1 s:d1 d:a1 d:d1", "everything that changes is told, in order") ;
  told(&some, 8, "s:a1 r:a1 d:a1 s:a1 r:a1 s:d1 d:a1 d:d1", "to another, what matches his glob") ;
  quiet(&all, "and nothing else") ;
  quiet(&some, "to either") ;
  if (raw_watch(&some, "b*")) tap_bail("watch") ;
  change() ;
  told(&some, 2, "s:b1 d:b1", "a second glob takes the place of the first") ;
  quiet(&some, "with nothing of that") ;
  if (raw_store(&some, "b2", 0, file) || raw_delete(&some, "b2")) tap_bail("store") ;
  told(&some, 2, "s:b2 d:b2", "one's own changes are told, too") ;
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
  begin(&another, 0) ;
  raw_never(&never) ;
  raw_must_connect(&w, holder.path, FRAME_NATIVE) ;
  len = raw_frame(FRAME_NATIVE, s, body, wire_pack_store(body, &never, "before", 6), 1) ;
  len += raw_frame(FRAME_NATIVE, s + len, body, wire_pack_watch(body, 0, 0), 0) ;
  if (raw_send(w.fd, s, len, &file, 1) != (ssize_t)len) tap_bail("send") ;
  if (raw_answer(&w) || raw_answer(&w)) tap_bail("store and watch") ;
  if (raw_delete(&c, "before")) tap_bail("delete") ;
  told(&w, 1, "d:before", "what came before the request is not told, if in the same turn") ;
  told(&another, 2, "s:before d:before", "but to who has watched before") ;
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
  begin(&w, id) ;
  raw_limit(&limit, 200) ;
  if (raw_store(&c, id, &limit, file)) tap_bail("store") ;
  told(&w, 2, want, "what expires is told; an id and a glob may have 255 bytes") ;
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

 /* Pipelined, so that a turn has many. */

static void change_many (unsigned int n)
{
  char body[WIRE_REQUEST_MAX] ;
  tain never ;
  raw_never(&never) ;
  for (unsigned int i = 0 ; i < n ; i++)
  {
    raw_put(&c, body, wire_pack_store(body, &never, "many", 4), &file, 1) ;
    raw_put(&c, body, wire_pack_delete(body, "many", 4), 0, 0) ;
    if (raw_answer(&c) || raw_answer(&c)) tap_bail("change") ;
  }
}

 /* All that came before is whole and in order, then "lost". */

static int is_in_order (char const *s, unsigned int *n)
{
  int ismore = 1 ;
  for (*n = 0 ; ismore ; ++*n)
  {
    char const *want = *n & 1 ? "d:many" : "s:many" ;
    if (*s == 'l') return !s[1] && *n ;
    if (strncmp(s, want, strlen(want))) return 0 ;
    s += strlen(want) ;
    ismore = *s == ' ' ;
    s += ismore ;
  }
  return 0 ;
}

static void loses (void)
{
#ifdef F_SETPIPE_SZ
  struct rawclient w ;
  unsigned int n = 0 ;
  char const *s ;
  static char text[65536] ;
  long before ;
  begin(&w, 0) ;
  change_many(MANY) ;  /* the usual pipe is full */
  before = testdaemon_resident(&holder) ;
  change_many(MANY) ;
  if (!testdaemon_isslow()) tap_most(testdaemon_resident(&holder) - before, MEMORY_KB, "who does not read costs no memory") ;
  raw_close(&w) ;
  begin(&w, 0) ;
  if (fcntl(w.channel, F_SETPIPE_SZ, SMALL_PIPE) == -1) tap_bail("F_SETPIPE_SZ") ;
  change_many(MANY / 10) ;
  text[0] = 0 ;
  for (;;)
  {
    s = raw_events(&w, 1) ;
    if (strlen(text) + strlen(s) + 2 > sizeof(text)) break ;
    if (text[0]) strcat(text, " ") ;
    strcat(text, s) ;
    if (!strcmp(s, "l") || !strcmp(s, "closed") || !*s) break ;
  }
  tap_ok(is_in_order(text, &n), "a full pipe has what came first, whole, and then says that it lost") ;
  tap_least(n, 100, "after some") ;
  tap_most(n, SMALL_PIPE / 20, "but not more than it has room for") ;
  quiet(&w, "it says so once") ;
  change_many(1) ;
  told(&w, 2, "s:many d:many", "then it is told again") ;
  raw_close(&w) ;
#endif
}

 /* Its end of the pipe, or all of it. */

static void leaves (void)
{
  struct rawclient w ;
  begin(&w, 0) ;
  close(w.channel) ;
  w.channel = -1 ;
  change_many(10) ;
  tap_error(raw_delete(&w, "nothing"), ENOENT, "who closes the pipe is served all the same") ;
  tap_error(raw_watch(&w, 0), 0, "and may watch, if to no avail") ;
  change_many(10) ;
  raw_close(&w) ;
  begin(&w, 0) ;
  raw_close(&w) ;
  change_many(10) ;
  tap_error(raw_delete(&c, "nothing"), ENOENT, "who leaves is in nobody's way") ;
}

static void reload (void)
{
  testdaemon_compile_rules() ;
  if (kill(holder.pid, SIGHUP) == -1) tap_bail("kill") ;
}

static void rights (void)
{
  struct rawclient w ;
  begin(&w, "right") ;
  testdaemon_allow("uid/self", "^", "^", "GETDUMP SETDUMP") ;
  reload() ;
  if (raw_store(&c, "other", 0, file) || raw_delete(&c, "other")) tap_bail("store") ;
  tap_error(raw_delete(&w, "nothing"), ENOENT, "who has lost the right to list has nothing to fear from what is not told") ;
  if (raw_store(&c, "right", 0, file)) tap_bail("store") ;
  told(&w, 1, "closed", "nor is it told of anything any longer, but disconnected") ;
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
  raw_must_connect(&w, "s2", FRAME_NATIVE) ;
  if (raw_watch(&w, 0)) tap_bail("watch") ;
  raw_must_connect(&newcomer, "s2", FRAME_NATIVE) ;
  tap_error(raw_store(&newcomer, "x", 0, file), 0, "a full holder ends who watches, for one who does something") ;
  told(&w, 1, "closed", "who watched is told") ;
  raw_close(&w) ;
  raw_close(&newcomer) ;
  testdaemon_finish(&small) ;
}

static void ends (void)
{
  struct rawclient w ;
  begin(&w, 0) ;
  testdaemon_terminate(&holder) ;
  told(&w, 1, "closed", "when the holder ends, so does the pipe, at once") ;
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
  loses() ;
  leaves() ;
  rights() ;
  displaced() ;
  raw_close(&c) ;
  ends() ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
