/* ISC license. */

#ifndef S6ACTIVATION_LOGFILE_H
#define S6ACTIVATION_LOGFILE_H

 /* A file of a logdir that is read: as it is; or, if it begins as gzip's and zstd's do,
    by one of these. */

#include <stddef.h>
#include <sys/types.h>

struct logfile
{
  int fd ;  /* -1: none */
  int unpacked ;  /* what a program makes of it; -1: there is none */
  pid_t pid ;
} ;
#define LOGFILE_ZERO { .fd = -1, .unpacked = -1, .pid = 0 }

 /* Consumes fd, even on failure. 0 and errno. */
extern int logfile_begin (struct logfile *, int fd, int mayunpack) ;

 /* As read(2), and does not end early. At the end of what was unpacked -1 and EBADMSG: it
    is not whole. */
extern ssize_t logfile_read (struct logfile *, char *, size_t) ;

extern void logfile_end (struct logfile *) ;  /* keeps errno */

#endif
