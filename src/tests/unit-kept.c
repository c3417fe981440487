/* ISC license. */

/* The worker's side of being kept, with a keeper that does what the test likes:
   who may be one, what it is told, in which order, and what happens when it does
   not read, says what is no order, or goes. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "support/keeping.h"
#include "support/rawclient.h"
#include "support/rawpoints.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct testdaemon holder ;
static struct rawclient client, asker ;
static struct keeping keeper ;
static int file, other ;

static void is_told (unsigned int n, char const *want, char const *name)
{
  tap_string(keeping_some(&keeper, n), want, "%s", name) ;
}

static int pair (int p[2])
{
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1) tap_bail("socketpair") ;
  return p[1] ;
}

 /* Becomes the keeper. */

static void keep (char const *name)
{
  int p[2], gifts[2] ;
  pair(p) ;
  tap_error(keeping_ask(&asker, p[1], gifts), 0, "%s", name) ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
  keeping_begin(&keeper, p[0]) ;
}

static void refused_descriptors (void)
{
  int p[2], gifts[2], pipes[2] ;
  int udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), lone = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), listening = testdaemon_listen("l") ;
  pair(p) ;
  if (pipe2(pipes, O_CLOEXEC) == -1) tap_bail("pipe") ;
  tap_error(keeping_ask(&asker, file, gifts), EINVAL, "a file is no channel") ;
  tap_error(keeping_ask(&asker, pipes[1], gifts), EINVAL, "nor is a pipe") ;
  tap_error(keeping_ask(&asker, udp, gifts), EINVAL, "nor a socket of another domain") ;
  tap_error(keeping_ask(&asker, lone, gifts), EINVAL, "nor one without another end") ;
  tap_error(keeping_ask(&asker, listening, gifts), EINVAL, "nor one that listens") ;
  tap_error(raw_command(&asker, "K", 1, p, 0), EPROTO, "no descriptor") ;
  raw_close(&asker) ;
  raw_must_connect(&asker, holder.path, FRAME_NATIVE) ;
  tap_error(raw_command(&asker, "K", 1, p, 2), EPROTO, "two") ;
  raw_close(&asker) ;
  raw_must_connect(&asker, holder.path, FRAME_NATIVE) ;
  tap_error(raw_command(&asker, "Kx", 2, p, 1), EPROTO, "more than a letter") ;
  raw_close(&asker) ;
  raw_must_connect(&asker, holder.path, FRAME_S6) ;
  tap_error(raw_command(&asker, "K", 1, p, 1), EPROTO, "in the s6 dialect") ;
  raw_close(&asker) ;
  raw_must_connect(&asker, holder.path, FRAME_NATIVE) ;
  close(p[0]) ;
  close(p[1]) ;
  close(udp) ;
  close(lone) ;
  close(listening) ;
  close(pipes[0]) ;
  close(pipes[1]) ;
}

 /* Whoever may do with us what he likes is let in to keep us, whatever the rules say. */

static void rights (void)
{
  struct rawclient c ;
  int p[2], gifts[2] ;
  pair(p) ;
  if (testdaemon_isroot())
  {
    raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
    raw_close(&c) ;
    if (!raw_connect(&c, holder.path, TEST_UID, FRAME_NATIVE)) tap_bail("connect") ;
    tap_error(keeping_ask(&c, p[1], gifts), EPERM, "another user may do anything, but not keep") ;
    raw_close(&c) ;
  }
  testdaemon_forget_rules() ;
  testdaemon_deny("uid/default") ;
  test_sleep(1100) ;  /* the holder believes what it has read for a second */
  raw_must_connect(&c, holder.path, FRAME_NATIVE) ;
  tap_error(raw_list(&c), EPERM, "who has no right gets none") ;
  tap_error(raw_store(&c, "denied", 0, file), EPERM, "to store") ;
  tap_error(raw_acknowledge(&c), EPERM, "nor is he told that there is nothing to acknowledge") ;
  tap_error(keeping_ask(&c, p[1], gifts), 0, "but may keep") ;
  raw_close(&c) ;
  tap_ok(raw_connect(&c, holder.path, (uid_t)-1, FRAME_S6), "of the s6 dialect") ;
  tap_error(raw_list(&c), RAW_CLOSED, "he hears nothing") ;
  raw_close(&c) ;
  close(p[0]) ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
  testdaemon_forget_rules() ;
  testdaemon_allow_all("uid/default") ;
  test_sleep(1100) ;
}

