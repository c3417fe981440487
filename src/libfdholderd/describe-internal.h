/* ISC license. */

#ifndef S6ACTIVATION_DESCRIBE_INTERNAL_H
#define S6ACTIVATION_DESCRIBE_INTERNAL_H

 /* What the files of the describe module share. */

#include <stdint.h>
#include <sys/stat.h>

#include "libfdholderd/describe.h"

 /* describe-look.c */

extern int describe_look (struct stat *, int fd) ;  /* its mode and device. 0 and errno */
extern void describe_number (char *, uint32_t) ;

 /* describe-socket.c */

extern void describe_socket (struct description *, int fd, struct describe_listeners const *, enum describe_depth) ;

 /* describe-tcp.c */

extern int describe_tcp (struct description *, int fd, int isbound) ;  /* its kind and state, too. 0: it is no such socket */

 /* describe-listeners.c */

extern struct describe_listener const *describe_listeners_find (struct describe_listeners const *, int fd) ;  /* 0: it is not known */

#endif
