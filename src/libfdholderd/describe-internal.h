/* ISC license. */

#ifndef S6ACTIVATION_DESCRIBE_INTERNAL_H
#define S6ACTIVATION_DESCRIBE_INTERNAL_H

 /* What the files of the describe module share. */

#include <stdint.h>
#include <sys/stat.h>

#include "libfdholderd/describe.h"

 /* describe-look.c */

extern int describe_look (struct stat *, int fd) ;  /* its mode and inode. 0 and errno */
extern void describe_number (char *, uint32_t) ;

 /* describe-socket.c */

extern void describe_socket (struct description *, int fd, int netlink, enum describe_depth) ;

 /* describe-queue.c: what is told of listening sockets. */

extern int describe_tcp (struct description *, int fd, int isbound) ;  /* its kind and state, too. 0: it is no such socket */
extern void describe_unix_queue (struct description *, int fd, int netlink) ;

#endif
