/* ISC license. */

/* The holder executes itself while it is kept, by a keeper that does what the test
   likes: the channel goes on, and he is told what the next image does from its first
   request on, which may have waited for it without a place. */

#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>

#include "support/keeping.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"
#include "support/upgrading.h"

static struct testdaemon holder ;
static struct keeping keeper ;
static struct rawclient asker ;
static int file ;

static void keep (void)
{
  int p[2], gifts[2] ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, p) == -1) tap_bail("socketpair") ;
  if (keeping_ask(&asker, p[1], gifts)) tap_bail("keep") ;
  close(p[1]) ;
  close(gifts[0]) ;
  close(gifts[1]) ;
  keeping_begin(&keeper, p[0]) ;
  tap_string(keeping_some(&keeper, 1), "N", "nothing is held") ;
}

static size_t store (char *s, char const *id, size_t len)
{
  char body[WIRE_REQUEST_MAX] ;
  return raw_frame(FRAME_S6, s, body, wire_pack_store(body, &tain_infinite, id, len), 1) ;
}

 /* Half a request has the other place until the end of the image; behind it waits a
    whole one. */

static void one_in_the_room (void)
{
  char s[WIRE_REQUEST_MAX + FRAME_S6_HEADER] ;
  struct rawclient half, waiting = { .channel = -1, .dialect = FRAME_S6 } ;
  size_t len = store(s, "half", 4) ;
  unsigned int done = upgrading_count(UPGRADING_DONE) ;
  raw_must_connect(&half, holder.path, FRAME_S6) ;
  if (raw_send(half.fd, s, len - 1, &file, 1) != (ssize_t)len - 1) tap_bail("send") ;
  raw_wait_until_read(half.fd) ;
  kill(holder.pid, SIGUSR1) ;
  if (!raw_connect_on(&waiting, raw_socket(holder.path, (uid_t)-1), FRAME_S6)) tap_bail("connect") ;
  len = store(s, "room", 4) ;
  if (raw_send(waiting.fd, s, len, &file, 1) != (ssize_t)len) tap_bail("send") ;
  tap_ok(upgrading_await(UPGRADING_DONE, done + 1), "the holder executes itself") ;
  tap_error(raw_answer(&waiting), 0, "who waited for a place has one in the next image, and its request is answered") ;
  tap_string(keeping_next(&keeper, 1000), "S:room", "the keeper was told of it") ;
  tap_error(raw_delete(&waiting, "room"), 0, "it is deleted") ;
  tap_string(keeping_next(&keeper, 1000), "D:room", "and he is told") ;
  raw_close(&half) ;
  raw_close(&waiting) ;
}

int main (void)
{
  static char const *const options[] = { "-c", "2", 0 } ;
  upgrading_begin() ;
  upgrading_start(&holder, options) ;
  file = testfile() ;
  raw_must_connect(&asker, holder.path, FRAME_NATIVE) ;
  keep() ;
  one_in_the_room() ;
  raw_close(&asker) ;
  testdaemon_finish(&holder) ;
  keeping_end(&keeper) ;
  return tap_done() ;
}
