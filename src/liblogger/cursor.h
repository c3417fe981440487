/* ISC license. */

#ifndef S6ACTIVATION_CURSOR_H
#define S6ACTIVATION_CURSOR_H

 /*
    How far logdirs have been read: a file, one line for each of them, replaced as a
    whole; s6-logread(8) has its bytes. Files move from name to name, and their numbers
    are given to others: so a place is known again by all that stood before it.
 */

#include <stddef.h>
#include <stdint.h>

#include <skalibs/stralloc.h>

#include "liblogger/archives.h"

struct cursor_place
{
  uint64_t ino ;  /* of the file; 0: nothing was read yet */
  uint64_t offset ;  /* bytes of it that are done with, after unpacking */
  uint64_t hash ;  /* of them */
  char name[ARCHIVE_NAME + 1] ;  /* of the archive; "": it was none */
  char newest[ARCHIVE_NAME + 1] ;  /* the archive that was the last one before it; "": none */
} ;

enum { CURSOR_MAX = 4194304 } ;  /* bytes of a file */

extern void cursor_begin (struct cursor_place *) ;  /* before all lines */
extern uint64_t cursor_hash (uint64_t, char const *, size_t) ;

 /* Can it be told? A newline cannot. */
extern int cursor_takes (char const *path) ;

 /* The file of n logdirs. 0 and errno ENOMEM. */
extern int cursor_fmt (stralloc *, struct cursor_place const *, char const *const *paths, unsigned int n) ;

 /* Looks for a logdir in a file: 1: there it is; 0: it is not. -1: this is no cursor. */
extern int cursor_scan (char const *, size_t, char const *path, struct cursor_place *) ;

 /* Until fd is closed nobody else has the cursor: a lock of a file beside it. 1, too, where no
    such lock can be had; fd may be -1 then. 0 and errno: EBUSY somebody has it. */
extern int cursor_lock (char const *file, int *fd) ;

 /* Appends what the file has. 1; 0: there is none; -1 and errno. */
extern int cursor_read (stralloc *, char const *file) ;

 /* Puts it there in the place of what was. 0 and errno. */
extern int cursor_write (char const *file, char const *, size_t, int issafe) ;

#endif