static void gifts_are_right (void)
{
  int p[2], gifts[2], others[2] ;
  char info[64], line[256] ;
  long pid = 0 ;
  int listening = 0 ;
  socklen_t len = sizeof(listening) ;
  FILE *f ;
  pair(p) ;
  tap_error(keeping_ask(&asker, p[1], gifts), 0, "the first one to ask is the keeper") ;
  tap_int(getsockopt(gifts[0], SOL_SOCKET, SO_ACCEPTCONN, &listening, &len) == 0 && listening, 1, "he gets the socket that listens") ;
  snprintf(info, sizeof(info), "/proc/self/fdinfo/%d", gifts[1]) ;
  f = fopen(info, "r") ;
  while (f && fgets(line, sizeof(line), f)) sscanf(line, "Pid: %ld", &pid) ;
  if (f) fclose(f) ;
  tap_int(pid, holder.pid, "and the process") ;
  keeping_begin(&keeper, p[0]) ;
  is_told(1, "N", "of nothing he is told that") ;
  tap_error(keeping_ask(&asker, p[1], others), EBUSY, "there is one at a time") ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
}

 /* What is told comes before the answer: it is here when that is. */

static void is_here (char const *want, char const *name)
{
  tap_string(keeping_next(&keeper, 0), want, "%s", name) ;
}

static void changes (void)
{
  static char const *const ids[] = { "d1", "d2", "d3" } ;
  int const files[] = { file, other, file } ;
  tain soon ;
  int fd ;
  raw_must_store(&client, "a", file) ;
  is_here("S:a", "a store") ;
  tap_ok(keeper.file >= 0 && testfile_same(keeper.file, file), "with the file") ;
  tap_int(keeper.last.uid, geteuid(), "by whom") ;
  tap_int(keeper.last.pid, getpid(), "and from where") ;
  tap_error(raw_store(&client, "a", 0, file), EBUSY, "one that is refused") ;
  tap_error(raw_replace(&client, "a", 0, other), 0, "a replace is one message") ;
  is_here("S:a", "and no delete") ;
  tap_ok(keeper.file >= 0 && testfile_same(keeper.file, other), "with the other file") ;
  raw_point_retrieve(&client, 0, "a", other, "a retrieve") ;
  tap_error(raw_retrieve(&client, 1, "a", &fd), 0, "a taking that is not acknowledged") ;
  close(fd) ;
  tap_error(raw_list(&client), 0, "and given up") ;
  tap_error(raw_retrieve(&client, 1, "a", &fd), 0, "a taking") ;
  close(fd) ;
  tap_string(keeping_next(&keeper, 50), "nothing", "of none of that is anything told") ;
  tap_error(raw_acknowledge(&client), 0, "its acknowledgement") ;
  is_here("D:a", "is told") ;
  tap_error(raw_putback(&client), 0, "what is put back") ;
  is_here("S:a", "is told") ;
  tap_error(raw_delete(&client, "a"), 0, "a delete") ;
  is_here("D:a", "is told") ;
  raw_point_dump(&client, 3, ids, files, 3, 0, "a dump") ;
  is_told(3, "S:d1+ S:d2+ S:d3", "is one batch") ;
  raw_limit(&soon, 150) ;
  tap_error(raw_store(&client, "short", &soon, file), 0, "what has a limit") ;
  is_told(2, "S:short D:short", "is told when it expires") ;
}

static void s6_taking (void)
{
  struct rawclient s6 ;
  int fd ;
  raw_must_connect(&s6, holder.path, FRAME_S6) ;
  raw_must_store(&s6, "six", file) ;
  tap_error(raw_retrieve(&s6, 1, "six", &fd), 0, "a taking of the s6 dialect") ;
  close(fd) ;
  is_told(2, "S:six D:six", "goes when its answer has left") ;
  raw_close(&s6) ;
}

static void goes (void)
{
  char body[WIRE_ERROR_PACK + 1] = "Q" ;
  keeping_end(&keeper) ;
  tap_error(raw_round(&client, "alone", file), 0, "without a keeper all goes on") ;
  tap_error(raw_command(&client, body, 1, 0, 0), 0, "and status") ;
  tap_ok(client.len > 12 && !memcmp(client.s + client.len - 12, "keeper\0none", 12), "says so") ;
  keep("another one") ;
  is_told(3, "S:d1+ S:d2+ S:d3", "is told all, as one batch") ;
}

static void orders (void)
{
  tap_int(send(keeper.fd, "H", 1, MSG_NOSIGNAL), 1, "an order") ;
  tap_error(raw_round(&client, "ordered", file), 0, "is obeyed") ;
  is_told(2, "S:ordered D:ordered", "and the channel goes on") ;
  send(keeper.fd, "XH", 2, MSG_NOSIGNAL) ;
  tap_error(raw_round(&client, "ordered", file), 0, "what is none is ignored") ;
  is_told(2, "S:ordered D:ordered", "and the channel goes on still") ;
  keeping_end(&keeper) ;
}

int main (void)
{
  testdaemon_begin(&holder, 0) ;
  file = testfile() ;
  other = testfile() ;
  raw_must_connect(&client, holder.path, FRAME_NATIVE) ;
  raw_must_connect(&asker, holder.path, FRAME_NATIVE) ;
  refused_descriptors() ;
  gifts_are_right() ;
  changes() ;
  s6_taking() ;
  goes() ;
  orders() ;
  rights() ;
  raw_close(&client) ;
  raw_close(&asker) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
