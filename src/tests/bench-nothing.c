/* ISC license. */

 /*
   The tiny static program that the benchmarks execute into. With an
   argument it writes a byte, and stays until its stdin ends.
 */

#include <unistd.h>

int main (int argc, char **argv)
{
  char c = '\n' ;
  (void)argv ;
  if (argc < 2) return 0 ;
  if (write(1, &c, 1) == 1) while (read(0, &c, 1) > 0) ;
  return 0 ;
}
