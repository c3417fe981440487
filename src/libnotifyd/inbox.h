/* ISC license. */

#ifndef S6ACTIVATION_INBOX_H
#define S6ACTIVATION_INBOX_H

 /* The datagram socket: messages with who has sent them and the descriptors that came along. */

#include <stddef.h>
#include <sys/types.h>

#include "libfdwire/wire.h"

enum { INBOX_MESSAGE_MAX = 65536 } ;

struct inbox_message
{
  char s[INBOX_MESSAGE_MAX] ;
  size_t len ;
  pid_t pid ;  /* of the sender; 0: not known here */
  int fds[WIRE_FDS_MAX] ;  /* close-on-exec, and the reader's; -1: taken */
  unsigned int nfds ;
  unsigned char islong ;  /* there was more text than is here */
  unsigned char iscut ;  /* there were more descriptors */
} ;

 /* A non-blocking datagram socket that says who sends. -1 and errno. */
extern int inbox_socket (void) ;

 /* The next message. 0 and errno: EAGAIN there is none. */
extern int inbox_receive (int fd, struct inbox_message *) ;

 /* Closes those descriptors of it that are not -1. No socket lingers. */
extern void inbox_close (struct inbox_message *) ;

#endif
