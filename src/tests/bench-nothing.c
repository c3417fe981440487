/* ISC license. */

 /* The tiny static program that the benchmark's clients execute into. */

int main (void)
{
  return 0 ;
}
