/* ISC license. */

/* H3, H42: from an account that has too much being closed, what comes between
   the look at its connection and the reading brings no descriptors. */

#include <string.h>
#include <unistd.h>
#include <sys/socket.h>

#include "libfdholderd/account.h"
#include "libfdholderd/closing.h"
#include "libfdwire/frame.h"
#include "libfdholderd/verbs.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

static struct holder h ;
static struct account_rule rule = { .n = { .closing = CLOSING_USER } } ;
static struct account user = { .rule = &rule, .n = { .closing = CLOSING_USER } } ;
static struct account other = { .rule = &rule } ;

static void check_fill (struct frame_in *in, int fd, size_t room, enum frame_fill want, unsigned int fds, char const *name)
{
  static char buffer[FRAME_IN_BUFFER] ;  /* what is left in it is taken from there by the next call */
  tap_int(frame_in_fill(in, fd, buffer, room), want, "%s: reading", name) ;
  tap_int(frame_in_fdcount(in), fds, "%s: descriptors, in all", name) ;
}

int main (void)
{
  struct frame_in in ;
  int pair[2] ;
  int fd = testfile() ;
  size_t room ;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == -1) tap_bail("socketpair") ;
  frame_in_init(&in, &frame_fdops_close, 0) ;
  tap_ok(closing_room(&h, &other, pair[0]) > 4096, "H42: another user of the rule is read") ;
  tap_int(closing_room(&h, &user, pair[0]), 0, "H42: from him who has too much nothing is read before it is there") ;
  if (raw_send(pair[1], "ab", 2, 0, 0) != 2) tap_bail("send") ;
  room = closing_room(&h, &user, pair[0]) ;
  tap_int(room, 2, "H42: bytes are read, as many as there are") ;
  if (raw_send(pair[1], "cd", 2, &fd, 1) != 2) tap_bail("send") ;
  check_fill(&in, pair[0], room, FRAME_FILL_OK, 0, "H3: and not what came meanwhile") ;
  tap_ok(closing_hasroom(&h, &other, pair[0]), "H42: from another there is room for that") ;
  tap_ok(!closing_hasroom(&h, &user, pair[0]), "H42: from him there is none") ;
  tap_int(closing_room(&h, &user, pair[0]), 0, "H42: and it is not read") ;
  check_fill(&in, pair[0], closing_room(&h, &other, pair[0]), FRAME_FILL_OK, 1, "H3: who gets it whole") ;
  close(pair[1]) ;
  tap_ok(closing_room(&h, &user, pair[0]), "H42: the end is looked for") ;
  check_fill(&in, pair[0], 1, FRAME_FILL_EOF, 1, "H42: and seen") ;
  frame_in_free(&in) ;
  close(pair[0]) ;
  return tap_done() ;
}
