/* ISC license. */

/* What unit mains print: TAP, one line for each point, the plan last. */

#ifndef S6ACTIVATION_TESTS_TAP_H
#define S6ACTIVATION_TESTS_TAP_H

#include <stddef.h>
#include <stdint.h>

 /* One point; name is a format as for printf. Returns condition. */
extern int tap_ok (int /* condition */, char const * /* name */, ...) __attribute__((format(printf, 2, 3))) ;

 /* One point about a value: where it is not the one that is wanted, both are
    told. tap_error is for what is 0 or an errno, tap_string takes 0 for no
    string, tap_contains looks for a part of one, tap_bytes compares two runs of bytes. Each returns whether it holds. */
extern int tap_int (intmax_t /* got */, intmax_t /* want */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;
extern int tap_error (int /* got */, int /* want */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;
extern int tap_string (char const * /* got */, char const * /* want */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;
extern int tap_contains (char const * /* got */, char const * /* part */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;
extern int tap_bytes (void const * /* got */, size_t, void const * /* want */, size_t, char const * /* name */, ...) __attribute__((format(printf, 5, 6))) ;

 /* The same about a value that has a bound, which is not exceeded, or is reached. */
extern int tap_most (intmax_t /* got */, intmax_t /* most */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;
extern int tap_least (intmax_t /* got */, intmax_t /* least */, char const * /* name */, ...) __attribute__((format(printf, 3, 4))) ;

 /* A comment. */
extern void tap_diag (char const * /* text */, ...) __attribute__((format(printf, 1, 2))) ;

 /* Instead of all points: the file cannot be run here. Exits 0. */
extern void tap_skip_all (char const * /* why */) __attribute__((noreturn)) ;

 /* For what a test needs and has nothing to do with what it tests: exits 111, saying name and errno. */
extern void tap_bail (char const * /* name */) __attribute__((noreturn)) ;

 /* Prints the plan; main returns what it returns: 1 if a point failed. */
extern int tap_done (void) ;

#endif
