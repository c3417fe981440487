/* ISC license. */

#ifndef S6ACTIVATION_SOCKETSPEC_H
#define S6ACTIVATION_SOCKETSPEC_H

#include <sys/socket.h>
#include <sys/types.h>

#include "libsockets/inetsocket.h"
#include "libsockets/unixsocket.h"

 /*
   What is bound, as one word:
     unix:PATH unix-dgram:PATH unix-seqpacket:PATH   a path, or @NAME
     tcp:IP:PORT tcp:[IP6]:PORT udp:IP:PORT udp:[IP6]:PORT
     vsock:CID:PORT                                  numbers, or any
     fifo:PATH
 */

enum socketspec_kind
{
  SOCKETSPEC_UNIX,
  SOCKETSPEC_INET,
  SOCKETSPEC_VSOCK,
  SOCKETSPEC_FIFO
} ;

struct socketspec
{
  enum socketspec_kind kind ;
  int type ;  /* for socket(2) */
  char const *path ;  /* in the word; 0: it has an address */
  struct sockaddr_storage address ;
} ;

 /* Reads a word. 0: *problem says what is wrong with it. */
extern int socketspec_scan (struct socketspec *, char const *, char const **problem) ;

 /* Is it a file, which can be replaced and left behind, and has permissions? */
extern int socketspec_isfile (struct socketspec const *) ;

 /* Where a file will be, however its path is spelt: a name in a directory. */
struct socketspec_place
{
  dev_t dev ;
  ino_t ino ;
  char const *name ;  /* in the word */
} ;

 /* Of one that is a file. 0 and errno: its directory cannot be looked at. */
extern int socketspec_place (struct socketspec const *, struct socketspec_place *) ;
extern int socketspec_compare_places (struct socketspec_place const *, struct socketspec_place const *) ;

struct socketbinding
{
  struct unixbinding file ;  /* of UNIX and FIFO: flags and owner; permissions, if given */
  unsigned int haspermissions : 1 ;  /* otherwise 0777 for sockets, 0666 for FIFOs */
  unsigned int isblocking : 1 ;  /* of sockets */
  unsigned int inetflags ;  /* INETBINDING_REUSEPORT, INETBINDING_FREEBIND */
  unsigned int backlog ;
  char const *failed ;  /* out: what could not be done */
  char const *remedy ;  /* out: what to do about it, or "" */
} ;

 /* Makes it, with the lowest number that is free.
    -1: errno, failed and remedy are set, and nothing of ours is left. */
extern int socketspec_make (struct socketspec const *, struct socketbinding *) ;

 /* Removes the file of one that was made; keeps errno. */
extern void socketspec_unmake (struct socketspec const *) ;

#endif
