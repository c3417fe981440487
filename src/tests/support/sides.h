/* ISC license. */

/* Two holders, of which the second has a burden: what a retrieve from each costs. */

#ifndef S6ACTIVATION_TESTS_SIDES_H
#define S6ACTIVATION_TESTS_SIDES_H

#include "rawclient.h"
#include "testdaemon.h"

struct side
{
  struct testdaemon holder ;
  struct rawclient c ;  /* which has stored "file" there */
  double best ;
} ;

 /* Who asks, and what is begun from now on, have one processor: to wake another one
    can cost ten times what is compared. */
extern void sides_pin (void) ;

extern void side_begin (struct side *, char const *path, char const *const *options, enum frame_dialect, int file) ;

 /* What it costs: several retrieves of "file", in seconds. */
typedef double side_cost_func (struct rawclient *) ;
extern double side_retrieve (struct rawclient *) ;  /* one of many, on the average */

 /* One point: the second of two costs at most 1.2 times as much. Rounds are interleaved,
    and the best of each counts, for the machine may have other work; so many tries,
    with a pause between two, and each on another processor if they have one. */
extern void sides_compare (struct side *, side_cost_func *, unsigned int rounds, unsigned int tries, char const *name) ;

#endif
