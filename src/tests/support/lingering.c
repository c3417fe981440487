/* ISC license. */

#include <skalibs/nonposix.h>

#include <unistd.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "lingering.h"
#include "tap.h"

int lingering_socket (int *other)
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
