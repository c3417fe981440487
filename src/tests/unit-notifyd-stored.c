/* ISC license. */

/* libnotifyd/stored.h: names, numbers and identifiers, what is the same file, and limits. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/djbunix.h>

#include "libnotifyd/stored.h"
#include "support/scripted.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct stored s ;
static char text[4096] ;

static void add_id (void *data, struct stored_entry *e)
{
  char id[FDHOLDER_ID_MAX + 1] ;
  (void)data ;
  stored_id(e, id) ;
  snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s%s ", id, e->state == STORED_HELD ? "=" : "", e->fd < 0 ? "-" : "") ;
}

static char const *all (void)
{
  text[0] = 0 ;
  stored_each(&s, &add_id, 0) ;
  return text ;
}

static struct stored_entry *add (char const *name, int fd, int ispolled)
{
  return stored_add(&s, name, strlen(name), fd, ispolled) ;
}

static void forget (void *data, struct stored_entry *e)
{
  (void)data ;
  stored_forget(e) ;
}

static void judge_numbers (void)
{
  struct stored_entry *e ;
  stored_init(&s, "p/", 8, 0) ;
  add("b", testfile(), 1) ;
  e = add("a", testfile(), 1) ;
  add("a", testfile(), 1) ;
  add("a", testfile(), 0) ;
  tap_string(all(), "p/a p/a:1 p/a:2:nopoll p/b ", "further ones of a name have numbers") ;
  stored_forget(e) ;
  add("a", testfile(), 1) ;
  tap_string(all(), "p/a p/a:1 p/a:2:nopoll p/b ", "the lowest that is free is taken") ;
  e = stored_find(&s, "p/a:1") ;
  e->state = STORED_UNWANTED ;
  stored_close(e) ;
  tap_int(s.live, 3, "one that is closed is there still") ;
  add("a", testfile(), 0) ;
  tap_string(all(), "p/a p/a:1- p/a:2:nopoll p/a:3:nopoll p/b ", "it is no place for one of another kind") ;
  tap_ok(add("a", testfile(), 1) == e, "but for the next one of its own") ;
  tap_int(e->state, STORED_WANTED, "which the holder is to have") ;
  stored_each_named(&s, "a", 1, &forget, 0) ;
  tap_string(all(), "p/b ", "all of a name go") ;
  stored_each(&s, &forget, 0) ;
  tap_int(s.count + s.names.count + s.live, 0, "nothing is left") ;
}

static void judge_ids (void)
{
  static char const *const good[] = { "p/a", "p/a:1", "p/a:65535", "p/a:nopoll", "p/a:7:nopoll", "p/a b~", "p/nopoll" } ;
  static char const *const bad[] =
  {
    "", "p", "p/", "q/a", "a", "p/:1", "p/:nopoll", "p/a:", "p/a:0", "p/a:01", "p/a:65536", "p/a:4294967297", "p/a:x", "p/a:1x",
    "p/a:1:", "p/a:1:2", "p/a:nopoll:1", "p/a:nopoll:nopoll", "p/a\n", "p/a\\", "p/\x80", "unix:/run/x", "tcp:80"
  } ;
  char id[FDHOLDER_ID_MAX + 1] ;
  stored_init(&s, "p/", 8, 0) ;
  for (unsigned int i = 0 ; i < sizeof(good) / sizeof(*good) ; i++)
  {
    struct stored_entry *e = stored_adopt(&s, good[i], testfile()) ;
    if (!tap_ok(stored_isid(&s, good[i]) && e && e->state == STORED_HELD, "%s is one", good[i])) continue ;
    stored_id(e, id) ;
    tap_string(id, good[i], "and is written as it was read") ;
    tap_ok(stored_find(&s, good[i]) == e, "and found") ;
    stored_forget(e) ;
  }
  for (unsigned int i = 0 ; i < sizeof(bad) / sizeof(*bad) ; i++)
    tap_ok(!stored_isid(&s, bad[i]) && !stored_adopt(&s, bad[i], testfile()) && errno == EINVAL && !stored_find(&s, bad[i]), "bad one %u is none", i) ;
  stored_adopt(&s, "p/a:5", testfile()) ;
  tap_ok(!stored_adopt(&s, "p/a:5", testfile()) && errno == EEXIST, "an identifier is of one only") ;
  tap_ok(!stored_find(&s, "p/a:5:nopoll"), "who asks for another kind does not find it") ;
  stored_adopt(&s, "p/a:nopoll", testfile()) ;
  stored_adopt(&s, "p/a", testfile()) ;
  tap_ok(!!stored_adopt(&s, "p/a:5:nopoll", testfile()), "but there may be one of each kind") ;
  tap_ok(stored_find(&s, "p/a:5:nopoll") != stored_find(&s, "p/a:5"), "which are two") ;
  add("a", testfile(), 1) ;
  add("a", testfile(), 0) ;
  tap_string(all(), "p/a:nopoll= p/a= p/a:1 p/a:2:nopoll p/a:5= p/a:5:nopoll= ", "what is added gets a number of its own") ;
  stored_each(&s, &forget, 0) ;
}

static void judge_names (void)
{
  char name[300] ;
  char id[FDHOLDER_ID_MAX + 1] ;
  struct stored_entry *e ;
  size_t most = FDHOLDER_ID_MAX - STORED_SUFFIX_MAX - 2 ;
  stored_init(&s, "p/", 8, 0) ;
  memset(name, 'n', sizeof(name)) ;
  tap_ok(stored_isname(&s, name, most), "as long as there is room") ;
  tap_ok(!stored_isname(&s, name, most + 1), "longer") ;
  tap_ok(!stored_isname(&s, name, 0), "empty") ;
  tap_ok(!stored_isname(&s, "a:b", 3) && !stored_isname(&s, "a\nb", 3) && !stored_isname(&s, "a\0b", 3), "a colon, a newline, a NUL") ;
  e = stored_add(&s, name, most, testfile(), 0) ;
  e->number = STORED_NUMBERS - 1 ;
  stored_id(e, id) ;
  tap_int((intmax_t)strlen(id), FDHOLDER_ID_MAX, "with the greatest number it is an identifier") ;
  stored_forget(e) ;
}

static void judge_sameness (void)
{
  int pair[2] ;
  int file = testfile() ;
  int again ;
  char path[64] ;
  snprintf(path, sizeof(path), "/proc/self/fd/%d", file) ;
  again = open(path, O_RDWR | O_CLOEXEC) ;
  if (again < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1) tap_bail("open") ;
  stored_init(&s, "", 8, 0) ;
  add("a", dup(file), 1) ;
  tap_ok(!add("a", dup(file), 1) && errno == EEXIST, "the same open file is kept once") ;
  tap_ok(!add("a", dup(file), 0) && errno == EEXIST, "whether it is polled or not") ;
  tap_ok(!!add("b", dup(file), 1), "but by another name, too") ;
  tap_ok(!!add("a", again, 1), "a file that is open twice is two") ;
  add("s", dup(pair[0]), 1) ;
  tap_ok(!add("s", pair[0], 1) && errno == EEXIST, "the same socket is kept once") ;
  tap_ok(!!add("s", pair[1], 1), "the other end is another one") ;
  stored_each(&s, &forget, 0) ;
  close(file) ;
}

static void judge_limits (void)
{
  stored_init(&s, "", 2, 0) ;
  add("a", testfile(), 1) ;
  add("a", testfile(), 1) ;
  tap_ok(!add("b", testfile(), 1) && errno == ENFILE, "no more than max") ;
  for (unsigned int i = 0 ; i < 2 ; i++)
  {
    struct stored_entry *e = stored_find(&s, i ? "a:1" : "a") ;
    stored_close(e) ;
    e->state = STORED_UNWANTED ;
  }
  tap_ok(add("b", testfile(), 1) && add("c", testfile(), 1), "as many again beside those that are unwanted") ;
  stored_close(stored_find(&s, "b")) ;
  tap_ok(!add("d", testfile(), 1) && errno == ENFILE, "but not without end") ;
  tap_ok(!add("e", -1, 1) && errno == EBADF, "no descriptor") ;
  stored_adopt(&s, "held", testfile()) ;
  tap_int(s.count, 5, "what is held is not refused") ;
  stored_each(&s, &forget, 0) ;
}

int main (void)
{
  unsigned int before ;
  testdaemon_workdir() ;
  before = count_open_fds() ;
  judge_numbers() ;
  judge_ids() ;
  judge_names() ;
  judge_sameness() ;
  judge_limits() ;
  tap_int(count_open_fds(), before, "what was refused, and what was forgotten, is closed") ;
  return tap_done() ;
}
