/* ISC license. */

/* What is logged meanwhile, by a log within this process. */

#ifndef S6ACTIVATION_TESTS_CAPTURE_H
#define S6ACTIVATION_TESTS_CAPTURE_H

#include <stddef.h>

#include "libdaemon/log.h"

struct capture
{
  struct log *log ;
  int pipe[2] ;
} ;

 /* From now on at that verbosity; no more than a pipe takes. */
extern void capture_begin (struct capture *, struct log *, unsigned int verbosity) ;

 /* The log is silent then, and goes to stderr again. Puts the text and a NUL into s. */
extern void capture_end (struct capture *, char *s, size_t room) ;

#endif
