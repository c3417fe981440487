/* ISC license. */

#ifndef S6ACTIVATION_TESTS_BENCHSERVER_H
#define S6ACTIVATION_TESTS_BENCHSERVER_H

 /* What the benchmark of super-servers measures with: servers of several
    makers that spawn one program for a connection, and a client that does
    no more than it must. */

#include <sys/socket.h>
#include <sys/types.h>

enum benchserver_kind
{
  BENCHSERVER_UNIX,  /* listens on its stdin, a Unix socket that we bind */
  BENCHSERVER_TCP,  /* the same with 127.0.0.1 */
  BENCHSERVER_TCPSERVER,  /* binds by itself, and writes its port to stdout */
  BENCHSERVER_SYSTEMD  /* binds 127.0.0.1, and a port that we choose */
} ;

struct benchserver
{
  char const *name ;
  pid_t pid ;
  struct sockaddr_storage address ;
  socklen_t addresslen ;
} ;

 /*
   Starts program, which serves at most limit connections by executing
   child (of child[0] and up to two arguments), in that environment.
   0: it is not there, or ended with *status at once.
 */
extern int benchserver_start (struct benchserver *, char const *name, enum benchserver_kind, char const *program, char const *limit, char const *const *child, char **environment, int *status) ;
extern int benchserver_stop (struct benchserver *) ;  /* its status */

 /* kB that are resident and not of a file; -1: unknown. */
extern long benchserver_memory (struct benchserver const *) ;

 /* Processor time of the server and of its children that have ended: clock ticks. */
extern long benchserver_ticks (struct benchserver const *) ;

 /* A connection, blocking or not; over TCP from 127.0.0.0 + from, if that is not 0. Its
    close resets it, so that no port stays taken. */
extern int benchserver_connect (struct benchserver const *, unsigned int from, int nonblocking) ;
 /* Connects, and waits for the end of what comes. */
extern void benchserver_visit (struct benchserver const *) ;
 /* total visits, at most so many at once. */
extern void benchserver_crowd (struct benchserver const *, unsigned int total, unsigned int atonce) ;

#endif
