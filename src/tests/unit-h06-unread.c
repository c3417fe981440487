/* ISC license. */

/* H6: nor does what nobody has read. A TCP socket that lingers is in flight
   to the daemon when it closes the connection: as a descriptor too many,
   behind a message that ends the connection, from a user who may not even
   connect. Others are served at once. */

#include <signal.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "libfdwire/rights.h"
#include "support/lingering.h"
#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LISTS = 5 } ;

static struct testdaemon holder ;

 /* What the client sends reaches the daemon in one go. */

static void pause_daemon (int ispaused)
{
  kill(holder.pid, ispaused ? SIGSTOP : SIGCONT) ;
}

static int start_client (uid_t uid)
{
  int fd ;
  pause_daemon(1) ;
  fd = raw_socket("s", uid) ;
  if (fd < 0) tap_bail("connect") ;
  return fd ;
}

 /* As the urgent byte that is never asked for: the kernel drops it when the
    next one is read. 0: Unix sockets have none here. */

static int send_urgent (int client, int fd)
{
  union rights_room rights ;
  struct iovec v = { .iov_base = "u", .iov_len = 1 } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  rights_attach(&msg, &rights, &fd, 1) ;
  return sendmsg(client, &msg, MSG_OOB | MSG_NOSIGNAL) == 1 ;
}

 /* Ends the client, and sees how long another one waits. */

static void end_client (struct rawclient *other, int client, int lingering, int end, char const *name)
{
  double begun ;
  long took ;
  unsigned int served = 0 ;
  close(lingering) ;
  close(client) ;
  begun = test_seconds() ;
  pause_daemon(0) ;
  for (unsigned int i = 0 ; i < LISTS ; i++)
  {
    served += !raw_list(other) ;  /* the first may have been heard before */
    test_sleep(20) ;
  }
  took = test_since(begun) ;
  tap_int(served, LISTS, "H6: %s: another client is served", name) ;
  tap_most(took, LINGER_MEANWHILE, "H6: %s: at once: %ld ms", name, took) ;
  close(end) ;
}

static void check (struct rawclient *other, uid_t uid, char const *bytes, unsigned int len, unsigned int count, char const *name)
{
  int end ;
  int fd = lingering_socket(&end) ;
  int file = testfile() ;
  int fds[3] = { file, file, fd } ;
  int client = start_client(uid) ;
  if (len && raw_send(client, bytes, len, &file, 1) < 0) tap_bail("send") ;  /* what carries one is read alone */
  if (raw_send(client, "\0", 1, fds + 3 - count, count) < 0) tap_bail("send") ;
  close(file) ;
  end_client(other, client, fd, end, name) ;
}

static void check_urgent (struct rawclient *other)
{
  int end ;
  int fd = lingering_socket(&end) ;
  int client = start_client((uid_t)-1) ;
  int isurgent = send_urgent(client, fd) ;
  if (send(client, "ab", 2, MSG_NOSIGNAL) != 2) tap_bail("send") ;
  if (isurgent) end_client(other, client, fd, end, "with an urgent byte") ;
  else
  {
    pause_daemon(0) ;
    tap_ok(1, "H6: with an urgent byte # SKIP Unix sockets have none here") ;
  }
}

int main (void)
{
  static char const bad[] = { 0, 0, 0, 0, 0, 0 } ;
  struct rawclient c ;
  testdaemon_begin(&holder, (char const *const []){ "-v", "0", 0 }) ;
  if (testdaemon_isroot()) testdaemon_deny("uid/65531") ;
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  if (raw_list(&c)) tap_bail("list") ;
  check(&c, (uid_t)-1, "", 0, 1, "with a message half sent") ;
  check(&c, (uid_t)-1, "", 0, 3, "one of three too many") ;
  check(&c, (uid_t)-1, bad, sizeof(bad), 1, "behind a frame that cannot be") ;
  check_urgent(&c) ;
  if (testdaemon_isroot()) check(&c, 65531, "", 0, 1, "from a user who is denied") ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
