/* ISC license. */

#ifndef S6ACTIVATION_FDTABLE_H
#define S6ACTIVATION_FDTABLE_H

 /*
    The book of open descriptors: references to those that clients have
    passed, and the clients' sockets. Wherever a passed one
    waits (the store, a queue, a half-received message) it holds a
    reference, so its number cannot be reused meanwhile; with the last
    reference it goes to the helpers that close. The table grows with the
    highest number in use.
 */

#include <stddef.h>
#include <stdint.h>

struct closer ;
struct closer_lane ;

 /* What may be done with who has brought a descriptor (fdtable_adopt_for). */
enum fdtable_charge
{
  FDTABLE_HELD,  /* a descriptor is his */
  FDTABLE_CLOSING,  /* it has no reference any longer */
  FDTABLE_CLOSED  /* and no longer is his */
} ;
typedef struct closer_lane *fdtable_charge_func (void *, void * /* owner */, enum fdtable_charge) ;  /* FDTABLE_CLOSING: by which lane */
typedef fdtable_charge_func *fdtable_charge_func_ref ;

struct fdtable
{
  uint32_t *references ;  /* by descriptor number; 0: not ours */
  void **owners ;  /* by descriptor number; 0: nobody is charged */
  uint8_t *stays ;  /* by descriptor number: fdtable_stay */
  size_t size ;
  uint64_t count ;  /* descriptors that have a reference */
  uint32_t connections ;  /* sockets of clients that are open */
  struct closer *closer ;  /* 0: close(2) is called here, and may wait */
  fdtable_charge_func_ref charge ;  /* 0: nobody is charged */
  void *data ;
} ;
#define FDTABLE_ZERO { .references = 0, .owners = 0, .stays = 0, .size = 0, .count = 0, .connections = 0, .closer = 0, .charge = 0, .data = 0 }

 /* The signatures of struct frame_fdops: the first argument is the table. */

 /* The descriptor is the table's, whatever happens; its first reference is
    the caller's. 0, errno ENOMEM: it was closed. */
extern int fdtable_adopt (void *, int) ;  /* of nobody: the daemon itself charges all to somebody */
extern int fdtable_adopt_for (struct fdtable *, int, void *owner) ;  /* the same, brought by somebody */
extern int fdtable_makeroom (struct fdtable *, int fd) ;  /* so that fd can be adopted; 0, ENOMEM */
extern void fdtable_addref (void *, int) ;
extern void fdtable_unref (void *, int) ;

 /* One that has no references, and that a client has had: ours, such as the
    end of a pipe whose lock the other end may hold, or a client's. */
extern void fdtable_close (struct fdtable *, int, void *owner) ;

extern void fdtable_closed (void *, void *owner) ;  /* what the closer tells, with the table */

 /* The socket of a client, from accept to the end. What it has sent and
    nobody has read may hold descriptors whose close would wait (H6). */
extern void fdtable_open_connection (struct fdtable *, int) ;
extern void fdtable_close_connection (struct fdtable *, int) ;
extern void fdtable_end_connection (struct fdtable *, int) ;  /* end of file was read: nothing is unread */

 /* Those that have a reference, and those that are being closed. */
extern uint64_t fdtable_count (struct fdtable const *) ;

 /* One that has a reference is open over an exec, for as long as it has one.
    0 and errno: it is not. fdtable_leave: none is any longer. */
extern int fdtable_stay (struct fdtable *, int fd) ;
extern void fdtable_leave (struct fdtable *) ;
#define fdtable_stays(t, fd) ((t)->stays[fd])  /* of one that has a reference */

#define fdtable_owner(t, fd) ((t)->owners[fd])  /* of one that has a reference */

extern void fdtable_free (struct fdtable *) ;  /* closes nothing; a daemon that ends need not */

#endif
