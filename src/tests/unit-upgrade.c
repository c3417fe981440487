/* ISC license. */

/* SIGUSR1: the holder is another image afterwards, and its clients have noticed
   nothing: what is held, until when, and by whom; connections of both dialects
   that say something, wait, may put something back, or have said nothing yet. */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/upgrading.h"

enum { ROUNDS = 20 } ;

static struct testdaemon holder ;
static int file ;
static char const *const dialects[] = { [FRAME_NATIVE] = "native", [FRAME_S6] = "s6" } ;

static void upgrade (void)
{
  if (!tap_ok(upgrading_do(&holder), "SIGUSR1 is obeyed")) tap_bail("upgrade") ;
}

 /* One client before, and another one after. */

static void held (enum frame_dialect dialect)
{
  struct rawclient c ;
  tain limit ;
  int fd = -1 ;
  double left ;
  raw_must_connect(&c, holder.path, dialect) ;
  raw_limit(&limit, 60000) ;
  tap_error(raw_store(&c, "limited", &limit, file), 0, "%s: stored with a limit", dialects[dialect]) ;
  raw_close(&c) ;
  upgrade() ;
  raw_must_connect(&c, holder.path, dialect) ;
  left = raw_left(&c, "limited", 0) ;
  tap_ok(left > 30 && left <= 60, "%s: it has its time left", dialects[dialect]) ;
  tap_error(raw_retrieve(&c, 0, "limited", &fd), 0, "%s: it is there", dialects[dialect]) ;
  tap_ok(testfile_same(fd, file), "%s: and it is the same", dialects[dialect]) ;
  if (fd >= 0) close(fd) ;
  tap_error(raw_delete(&c, "limited"), 0, "%s: it can be deleted", dialects[dialect]) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "%s: and is closed then", dialects[dialect]) ;
  raw_close(&c) ;
}

static void expiring (void)
{
  struct rawclient c ;
  tain limit ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_limit(&limit, 700) ;
  tap_error(raw_store(&c, "short", &limit, file), 0, "stored for less than a second") ;
  upgrade() ;
  for (unsigned int i = 0 ; i < 1000 && raw_holds(&c, "short") == 1 ; i++) test_sleep(10) ;
  tap_int(raw_holds(&c, "short"), 0, "it expires in the next image") ;
  raw_close(&c) ;
}

static void open_connection (enum frame_dialect dialect)
{
  struct rawclient c ;
  raw_must_connect(&c, holder.path, dialect) ;
  raw_must_store(&c, "x", file) ;
  upgrade() ;
  tap_error(raw_delete(&c, "x"), 0, "%s: an open connection goes on", dialects[dialect]) ;
  upgrade() ;
  tap_error(raw_round(&c, "y", file), 0, "%s: and so it does after another one", dialects[dialect]) ;
  raw_close(&c) ;
}

static void silent_connection (enum frame_dialect dialect)
{
  struct rawclient c ;
  int s = raw_socket(holder.path, (uid_t)-1) ;
  upgrade() ;
  tap_ok(raw_connect_on(&c, s, dialect), "%s: who has said nothing yet begins to speak", dialects[dialect]) ;
  tap_error(raw_round(&c, "y", file), 0, "%s: and is served", dialects[dialect]) ;
  raw_close(&c) ;
}

static void ask (struct rawclient *c, unsigned int flags, char const *id)
{
  char body[WIRE_REQUEST_MAX] ;
  raw_must_connect(c, holder.path, FRAME_NATIVE) ;
  if (!raw_put(c, body, wire_pack_retrieve(body, (uint8_t)flags, id, strlen(id)), 0, 0)) tap_bail("send") ;
  raw_wait_until_read(c->fd) ;
}

static void is_answered (struct rawclient *c, char const *name)
{
  tap_error(raw_answer(c), 0, "%s: is answered", name) ;
  tap_ok(c->nfds == 1 && testfile_same(c->fds[0], file), "%s: with the descriptor", name) ;
  raw_drop_fds(c) ;
}

static void waiting (void)
{
  struct rawclient plain, first, second, c ;
  ask(&plain, WIRE_RETRIEVE_WAIT, "w") ;
  ask(&second, WIRE_RETRIEVE_WAIT | WIRE_RETRIEVE_DELETE, "other") ;
  ask(&first, WIRE_RETRIEVE_WAIT | WIRE_RETRIEVE_DELETE, "w") ;
  raw_close(&second) ;
  ask(&second, WIRE_RETRIEVE_WAIT | WIRE_RETRIEVE_DELETE, "w") ;
  upgrade() ;
  upgrade() ;
  raw_must_connect(&c, holder.path, FRAME_S6) ;
  raw_must_store(&c, "w", file) ;
  is_answered(&plain, "who waits for a copy") ;
  is_answered(&first, "the oldest of those who take it") ;
  tap_error(raw_acknowledge(&first), 0, "and takes it") ;
  tap_int(raw_holds(&c, "w"), 0, "it is gone") ;
  raw_must_store(&c, "w", file) ;
  is_answered(&second, "the next one") ;
  tap_error(raw_acknowledge(&second), 0, "and takes it, too") ;
  raw_close(&plain) ;
  raw_close(&first) ;
  raw_close(&second) ;
  raw_close(&c) ;
}

 /* Acknowledged, so gone; until it is put back. */

