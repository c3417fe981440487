/* ISC license. */

#ifndef S6ACTIVATION_ARCHIVES_H
#define S6ACTIVATION_ARCHIVES_H

 /* The archives of a logdir, oldest first: names of 27 bytes, a TAI64N label and .s or
    .u, and their sizes. The list is read once, and kept up to date by who changes the
    directory. */

#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <sys/stat.h>

 /* What else is in a logdir that has lines. */
#define LOGDIR_CURRENT "current"
#define LOGDIR_PREVIOUS "previous"
#define LOGDIR_PROCESSED "processed"

enum { LOGDIR_FINISHED = S_IXUSR } ;  /* a file that has this is whole */

enum { ARCHIVE_NAME = 27 } ;

enum archive_kind
{
  ARCHIVE_FINISHED = 's',
  ARCHIVE_UNFINISHED = 'u'
} ;

struct archive
{
  char name[ARCHIVE_NAME + 1] ;
  uint64_t size ;
  uint64_t ino ;  /* as it was read; 0: it was added */
} ;

struct archives
{
  struct archive *list ;
  size_t n ;
  size_t max ;
  uint64_t total ;  /* bytes */
} ;
#define ARCHIVES_ZERO { .list = 0, .n = 0, .max = 0, .total = 0 }

 /* Replaces what it knows. dir: the logdir. 0 and errno: nothing has changed. */
extern int archives_read (struct archives *, int dir) ;
extern void archives_free (struct archives *) ;

 /* A name that is later than all others, whatever the clock says. s: ARCHIVE_NAME + 1 bytes. */
extern void archives_name (struct archives const *, char *s, struct timespec const *now, enum archive_kind) ;

 /* Makes room for one more. 0 and errno ENOMEM. */
extern int archives_reserve (struct archives *) ;

 /* Adds the newest one, after archives_reserve. */
extern void archives_add (struct archives *, char const *name, uint64_t size) ;

struct archives_limits
{
  uint64_t total ;  /* bytes; 0: no limit */
  uint32_t n ;
  uint32_t age ;  /* seconds; 0: no limit */
} ;

 /* Deletes the oldest ones until what is left is within the limits. What cannot be deleted
    is passed over: failed is its name, or 0, and errno. */
extern void archives_trim (struct archives *, int dir, struct archives_limits const *, struct timespec const *now, char const **failed) ;

#endif
