/* ISC license. */

#ifndef S6ACTIVATION_SUPERSERVER_INTERNAL_H
#define S6ACTIVATION_SUPERSERVER_INTERNAL_H

#include <stdint.h>
#include <sys/types.h>

#include "libsuperserver/superserver.h"

#include "libdaemon/backoff.h"
#include "libdaemon/children.h"
#include "libdaemon/closer.h"
#include "libdaemon/complaint.h"
#include "libdaemon/log.h"
#include "libdaemon/loop.h"
#include "libdaemon/spawner.h"
#include "libdaemon/tree.h"

 /* Whom each running child serves, and how many each client has. */

struct client
{
  struct tree_node node ;
  unsigned char key[SUPERSERVER_KEYSIZE] ;
  uint32_t count ;
} ;

struct connection
{
  struct child child ;  /* first of all */
  struct client *client ;  /* 0: not known */
} ;

struct connections
{
  struct children children ;
  struct tree clients ;
  struct connection *spare ;
  struct client *spareclient ;
} ;

extern void connections_init (struct connections *, child_ended_func *, void *) ;

 /* Makes room for one more, so that recording it cannot fail. 0 and errno ENOMEM. */
extern int connections_reserve (struct connections *) ;

 /* How many the client with that key has. */
extern uint32_t connections_count (struct connections const *, unsigned char const *key) ;

 /* Records a child, after a reserve. key is 0 when the client is not known. */
extern void connections_add (struct connections *, pid_t, unsigned char const *key) ;

 /* For child_ended_func. 1 and the client's key; 0: it is not known. */
extern int connections_forget (struct connections *, struct child *, unsigned char *key) ;

 /* The environment of children: what we inherited, and a tail that is written anew for each. */

struct superserver_environment
{
  char const **envp ;
  size_t inherited ;
  size_t n ;
  size_t max ;
  char *text ;
  size_t len ;
  size_t size ;
} ;

extern int environment_init (struct superserver_environment *, struct superserver_face const *) ;
extern void environment_restart (struct superserver_environment *) ;

 /* The loop's own, and what it says at -v 2. */

struct server
{
  struct superserver const *config ;
  struct connections connections ;
  struct superserver_environment environment ;
  struct spawner spawner ;
  struct log log ;
  struct complaints complaints ;  /* what clients can cause goes here */
  struct superserver_client client ;
  struct closer closer ;  /* its process for connections alone, and only once there is a need */
  unsigned int waiting : 1 ;  /* client is accepted, and is not closed here yet */
  unsigned int isserved : 1 ;  /* it has its child, or will have none: it waits for that alone */
  unsigned int isasked : 1 ;  /* somebody waits to be accepted */
  unsigned int isending : 1 ;
  struct loop loop ;
  struct loop_watch listener ;  /* started while accept is asked for */
  struct loop_watch signals ;
  struct loop_timer wake ;
  struct backoff backoff ;  /* accept or a spawn has failed */
} ;

 /* What has just failed, by errno. */
extern void server_complain (struct server *, char const *what, char const *name, char const *then) ;

extern void server_accept (struct server *) ;
 /* The client that was accepted gets its child, or waits for another try, or is given up. */
extern void server_serve (struct server *) ;

 /* Closes a connection, and never waits for that. 0 and errno: it cannot do
    so, and fd is the caller's still. A child may have it, too: it may end, and
    close it, before we do. */
extern int server_close (struct closer *, int fd, int family) ;

 /* The same for one that nobody else has, and that gets nobody. */
extern int server_turn_away (struct closer *, int fd, int family) ;

extern void server_log_status (struct server *) ;
extern void server_log_accept (struct server *, pid_t, unsigned char const *key) ;  /* key 0: the client is not known */
extern void server_log_reject (struct server *, uint32_t count) ;
extern void server_log_end (struct server *, pid_t, unsigned char const *key, int known, int status) ;

#endif
