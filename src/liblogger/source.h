/* ISC license. */

#ifndef S6ACTIVATION_SOURCE_H
#define S6ACTIVATION_SOURCE_H

 /*
    What a logger reads. What it has seen stays where it came from until it is taken,
    so that a logger that is killed has lost nothing:

    PIPE    tee(2) into a private pipe, which is read; splice(2) takes
    SOCKET  recv(2) with MSG_PEEK; recv(2) takes; the beginning of a line is held here, for
            nobody can say how much of it fits into a socket
    OTHER   read(2): what was read is gone, and held here

    The flags of the descriptor are not touched, and nobody waits on it: poll first.
    What cannot stay, the beginning of a line that is longer than a pipe, is held here.
 */

#include <stddef.h>
#include <stdint.h>

enum source_kind { SOURCE_PIPE, SOURCE_SOCKET, SOURCE_OTHER } ;

enum source_numbers
{
  SOURCE_BATCH = 65536,
  SOURCE_CUSHION = 1048576  /* of root's pipes */
} ;

struct source
{
  int fd ;  /* the caller's */
  enum source_kind kind ;
  int pipe[2] ;  /* private, empty between two calls */
  int null ;
  char *s ;  /* what was seen: held, and then fresh */
  size_t len ;
  size_t held ;
  size_t size ;  /* of s; there is always a byte behind len */
  size_t most ;  /* so much of one line stays where it is: a writer may wait for more to be taken */
  uint8_t isslow ;  /* OTHER: a byte at a time, no further than needed */
} ;

 /* iscushioned: its pipe may be made larger. 0 and errno. */
extern int source_init (struct source *, int fd, int iscushioned) ;
extern void source_free (struct source *) ;

enum source_seen
{
  SOURCE_SOME,
  SOURCE_NOTHING,  /* just now */
  SOURCE_END,
  SOURCE_ERROR  /* errno */
} ;

 /* Looks once more: all that was seen and not taken is in s again. At the end there may
    be a rest. */
extern enum source_seen source_look (struct source *) ;

 /* So many bytes of s are done with; the others move to its beginning. 0 and errno. */
extern int source_take (struct source *, size_t) ;

 /* What is in s cannot stay where it is. 0 and errno. */
extern int source_hold (struct source *) ;

 /* Could it be that more of the line will not be seen before what is in s is taken? */
extern int source_isstuck (struct source const *) ;

#endif
