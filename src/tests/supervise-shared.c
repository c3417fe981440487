/* ISC license. */

/* s6-supervise with the shared C library, whatever the one of the build is linked with: it
   takes shims, and its imports are what that one uses of the C library. */

#include "supervision/s6-supervise.c"