static void given (int isputback)
{
  struct rawclient c ;
  int fd = -1 ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&c, "g", file) ;
  tap_error(raw_retrieve(&c, 1, "g", &fd), 0, "taken") ;
  tap_error(raw_acknowledge(&c), 0, "and acknowledged") ;
  upgrade() ;
  if (isputback)
  {
    tap_error(raw_putback(&c), 0, "what was given can be put back") ;
    tap_int(raw_holds(&c, "g"), 1, "and is held again") ;
    tap_error(raw_delete(&c, "g"), 0, "until it is deleted") ;
  }
  else tap_int(raw_holds(&c, "g"), 0, "what was given is gone") ;
  if (fd >= 0) close(fd) ;
  raw_close(&c) ;
  tap_int(testdaemon_settled_file(&holder, file, 0), 0, "and is open no longer") ;
}

 /* Who is told of changes is told of those of the next image, and of no other. */

static void watching (void)
{
  struct rawclient all, some, c ;
  raw_must_connect(&c, holder.path, FRAME_S6) ;
  raw_must_connect(&all, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&some, holder.path, FRAME_NATIVE) ;
  if (raw_watch(&all, 0) || raw_watch(&some, "a*")) tap_bail("watch") ;
  raw_must_store(&c, "a", file) ;
  upgrade() ;
  if (raw_delete(&c, "a") || raw_store(&c, "b", 0, file)) tap_bail("change") ;
  upgrade() ;
  if (raw_delete(&c, "b") || raw_store(&c, "a2", 0, file) || raw_delete(&c, "a2")) tap_bail("change") ;
  tap_string(raw_events(&all, 6), "s:a d:a s:b d:b s:a2 d:a2", "who watches all is told of all, once") ;
  tap_string(raw_events(&some, 4), "s:a d:a s:a2 d:a2", "who watches some is told of those") ;
  tap_ok(raw_isquiet(&all) && raw_isquiet(&some), "and of nothing else") ;
  tap_error(raw_list(&some), 0, "and may ask") ;
  raw_close(&all) ;
  raw_close(&some) ;
  raw_close(&c) ;
}

 /* The rules of the next image are those of now; what a user has stored counts there. */

static void rules (void)
{
  struct rawclient c ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&c, "one", file) ;
  testdaemon_write("rules/uid/default/env/S6_FDHOLDER_MAXFDS", "1\n") ;
  upgrade() ;
  tap_error(raw_store(&c, "two", 0, file), EDQUOT, "what was stored before counts for a quota") ;
  tap_error(raw_delete(&c, "one"), 0, "until it is deleted") ;
  tap_error(raw_store(&c, "two", 0, file), 0, "then another one may be") ;
  testdaemon_forget_rules() ;
  upgrade() ;
  tap_error(raw_delete(&c, "two"), EPERM, "who is admitted no longer stays connected, without a right") ;
  testdaemon_allow_all("uid/default") ;
  upgrade() ;
  tap_error(raw_delete(&c, "two"), 0, "and has them again by the rules of the one after") ;
  raw_close(&c) ;
}

 /* What was sent while nobody read it is read by the next image: the end, too. */

static void unread (void)
{
  struct rawclient c, other ;
  unsigned int done = upgrading_count(UPGRADING_DONE) ;
  raw_must_connect(&other, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&other, "u", file) ;
  kill(holder.pid, SIGSTOP) ;
  raw_put(&c, "D\1u", 4, 0, 0) ;
  kill(holder.pid, SIGUSR1) ;
  raw_close(&c) ;
  kill(holder.pid, SIGCONT) ;
  tap_ok(upgrading_await(UPGRADING_DONE, done + 1), "upgraded meanwhile") ;
  for (unsigned int i = 0 ; i < 500 && raw_holds(&other, "u") == 1 ; i++) test_sleep(10) ;
  tap_int(raw_holds(&other, "u"), 0, "the last request of who has hung up is obeyed") ;
  raw_close(&other) ;
}

static unsigned int count_words (void)
{
  char path[64], s[4096] ;
  unsigned int words = 0 ;
  size_t n ;
  FILE *f ;
  snprintf(path, sizeof(path), "/proc/%d/cmdline", (int)holder.pid) ;
  f = fopen(path, "r") ;
  n = f ? fread(s, 1, sizeof(s), f) : 0 ;
  if (f) fclose(f) ;
  for (size_t i = 0 ; i < n ; i++) words += !s[i] ;
  return words ;
}

 /* Neither descriptors nor words become more. */

static void many (void)
{
  unsigned int words, fds, helpers ;
  pid_t children[16] ;
  struct rawclient c ;
  upgrade() ;
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  raw_must_store(&c, "m", file) ;
  words = count_words() ;
  fds = testdaemon_count_fds(&holder) ;
  helpers = testdaemon_children(&holder, children, 16) ;
  for (unsigned int i = 0 ; i < ROUNDS ; i++)
    if (!upgrading_do(&holder)) tap_bail("upgrade") ;
  tap_int(count_words(), words, "after %d more, the command line is as long as after the first", ROUNDS) ;
  tap_int(testdaemon_count_fds(&holder), fds, "as many descriptors are open") ;
  for (unsigned int i = 0 ; i < 500 && testdaemon_children(&holder, children, 16) > helpers ; i++) test_sleep(10) ;
  tap_most(testdaemon_children(&holder, children, 16), helpers, "there are no more helpers") ;
  tap_error(raw_delete(&c, "m"), 0, "and the connection goes on") ;
  raw_close(&c) ;
}

int main (void)
{
  upgrading_begin() ;
  upgrading_start(&holder, 0) ;
  file = testfile() ;
  held(FRAME_NATIVE) ;
  held(FRAME_S6) ;
  expiring() ;
  open_connection(FRAME_NATIVE) ;
  open_connection(FRAME_S6) ;
  silent_connection(FRAME_NATIVE) ;
  silent_connection(FRAME_S6) ;
  waiting() ;
  given(1) ;
  given(0) ;
  unread() ;
  watching() ;
  rules() ;
  many() ;
  tap_int(upgrading_count("warning"), 0, "nothing is warned of") ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
