/* ISC license. */

/* H6: to close a held TCP socket that lingers over unsent data does not stop
   the loop. */

#include <skalibs/nonposix.h>

#include <string.h>
#include <unistd.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "support/rawclient.h"
#include "support/tap.h"
#include "support/testdaemon.h"

enum { LINGER_SECONDS = 5 } ;

 /* A connection whose other end reads nothing, full of data. *other: that end. */

static int stuck_socket (int *other)
{
  static char data[65536] ;
  struct sockaddr_in address = { .sin_family = AF_INET } ;
  struct linger linger = { .l_onoff = 1, .l_linger = LINGER_SECONDS } ;
  socklen_t len = sizeof(address) ;
  int listening = socket(AF_INET, SOCK_STREAM, 0) ;
  int fd = socket(AF_INET, SOCK_STREAM, 0) ;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK) ;
  if (bind(listening, (struct sockaddr *)&address, len) == -1 || listen(listening, 1) == -1
   || getsockname(listening, (struct sockaddr *)&address, &len) == -1
   || connect(fd, (struct sockaddr *)&address, len) == -1) tap_bail("tcp") ;
  *other = accept(listening, 0, 0) ;
  close(listening) ;
  while (send(fd, data, sizeof(data), MSG_DONTWAIT) > 0) ;
  if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)) == -1) tap_bail("SO_LINGER") ;
  return fd ;
}

int main (void)
{
  struct testdaemon holder ;
  struct rawclient c ;
  double begun ;
  int fd, other ;
  testdaemon_begin(&holder, 0) ;
  fd = stuck_socket(&other) ;  /* not before: the daemon must not inherit it */
  raw_must_connect(&c, "s", FRAME_NATIVE) ;
  raw_must_store(&c, "tcp", fd) ;
  close(fd) ;
  begun = test_seconds() ;
  tap_ok(!raw_delete(&c, "tcp"), "H6: it is deleted") ;
  tap_ok(!raw_list(&c) && test_seconds() - begun < LINGER_SECONDS - 2, "H6: the loop goes on at once") ;
  close(other) ;
  raw_close(&c) ;
  testdaemon_finish(&holder) ;
  return tap_done() ;
}
