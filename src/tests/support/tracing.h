/* ISC license. */

/* The daemon's system calls, by strace(1). */

#ifndef S6ACTIVATION_TESTS_TRACING_H
#define S6ACTIVATION_TESTS_TRACING_H

#include <sys/types.h>

#include "rawclient.h"
#include "testdaemon.h"

struct tracing
{
  pid_t pid ;
  char *s ;  /* the trace, lines */
  size_t len ;
} ;

extern void tracing_need (void) ;  /* skips the whole file where it cannot work */
extern void tracing_start (struct tracing *, struct testdaemon const *) ;
extern void tracing_end (struct tracing *) ;  /* the trace is there then */
extern void tracing_free (struct tracing *) ;

 /* Leaves a mark in the trace: a delete of that id, which is not held. */
extern void tracing_mark (struct rawclient *, char const *id) ;

 /* System calls between two marks (both of them and their answers excluded):
    all, or those whose line holds that text. clock_gettime is never counted. */
extern unsigned int tracing_count (struct tracing const *, char const *from, char const *to, char const *text) ;

#endif
