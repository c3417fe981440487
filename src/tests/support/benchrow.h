/* ISC license. */

#ifndef S6ACTIVATION_TESTS_BENCHROW_H
#define S6ACTIVATION_TESTS_BENCHROW_H

 /* A row of a table in which two sides, ours and a peer, are measured in turn: the
    least value of each, their ratio, and the goal. */

enum { BENCHROW_SIDES = 2 } ;

struct benchrow
{
  char const *title ;
  double least[BENCHROW_SIDES] ;
  unsigned int count[BENCHROW_SIDES] ;  /* 0: it was not measured */
} ;

extern void benchrow_take (struct benchrow *, unsigned int side, double value) ;
extern void benchrow_print (struct benchrow const *, char const *goal) ;

#endif
