/* ISC license. */

/* Points about how long something took. */

#ifndef S6ACTIVATION_TESTS_TIMING_H
#define S6ACTIVATION_TESTS_TIMING_H

#include <stddef.h>

 /* One point: so many seconds are at most so many milliseconds, or so many times as
    long as test_patience() says. Not judged where times prove nothing. */
extern int timing_most (double seconds, long milliseconds, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;

 /* One point: they are not less. Judged everywhere. */
extern int timing_least (double seconds, long milliseconds, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;

 /* The time that so many percent of them do not exceed. Sorts them; 0 where there is none. */
extern double timing_percentile (double *took, size_t n, unsigned int percent) ;

#endif
