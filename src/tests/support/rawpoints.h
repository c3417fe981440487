/* ISC license. */

/* Points about what the raw client hears, one fact each. Each name is a
   format, and what the point says is put behind it. Each returns whether all
   of them hold. */

#ifndef S6ACTIVATION_TESTS_RAWPOINTS_H
#define S6ACTIVATION_TESTS_RAWPOINTS_H

#include <stdint.h>

#include "rawclient.h"

 /* It lists, and so many ids. */
extern int raw_point_count (struct rawclient *, long, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;

 /* It retrieves, and that file. */
extern int raw_point_retrieve (struct rawclient *, unsigned int flags, char const *id, int file, char const * /* name */, ...) __attribute__((format(printf, 5, 6))) ;

 /* The last answer brought one descriptor, which is of that file. Closes what came. */
extern int raw_point_file (struct rawclient *, int file, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;

 /* It announces a dump of so many, which is granted, and sends a frame of n, to which the answer is want. */
extern int raw_point_dump (struct rawclient *, uint32_t total, char const *const *ids, int const *, unsigned int n, int want, char const * /* name */, ...) __attribute__((format(printf, 7, 8))) ;

 /* The next n events are these, as raw_events has them. */
extern int raw_point_events (struct rawclient *, unsigned int n, char const *want, char const * /* name */, ...) __attribute__((format(printf, 4, 5))) ;

 /* It has no event, after a turn of the daemon. */
extern int raw_point_quiet (struct rawclient *, char const * /* name */, ...) __attribute__((format(printf, 2, 3))) ;

 /* On that socket nothing has been said, nor the end. */
extern int raw_point_silent (int fd, char const * /* name */, ...) __attribute__((format(printf, 2, 3))) ;

 /* What was answered is want, and then the connection is closed. */
extern int raw_point_closed (struct rawclient *, int got, int want, char const * /* name */, ...) __attribute__((format(printf, 4, 5))) ;

#endif
