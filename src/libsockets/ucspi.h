/* ISC license. */

#ifndef S6ACTIVATION_UCSPI_H
#define S6ACTIVATION_UCSPI_H

enum ucspi_fd
{
  UCSPI_READ = 6,
  UCSPI_WRITE = 7
} ;

 /*
   Moves fd to where a UCSPI client finds its connection: 6 to read from,
   7 to write to, both open across exec. Consumes fd. 1, or 0 and errno.
 */
extern int ucspi_client_move (int fd) ;

 /*
   The variables that say what a connection is; each list ends with 0. One
   that is not set for a connection is unset: an outer server, or client,
   may have set it for another one. IPCCONNMAX and TCPCONNMAX are not
   there: they are no fact but a wish, which a rule or the administrator
   has set.
 */
extern char const *const ucspi_ipc_variables[] ;
extern char const *const ucspi_tcp_variables[] ;

 /* Room for the name of any variable that says something of a connection. */
enum { UCSPI_NAME_SIZE = 256 } ;

 /* Writes the name that a variable has for that protocol: REMOTEIP is TCPREMOTEIP.
    0: there is no room for it; a protocol so long is none. */
extern int ucspi_name (char *, char const *protocol, char const *name) ;

#endif
