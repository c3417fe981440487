/* ISC license. */

#ifndef S6ACTIVATION_SINK_H
#define S6ACTIVATION_SINK_H

 /* Where lines go that is no logdir: a descriptor that others share, which may be full;
    a file that has the last line. */

#include "libdaemon/log.h"
#include "libdaemon/nowait.h"
#include "liblogger/logdir.h"

struct sink
{
  struct nowait out ;
  char const *name ;  /* as it is called in a warning */
  uint8_t isover ;  /* it has failed, for good */
} ;

extern void sink_init (struct sink *, int fd, char const *name) ;
extern void sink_free (struct sink *) ;

 /* 1: all was written, or nothing ever will be. 0: it is full: try again when it is not. */
extern int sink_write (struct sink *, struct logpart *, unsigned int n, struct log *) ;

 /* Puts the last line there in the place of the file: of so many bytes, filled up with
    newlines; 0: as many as there are. 0 and errno. */
extern int sink_status (char const *path, char const *s, size_t len, size_t size) ;

#endif
