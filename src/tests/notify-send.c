/* ISC license. */

/* usage: notify-send [-f FD]... [-c COPIES] [-a] [-l] [-b MS] < MESSAGE
   Sends a message as sd_notify(3) does, with those descriptors, each so many times.
   -a: and an end of a pipe, whose other end goes with this process.
   -l: and a socket, closed here then, which is told, whose last close lingers for a minute.
   -b: then a barrier, waited for so long: exit 1 if it is not reached. */

#include <skalibs/nonposix.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/socket.h>

#include <skalibs/strerr.h>

#include "support/lingering.h"
#include "support/notifying.h"

enum { MESSAGE_MAX = 200000, LINGERS = 60 } ;

static int linger_long (void)
{
  struct linger const l = { .l_onoff = 1, .l_linger = LINGERS } ;
  int other ;  /* stays until we end */
  int fd = lingering_socket(&other) ;
  if (setsockopt(fd, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) == -1) strerr_diefusys(111, "linger") ;
  return fd ;
}

int main (int argc, char **argv)
{
  static char message[MESSAGE_MAX] ;
  int fds[NOTIFYING_FDS_MAX] ;
  unsigned int n = 0, copies = 1, given ;
  int patience = 0 ;
  int lingering = -1 ;
  size_t len ;
  int p[2] ;
  int opt ;
  PROG = "notify-send" ;
  while ((opt = getopt(argc, argv, "f:c:b:al")) != -1) switch (opt)
  {
    case 'f' : fds[n++] = atoi(optarg) ; break ;
    case 'c' : copies = (unsigned int)atoi(optarg) ; break ;
    case 'b' : patience = atoi(optarg) ; break ;
    case 'a' :
      if (pipe(p) == -1) strerr_diefusys(111, "pipe") ;
      fds[n++] = p[1] ;
      break ;
    case 'l' : lingering = fds[n++] = linger_long() ; break ;
    default : return 100 ;
  }
  given = n ;
  for (; copies > 1 ; copies--)
    for (unsigned int i = 0 ; i < given && n < NOTIFYING_FDS_MAX ; i++) fds[n++] = fds[i] ;
  len = fread(message, 1, sizeof(message), stdin) ;
  if (!notifying_send(message, len, fds, n)) strerr_diefusys(111, "send") ;
  if (lingering >= 0)
  {
    close(lingering) ;
    puts("closed") ;
    fflush(stdout) ;
  }
  return patience && !notifying_barrier(patience) ;
}
