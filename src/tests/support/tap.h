/* ISC license. */

/* What unit mains print: TAP, one line for each point, the plan last. */

#ifndef S6ACTIVATION_TESTS_TAP_H
#define S6ACTIVATION_TESTS_TAP_H

 /* One point; name is a format as for printf. Returns condition. */
extern int tap_ok (int /* condition */, char const * /* name */, ...) __attribute__((format(printf, 2, 3))) ;

 /* A comment. */
extern void tap_diag (char const * /* text */, ...) __attribute__((format(printf, 1, 2))) ;

 /* Instead of all points: the file cannot be run here. Exits 0. */
extern void tap_skip_all (char const * /* why */) __attribute__((noreturn)) ;

 /* For what a test needs and has nothing to do with what it tests: exits 111, saying name and errno. */
extern void tap_bail (char const * /* name */) __attribute__((noreturn)) ;

 /* Prints the plan; main returns what it returns: 1 if a point failed. */
extern int tap_done (void) ;

#endif
