/* ISC license. */

#ifndef S6ACTIVATION_NOWAIT_H
#define S6ACTIVATION_NOWAIT_H

 /*
    Writing without ever waiting, to a descriptor that is not ours alone.
    O_NONBLOCK belongs to all who share it, so it is left alone; and room
    that poll(2) has seen in a pipe may be gone by the time of the write,
    when the pipe has other writers. There are these ways, and a descriptor
    goes down the list as far as it must: each is tried by using it, and one
    that the kernel refuses is never tried again.

    PLAIN   write(2)                                  what is no pipe, socket or terminal: it does not wait for a reader
    SOCKET  send(2) with MSG_DONTWAIT                 sockets
    FLAG    pwritev2(2) with RWF_NOWAIT               pipes, since Linux 6.4
    OWN     write(2) to an open file of our own       pipes and terminals that /proc lets us open again, with O_NONBLOCK
    SPLICE  splice(2) from a private pipe             pipes
    POLL    poll(2), then at most PIPE_BUF bytes      whatever is left

    FLAG may be refused at any time: whoever uses splice(2) on a pipe takes
    that flag from all who share its open file.
 */

#include <sys/types.h>

enum nowait_way
{
  NOWAIT_UNKNOWN,  /* before the first write */
  NOWAIT_PLAIN,
  NOWAIT_SOCKET,
  NOWAIT_FLAG,
  NOWAIT_OWN,
  NOWAIT_SPLICE,
  NOWAIT_POLL
} ;

struct nowait
{
  int fd ;  /* the caller's; never closed here */
  enum nowait_way way ;
  int own[2] ;  /* OWN: [1] is the file opened again. SPLICE: the private pipe, empty between two writes. -1: not open */
} ;
#define NOWAIT_ZERO(descriptor) { .fd = (descriptor), .way = NOWAIT_UNKNOWN, .own = { -1, -1 } }

 /* Like write(2), and EAGAIN where that would wait, or where a way has no
    descriptors to be had just now. May write less, but of up to PIPE_BUF
    bytes a pipe takes all or nothing. SIGPIPE is the caller's to ignore. */
extern ssize_t nowait_write (struct nowait *, char const *, size_t) ;
 /* Begins, where NOWAIT_ZERO cannot. */
extern void nowait_init (struct nowait *, int) ;
extern void nowait_free (struct nowait *) ;

#endif
