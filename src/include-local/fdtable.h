/* ISC license. */

#ifndef S6ACTIVATION_FDTABLE_H
#define S6ACTIVATION_FDTABLE_H

 /*
    References to the descriptors that clients have passed. Wherever one
    waits (the store, a queue, a half-received message) it holds a
    reference, so its number cannot be reused meanwhile; the last reference
    closes it. The table grows with the highest number in use.
 */

#include <stddef.h>
#include <stdint.h>

struct fdtable
{
  uint32_t *references ;  /* by descriptor number; 0: not ours */
  size_t size ;
  uint64_t count ;  /* descriptors that have a reference */
} ;
#define FDTABLE_ZERO { .references = 0, .size = 0, .count = 0 }

 /* The signatures of struct frame_fdops: the first argument is the table. */

 /* The descriptor is the table's, whatever happens; its first reference is
    the caller's. 0, errno ENOMEM: it was closed. */
extern int fdtable_adopt (void *, int) ;
extern void fdtable_addref (void *, int) ;
extern void fdtable_unref (void *, int) ;

 /* Closes the socket of a client. What it has sent and nobody has read may
    hold descriptors whose close would wait (H6): they are taken out first. */
extern void fdtable_close_connection (int) ;

extern void fdtable_free (struct fdtable *) ;  /* closes nothing */

#endif
