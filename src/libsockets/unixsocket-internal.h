/* ISC license. */

#ifndef S6ACTIVATION_UNIXSOCKET_INTERNAL_H
#define S6ACTIVATION_UNIXSOCKET_INTERNAL_H

enum { UNIXSOCKET_PROCNAME_MAX = 64 } ;

 /* The name of fd in a directory of /proc/self, "fd/" or "fdinfo/". No snprintf: linked
    statically, it would be the half of a client. */
extern void unixsocket_procname (char s[UNIXSOCKET_PROCNAME_MAX], char const *directory, int fd) ;

#endif
