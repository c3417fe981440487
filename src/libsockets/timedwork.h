/* ISC license. */

#ifndef S6ACTIVATION_TIMEDWORK_H
#define S6ACTIVATION_TIMEDWORK_H

#include <stddef.h>

 /*
   Runs work in a child for at most ms milliseconds (0: here, and as long as
   it takes). work writes up to size bytes to out; how many, or -1 and errno.
 */
extern ptrdiff_t timedwork_run (ptrdiff_t (*work) (void const *data, char *out, size_t size), void const *data, char *out, size_t size, unsigned int ms) ;

#endif
