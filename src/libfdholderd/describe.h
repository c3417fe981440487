/* ISC license. */

#ifndef S6ACTIVATION_DESCRIBE_H
#define S6ACTIVATION_DESCRIBE_H

 /*
    What a descriptor is, as far as the kernel tells. Some of it takes the
    lock of a socket, which its owner can keep for as long as he likes: so
    whoever must not wait does not call this for what others have made, and
    has it done (inspect.h). Nothing of a Unix socket does.
 */

#include <stddef.h>
#include <stdint.h>

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
  DESCRIBE_SHALLOW,  /* of a socket only its kind and whether it listens: that takes no lock */
  DESCRIBE_DEEP  /* takes the lock of a socket that is not a Unix one */
} ;

 /* A Unix socket that listens. */
struct describe_listener
{
  uint64_t cookie ;  /* SO_COOKIE has it */
  uint32_t queue ;
  uint32_t backlog ;
  int type ;  /* SOCK_STREAM or SOCK_SEQPACKET */
} ;

 /* All of them, as they were when they were asked for; in the order of their cookies. */
struct describe_listeners
{
  struct describe_listener *s ;
  uint32_t n ;
  uint32_t room ;
} ;

#define DESCRIBE_LISTENERS_ZERO { .s = 0, .n = 0, .room = 0 }

 /* One question, however many there are, and nothing that may wait. 0 and errno,
    EOVERFLOW if there are more than max: none is known then. */
extern int describe_listeners_ask (struct describe_listeners *, uint32_t max) ;
extern void describe_listeners_free (struct describe_listeners *) ;

 /* Of a Unix socket that is not among the listeners it is not told who waits.
    Keeps nothing open. */
extern void describe_fd (struct description *, int fd, int issocket, struct describe_listeners const *, enum describe_depth) ;

#endif
