/* ISC license. */

#ifndef S6ACTIVATION_WHOLEFILE_H
#define S6ACTIVATION_WHOLEFILE_H

 /* Small files that nobody sees in part. */

#include <stddef.h>
#include <sys/types.h>

 /* The first max bytes of a regular file, or the last ones; or all. size: how long it is,
    may be 0. Never waits. -1 and errno: EINVAL it is something else. */
extern ssize_t wholefile_read (char const *path, char *s, size_t max, off_t *size) ;
extern ssize_t wholefile_readlast (char const *path, char *s, size_t max, off_t *size) ;

 /* Puts another file in its place, by way of PATH.new; 0666 & ~umask. 0 and errno:
    the old one is there as it was. */
extern int wholefile_replace (char const *path, char const *s, size_t len) ;

 /* One more record of len bytes behind those that a regular file has, up to max bytes in
    all, in one write: as long as these are in one page, no reader sees part of it. 0 and
    errno: the file is as it was. EFBIG there would be more than max, EBADMSG it is no
    sequence of such records, EINVAL it is no regular file. */
extern int wholefile_append (char const *path, char const *s, size_t len, size_t max) ;

 /* Writes over what is at its beginning, in one write: for what nobody reads at the same
    time. 0 and errno: some of it may be there. */
extern int wholefile_overwrite (char const *path, char const *s, size_t len) ;

 /* An empty one, made if it is not there. Whoever replaces it at the same time is not
    disturbed. 0 and errno. */
extern int wholefile_empty (char const *path) ;

#endif
