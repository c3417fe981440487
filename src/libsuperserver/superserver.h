/* ISC license. */

#ifndef S6ACTIVATION_SUPERSERVER_H
#define S6ACTIVATION_SUPERSERVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/socket.h>

 /*
   The engine of s6-ipcserverd and s6-tcpserverd: it accepts on descriptor
   0, spawns one program per connection within two limits, and obeys
   signals. Who a client is, only the face knows.
 */

enum
{
  SUPERSERVER_KEYSIZE = 16,
  SUPERSERVER_NAMESIZE = 80,
  SUPERSERVER_DEFAULT_MAXCONN = 40
} ;

struct superserver_environment ;

struct superserver_client
{
  int fd ;
  struct sockaddr_storage address ;  /* of the other end, as accept(2) gave it */
  socklen_t addresslen ;
  unsigned char key[SUPERSERVER_KEYSIZE] ;  /* equal keys are one client to -C */
  unsigned int known : 1 ;  /* key is meant; else only -c counts the connection */
} ;

 /* What the lines of the log call things: those who read logs know both programs' words. */

struct superserver_words
{
  char const *accepted ;
  char const *rejected ;
  char const *terminating ;  /* the signals that SIGHUP and SIGQUIT send on */
} ;

struct superserver_face
{
  char const *protocol ;  /* what PROTO is set to */
  char const *number ;  /* the name of the variable that counts connections */
  char const *const *variables ;  /* all of the protocol; ends with 0. What identify does not put is unset */
  struct superserver_words words ;

   /*
     Fills key and known, and puts the client's variables. 0 and errno
     when it cannot: the connection is closed with a warning.
   */
  int (*identify) (struct superserver_client *, struct superserver_environment *, void *data) ;

   /*
     For log lines. Each writes less than SUPERSERVER_NAMESIZE bytes and a
     NUL. Without format_key, the line of an end counts who is left instead.
   */
  void (*format_client) (char *, struct superserver_client const *, void *data) ;
  void (*format_key) (char *, unsigned char const *key, int known) ;
  void (*format_user) (char *, unsigned char const *key) ;  /* who all those of that key are */
} ;

struct superserver
{
  struct superserver_face const *face ;
  void *data ;  /* the face's own */
  unsigned int verbosity ;
  unsigned int maxconn ;
  unsigned int localmaxconn ;
  char const *bound ;  /* what the first line of the log says of the socket, or "" */
  char const *ready ;  /* written to stdout when connections are served, or 0 */
  char const *const *argv ;
} ;

 /*
   Puts name=value into the environment of the next child. What a face may
   put is in its list of variables; names and values are short (addresses,
   numbers, a socket's path).
 */
extern void superserver_put (struct superserver_environment *, char const *name, char const *value) ;

 /* Ends the program with 100 unless stdin is a listening socket of that family (AF_UNSPEC: any). */
extern void superserver_check_listener (int family) ;

 /* Serves until a signal ends it: the exit code. */
extern int superserver_run (struct superserver const *) ;

#endif
