/* ISC license. */

#ifndef S6ACTIVATION_LINES_H
#define S6ACTIVATION_LINES_H

 /* The lines of a batch, without a copy. A newline ends a line, and so does a NUL. A
    line that is longer than the limit is cut after that many bytes: each piece is a
    line. */

#include <stddef.h>

struct lines
{
  char const *s ;
  size_t len ;
  size_t at ;  /* so much was given out, with what ended it */
  size_t limit ;  /* bytes of a line; 0: none */
  size_t nul ;  /* where the next one is; len: nowhere */
} ;

extern void lines_init (struct lines *, char const *, size_t len, size_t limit) ;

 /* 1: a line, without what ends it. 0: the rest is no line yet. */
extern int lines_next (struct lines *, char const **line, size_t *len) ;

 /* What comes after it is not waited for: the rest is a line, if there is any. */
extern int lines_last (struct lines *, char const **line, size_t *len) ;

#endif
