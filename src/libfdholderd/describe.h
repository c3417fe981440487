/* ISC license. */

#ifndef S6ACTIVATION_DESCRIBE_H
#define S6ACTIVATION_DESCRIBE_H

 /*
    What a descriptor is, as far as the kernel tells. Some of it takes the
    lock of a socket, which its owner can keep for as long as he likes: so
    whoever must not wait does not call this for what others have made, and
    has it done (inspect.h).
 */

#include <stddef.h>

enum describe_sizes
{
  DESCRIBE_ADDRESS_MAX = 4096,  /* a path, and a NUL */
  DESCRIBE_WORD_MAX = 16,
  DESCRIBE_NUMBER_MAX = 11
} ;

 /* All are strings. What the kernel does not tell is empty. */
struct description
{
  char kind[DESCRIBE_WORD_MAX] ;  /* tcp udp unix-stream unix-dgram unix-seqpacket vsock socket pipe fifo file
                                     directory device memfd pidfd eventfd anon */
  char state[DESCRIBE_WORD_MAX] ;  /* listening connected bound unbound; of what is no socket: read write both */
  char queue[DESCRIBE_NUMBER_MAX] ;  /* connections that wait to be accepted */
  char backlog[DESCRIBE_NUMBER_MAX] ;
  char address[DESCRIBE_ADDRESS_MAX] ;  /* 1.2.3.4:80, [::]:80, a path, @abstract (a NUL within it as @),
                                           cid:port, a memfd's name, a pid */
} ;

enum describe_depth
{
  DESCRIBE_SHALLOW,  /* only what takes no lock */
  DESCRIBE_DEEP
} ;

 /* netlink: what describe_netlink returned; -1: there is none. Keeps nothing open. */
extern void describe_fd (struct description *, int fd, int issocket, int netlink, enum describe_depth) ;

 /* What the kernel is asked by about Unix sockets. -1 and errno. */
extern int describe_netlink (void) ;

#endif
