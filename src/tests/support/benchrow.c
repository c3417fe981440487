/* ISC license. */

#include <stdio.h>

#include "benchrow.h"

void benchrow_take (struct benchrow *r, unsigned int side, double value)
{
  if (!r->count[side]++ || value < r->least[side]) r->least[side] = value ;
}

void benchrow_print (struct benchrow const *r, char const *goal)
{
  printf("%-52s", r->title) ;
  for (unsigned int i = 0 ; i < BENCHROW_SIDES ; i++)
    if (r->count[i]) printf(" %10.2f", r->least[i]) ;
    else printf(" %10s", "-") ;
  if (r->count[0] && r->count[1] && r->least[1] > 0) printf(" %8.2f", r->least[0] / r->least[1]) ;
  else printf(" %8s", "-") ;
  printf("  %s\n", goal) ;
  fflush(stdout) ;
}
