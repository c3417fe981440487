/* ISC license. */

/* What fuzz mains share. Each defines LLVMFuzzerTestOneInput, and, unless
   LIBFUZZER is defined, a main that replays the files of the folders that
   it is given:

     tools/fuzz -r 10000000 NAME
*/

#ifndef S6ACTIVATION_TESTS_FUZZ_H
#define S6ACTIVATION_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>

extern int LLVMFuzzerTestOneInput (uint8_t const *, size_t) ;

typedef int fuzz_input_function (uint8_t const *, size_t) ;

 /* One TAP point for each folder; what main returns. */
extern int fuzz_replay (int, char const *const *, fuzz_input_function *) ;

 /* For inputs that are a list of things to do: the next byte, 0 at the end. */
struct fuzz_script
{
  uint8_t const *s ;
  size_t len ;
} ;
extern uint8_t fuzz_next (struct fuzz_script *) ;

#ifdef LIBFUZZER
#define FUZZ_MAIN()
#else
#define FUZZ_MAIN() \
int main (int argc, char const *const *argv) \
{ \
  return fuzz_replay(argc, argv, &LLVMFuzzerTestOneInput) ; \
}
#endif

#endif
