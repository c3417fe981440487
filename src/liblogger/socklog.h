/* ISC license. */

#ifndef S6ACTIVATION_SOCKLOG_H
#define S6ACTIVATION_SOCKLOG_H

 /*
    The engine of s6-socklog: what comes to sockets goes to stdout, a line each.

    A datagram leaves its socket when its line is written: it is looked at first. So while
    stdout is full nothing is read, the queues of the kernel are the queue, and who sends
    waits; and a process that is killed has lost none, and written at most one that is
    still there. Connections are read; each may hold the beginning of a line.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "libdaemon/backoff.h"
#include "libdaemon/complaint.h"
#include "libdaemon/list.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/nowait.h"
#include "libdaemon/tree.h"

enum socklog_numbers
{
  SOCKLOG_LINE_MIN = 76,
  SOCKLOG_LINE_MAX = 1048576,
  SOCKLOG_LINE_USUALLY = 8192,
  SOCKLOG_CONNECTIONS_USUALLY = 256,
  SOCKLOG_ROOM = 16,  /* connections beyond these, that wait for one of their places */
  SOCKLOG_ROOM_SHARE = 4,  /* of one account */
  SOCKLOG_KEY = 1 + 8,
  SOCKLOG_ORIGIN = 96  /* room for who has sent it */
} ;

enum socklog_kind { SOCKLOG_DATAGRAM, SOCKLOG_LISTENER, SOCKLOG_CONNECTION } ;

struct socklog ;

 /* A user at Unix sockets; at others an address, of IPv6 its network of 64 bits. */

struct socklog_account
{
  struct tree_node node ;
  unsigned char key[SOCKLOG_KEY] ;
  uint32_t waiting ;
  uint32_t served ;
  struct list connections ;  /* that are served; the first one has been silent longest */
} ;

struct socklog_source
{
  struct list node ;
  struct socklog *socklog ;
  struct loop_watch watch ;
  int fd ;
  int family ;
  enum socklog_kind kind ;
  uint8_t iskept ;  /* others have it: what is left in it is theirs to read */
  struct backoff backoff ;
  struct socklog_account *account ;  /* of a connection, and so are these */
  struct list place ;  /* among those of the account, or those that wait */
  uint8_t isserved ;
  uint8_t iswaiting ;
  uint8_t ispaused ;
  char origin[SOCKLOG_ORIGIN] ;
  size_t originlen ;
  char *held ;  /* the beginning of a line, or 0 */
  size_t heldlen ;
} ;

struct socklog
{
  size_t limit ;  /* bytes of a line */
  unsigned int timeout ;  /* milliseconds to write what there is after TERM; 0: for ever */
  uint32_t most ;  /* connections */
  uint8_t israw ;
  uint8_t istellingpeers ;  /* pid and uid of who has sent it */
  struct log *log ;

  struct nowait out ;
  struct loop loop ;
  struct loop_watch signals ;
  loop_ready_func *onready ;  /* of all sources */
  struct loop_timer timer ;  /* what failed for want of something is tried again */
  struct list sources ;  /* those that it began with */
  struct list peers ;  /* connections */
  uint32_t connections ;
  uint32_t paused ;  /* of them */
  struct tree accounts ;
  uint32_t served ;  /* connections, up to most */
  struct list waiting ;  /* others, that nobody reads */
  uint32_t waitinglen ;
  struct complaints complaints ;
  char *room ;  /* for what is read, behind what was held */
  char *line ;  /* as it is written */
  int64_t deadline ;  /* after TERM */
  uint8_t isending ;  /* TERM has come */
  int error ;  /* it cannot go on; or 0 */
  char const *failed ;  /* what, then */
} ;

 /* Each takes a socket in; fd is ours then. 0 and errno. */
extern int socklog_bind_unix (struct socklog *, char const *path, char const **remedy) ;
extern int socklog_bind_udp (struct socklog *, struct sockaddr_storage const *) ;
 /* One that is bound, or listens, already. EPROTOTYPE: it is no socket of these. */
extern int socklog_adopt (struct socklog *, int fd) ;

 /* After these, and after rights were given up. 0 and errno. */
extern int socklog_init (struct socklog *, struct log *) ;

enum socklog_end
{
  SOCKLOG_ENDED,  /* TERM, and all was written */
  SOCKLOG_LATE,  /* TERM, and there was no time for that */
  SOCKLOG_FAILED  /* errno; what */
} ;

extern enum socklog_end socklog_run (struct socklog *, char const **what) ;

#endif
