/* ISC license. */

#ifndef S6ACTIVATION_RIGHTS_H
#define S6ACTIVATION_RIGHTS_H

 /* Descriptors in messages on Unix sockets: SCM_RIGHTS, unix(7). */

#include <sys/socket.h>
#include <sys/types.h>

#include "libfdwire/wire.h"

 /* Room for the descriptors of the greatest message. What finds no room the
    kernel closes itself, on the time of who reads, without regard to SO_LINGER. */
union rights_room
{
  struct cmsghdr align ;
  char s[CMSG_SPACE(WIRE_FDS_MAX * sizeof(int))] ;
} ;

 /* Makes n descriptors, 1 to WIRE_FDS_MAX, part of a message that is to be sent. */
extern void rights_attach (struct msghdr *, union rights_room *, int const *, unsigned int n) ;

 /* sendmsg(2), of what rights_attach has made a part, or of no descriptors. */
extern ssize_t rights_sendmsg (int fd, struct msghdr const *, int flags) ;

 /* The same: never waits, is never interrupted, raises no signal. */
extern ssize_t rights_send (int fd, struct msghdr const *) ;

 /* recvmsg(2): close-on-exec, never waits, is never interrupted. What came
    with the bytes is for rights_take. */
extern ssize_t rights_receive (int fd, struct msghdr *, union rights_room *) ;

 /* Gives each descriptor that came to f, which owns it then. How many there were. */
typedef void rights_func (void *, int) ;
extern unsigned int rights_take (struct msghdr *, rights_func *, void *) ;

 /* Did some get lost? n: what rights_take returned; if that is less than the
    room, this process had no numbers for them. */
#define rights_iscut(msg) (!!((msg)->msg_flags & MSG_CTRUNC))
#define rights_isshort(msg, n) (rights_iscut(msg) && (n) < WIRE_FDS_MAX)

#endif
