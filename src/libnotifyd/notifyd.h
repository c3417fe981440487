/* ISC license. */

#ifndef S6ACTIVATION_NOTIFYD_H
#define S6ACTIVATION_NOTIFYD_H

 /* The engine of s6-fdholder-notifyd: a program that speaks sd_notify(3) is a child of this
    process, tells its readiness, and has its descriptors kept by the holder. */

#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include <skalibs/tai.h>

#include <s6-activation/fdholder.h>

#include "libdaemon/children.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/nowait.h"
#include "libnotifyd/inbox.h"
#include "libnotifyd/stored.h"

enum notifyd_numbers
{
  NOTIFYD_BARRIERS = 64,  /* that may wait; more are not kept */
  NOTIFYD_DESCRIPTORS = 24,  /* of its own */
  NOTIFYD_READY_MS = 1000,  /* so often a pipe that is full is tried */
  NOTIFYD_HASTE_MS = 250,  /* a signal, or a message, waits so long for an answer of the holder, and longer after it did not */
  NOTIFYD_HASTE_MOST = 4000,  /* of signals */
  NOTIFYD_LEISURE_MOST = 600000
} ;

#define NOTIFYD_EXECUTE "execute "

struct notifyd_options
{
  char const *holder ;  /* the path of its socket */
  char const *path ;  /* of the socket for messages, absolute */
  char const *prefix ;  /* at most STORED_PREFIX_MAX bytes */
  unsigned int max ;  /* descriptors that are stored at most, up to STORED_MAX */
  unsigned int timeout ;  /* milliseconds; 0: none */
  int ready ;  /* where readiness is told; -1: nowhere */
  unsigned int given ;  /* descriptors, from 3 on, that are the program's in any case: it has them first */
  char const *const *names ;  /* of these */
} ;

enum notifyd_state
{
  NOTIFYD_RUNNING,
  NOTIFYD_FINISHING,  /* the program has ended, and the holder has not been told all */
  NOTIFYD_OVER
} ;

enum notifyd_haste { NOTIFYD_SIGNALS, NOTIFYD_MESSAGES, NOTIFYD_HASTES } ;  /* what the holder is interrupted for */

struct notifyd_barrier
{
  int fd ;  /* -1: there is none */
  uint64_t turn ;  /* of what was queued before it, the last */
} ;

struct notifyd
{
  struct notifyd_options options ;
  struct log *log ;
  struct complaints complaints ;
  struct loop loop ;
  struct loop_watch signals ;
  struct loop_watch inbox ;
  struct loop_watch line ;  /* to the holder, while nothing is asked: it ends with the holder */
  struct loop_timer timer ;
  struct stored stored ;
  struct list queue ;  /* of entries: what the holder is to be told */
  uint64_t turn ;  /* of the last one that was queued */
  struct notifyd_barrier barriers[NOTIFYD_BARRIERS] ;
  fdholder holder ;
  ino_t connection ;  /* which one it is */
  unsigned int patience ;  /* milliseconds */
  unsigned int haste[NOTIFYD_HASTES] ;  /* milliseconds */
  tain due ;  /* when what is asked of the holder must be done */
  tain again ;  /* when to try to connect */
  uint8_t isconnected ;
  uint8_t isknown ;  /* what the holder holds is what the entries say */
  uint8_t islost ;  /* it has been told that the holder is gone */
  uint8_t isready ;  /* to be told */
  uint8_t state ;
  struct nowait ready ;
  struct rlimit limit ;  /* of open files, as the program is to have it */
  struct children children ;
  struct child program ;
  int wstat ;
  tain deadline ;  /* of NOTIFYD_FINISHING */
  struct inbox_message message ;
} ;

 /* Begins, with n->holder connected, which is the engine's then. */
extern void notifyd_init (struct notifyd *, struct notifyd_options const *, struct log *) ;

 /* Takes back what is held under the prefix, and raises the limit of open files. 0 and errno:
    *what cannot be done, with *id or 0. */
extern int notifyd_take_back (struct notifyd *, tain const *deadline, char const **what, char const **id) ;

 /* Starts the program; inbox is a socket of inbox_socket, bound, the engine's then.
    0 and errno: *what cannot be done; NOTIFYD_EXECUTE if it was that. */
extern int notifyd_start (struct notifyd *, int inbox, char const *const *argv, char const **what) ;

 /* Until the program has ended; *wstat is how. 0 and errno: the loop failed. */
extern int notifyd_run (struct notifyd *, int *wstat) ;

#endif
