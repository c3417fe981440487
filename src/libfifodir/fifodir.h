/* ISC license. */

#ifndef S6ACTIVATION_FIFODIR_H
#define S6ACTIVATION_FIFODIR_H

 /*
    A place where one process tells of events, a letter each, and others listen:
    fifodir(7). Each listener has a fifo of its own there; what is told is written
    to all of them, and kept for nobody.

    A listener's fifo is called ftrig1:@LABEL:XXXXXX, where LABEL is a TAI64N label
    of 24 hexadecimal digits, and is hidden by a dot in front until it is open.
 */

#include <stddef.h>
#include <sys/types.h>

enum fifodir_numbers
{
  FIFODIR_NAME = 39,  /* bytes of a fifo's name */
  FIFODIR_PATH_MAX = 4095,  /* bytes of the path of a directory and a fifo in it */
  FIFODIR_PUBLIC = 01733,
  FIFODIR_GROUP = 03730,
  FIFODIR_FIFO = 0622
} ;

#define FIFODIR_ANYBODY ((gid_t)-1)

 /* Makes it, for listeners of that group, or for anybody. One that is there is
    fine, and left as it is, but with isforced set, which gives it these
    permissions. 0 and errno: ENOTDIR, EACCES it is another user's. */
extern int fifodir_make (char const *path, gid_t, int isforced) ;

 /* Tells all listeners, each in one write. Never waits: who does not read hears
    nothing; who has gone loses his fifo. What is no fifo of a listener is not
    touched. SIGPIPE must be ignored. 0 and errno: it cannot
    be read, or not all could be told, for a shortage. */
extern int fifodir_notify (char const *path, char const *letters, size_t) ;

 /* Removes the fifos that nobody reads. 0 and errno. */
extern int fifodir_clean (char const *path) ;

struct fifodir_listener
{
  int fd ;  /* to poll and to read, never at its end. Non-blocking, close-on-exec; -1: none */
  char path[FIFODIR_PATH_MAX + 1] ;
} ;
#define FIFODIR_LISTENER_ZERO { .fd = -1 }

 /* From now on all that is told is in the fifo. 0 and errno. */
extern int fifodir_listen (struct fifodir_listener *, char const *path) ;
extern void fifodir_unlisten (struct fifodir_listener *) ;  /* nothing if it does not; keeps errno */

 /* What has come, at most len bytes: 0: nothing. -1 and errno. */
extern ssize_t fifodir_read (struct fifodir_listener const *, char *, size_t len) ;

#endif
