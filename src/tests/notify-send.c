/* ISC license. */

/* usage: notify-send [-f FD]... [-c COPIES] [-a] [-b MS] [-k] < MESSAGE
   Sends a message to $NOTIFY_SOCKET as sd_notify(3) does, with those descriptors, each so many
   times. -a: and a file descriptor of this very end of a new pipe, whose other end is kept
   open only while this process lives. -b: then a barrier, waited for so long: exit 1 if it is not
   reached. -k: stays until it is killed. */

#include <skalibs/nonposix.h>

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>

#include <skalibs/strerr.h>

enum { FDS_MAX = 300, MESSAGE_MAX = 200000 } ;

static int inbox ;

static void send_message (char const *s, size_t len, int const *fds, unsigned int n)
{
  union { struct cmsghdr align ; char s[CMSG_SPACE(FDS_MAX * sizeof(int))] ; } room ;
  struct iovec v = { .iov_base = (char *)s, .iov_len = len } ;
  struct msghdr msg = { .msg_iov = &v, .msg_iovlen = 1 } ;
  if (n)
  {
    memset(&room, 0, sizeof(room)) ;
    room.align.cmsg_level = SOL_SOCKET ;
    room.align.cmsg_type = SCM_RIGHTS ;
    room.align.cmsg_len = CMSG_LEN(n * sizeof(int)) ;
    memcpy(CMSG_DATA(&room.align), fds, n * sizeof(int)) ;
    msg.msg_control = room.s ;
    msg.msg_controllen = CMSG_SPACE(n * sizeof(int)) ;
  }
  if (sendmsg(inbox, &msg, 0) != (ssize_t)len) strerr_diefusys(111, "send") ;
}

static int wait_for_barrier (int milliseconds)
{
  int p[2] ;
  struct pollfd x = { .events = 0 } ;
  if (pipe(p) == -1) strerr_diefusys(111, "pipe") ;
  send_message("BARRIER=1", 9, p + 1, 1) ;
  close(p[1]) ;
  x.fd = p[0] ;
  return poll(&x, 1, milliseconds) == 1 ;
}

int main (int argc, char **argv)
{
  static char message[MESSAGE_MAX] ;
  struct sockaddr_un address = { .sun_family = AF_UNIX } ;
  int fds[FDS_MAX] ;
  unsigned int n = 0, copies = 1, given ;
  int patience = 0, isstay = 0, isfresh = 0 ;
  size_t len ;
  int p[2] ;
  int opt ;
  PROG = "notify-send" ;
  while ((opt = getopt(argc, argv, "f:c:b:ka")) != -1) switch (opt)
  {
    case 'f' : fds[n++] = atoi(optarg) ; break ;
    case 'c' : copies = (unsigned int)atoi(optarg) ; break ;
    case 'b' : patience = atoi(optarg) ; break ;
    case 'k' : isstay = 1 ; break ;
    case 'a' : isfresh = 1 ; break ;
    default : return 100 ;
  }
  if (isfresh)
  {
    if (pipe(p) == -1) strerr_diefusys(111, "pipe") ;
    fds[n++] = p[1] ;
  }
  given = n ;
  for (; copies > 1 ; copies--)
    for (unsigned int i = 0 ; i < given ; i++) fds[n++] = fds[i] ;
  len = fread(message, 1, sizeof(message), stdin) ;
  if (!getenv("NOTIFY_SOCKET")) strerr_dief(100, "no NOTIFY_SOCKET") ;
  strncpy(address.sun_path, getenv("NOTIFY_SOCKET"), sizeof(address.sun_path) - 1) ;
  inbox = socket(AF_UNIX, SOCK_DGRAM, 0) ;
  if (connect(inbox, (struct sockaddr *)&address, sizeof(address)) == -1) strerr_diefusys(111, "connect") ;
  send_message(message, len, fds, n) ;
  if (patience && !wait_for_barrier(patience)) return 1 ;
  while (isstay) pause() ;
  return 0 ;
}
