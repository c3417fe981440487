/* ISC license. */

#ifndef S6ACTIVATION_UNIXSOCKET_H
#define S6ACTIVATION_UNIXSOCKET_H

#include <sys/types.h>
#include <sys/socket.h>
#include <sys/un.h>

 /* Unix addresses as the command lines write them, and binding to one. */

 /*
   Fills *address for path. A path that begins with '@' is a name in
   Linux's abstract namespace; the empty path lets the kernel choose one.
   Returns the length to give to bind(2) and connect(2), or 0 and
   ENAMETOOLONG.
 */
extern socklen_t unixaddress_fill (struct sockaddr_un *address, char const *path) ;

#define unixaddress_isabstract(path) ((path)[0] == '@' || !(path)[0])

enum unixbinding_flag
{
  UNIXBINDING_REPLACE = 0x01,  /* a socket that is already at path makes room */
  UNIXBINDING_EXCLUSIVE = 0x02,  /* but not one that a process still holds */
  UNIXBINDING_OWNER = 0x04  /* uid and gid below are meant */
} ;

struct unixbinding
{
  unsigned int flags ;
  mode_t permissions ;  /* of the socket file, 0 to 0777 */
  uid_t uid ;
  gid_t gid ;
  char const *failed ;  /* out: what could not be done */
  char const *remedy ;  /* out: what to do about it, or "" */
} ;

 /* Options read: UID:GID, as numbers; octal permissions, of which the lowest nine bits count. 1, or 0 if it is none. */
extern int unixbinding_scan_owner (struct unixbinding *, char const *) ;
extern int unixbinding_scan_permissions (struct unixbinding *, char const *) ;

 /*
   Binds fd to path. At no moment can path be reached with wider
   permissions than those asked for. Only sockets are ever unlinked.
   Returns 1; or 0 with errno, failed and remedy set, and then nothing of
   ours is left at path. fd stays with the caller either way.
 */
extern int unixsocket_bind (int fd, char const *path, struct unixbinding *binding) ;

 /* Such a socket, of that type for socket(2); a backlog that is not 0 has it listened
    to, unless it is one for datagrams. It has the lowest number that is free. -1 like 0 above. */
extern int unixsocket_make (int type, char const *path, unsigned int backlog, struct unixbinding *binding) ;

 /* What to do about that errno of connect(2) to a path: words in parentheses, or "". */
extern char const *unixsocket_remedy (int) ;

 /* Unlinks path if it is a socket; keeps errno. 1 if nothing is there any more. */
extern int unixsocket_unlink (char const *path) ;

 /* Does a process hold a socket that is bound to path? Nothing is sent to it. */
extern int unixsocket_isheld (char const *path) ;

 /* Does the absolute path that a listening socket was bound to still lead to
    it? What cannot be found out, and what is no such socket, is good. */
enum unixsocket_path
{
  UNIXSOCKET_PATH_GOOD,
  UNIXSOCKET_PATH_GONE,
  UNIXSOCKET_PATH_ANOTHER  /* another file, or another socket */
} ;

extern enum unixsocket_path unixsocket_path (int fd, struct sockaddr_un *) ;

#endif
