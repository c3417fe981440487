/* ISC license. */

/* A holder that executes itself, and says so in the file log of the working
   directory. Every wait ends. */

#ifndef S6ACTIVATION_TESTS_UPGRADING_H
#define S6ACTIVATION_TESTS_UPGRADING_H

#include "testdaemon.h"

#define UPGRADING_DONE "executed itself, and goes on"
#define UPGRADING_QUIESCES "waiting for what is under way"
#define UPGRADING_REFUSED "will not execute itself"
#define UPGRADING_FAILED "unable to execute itself"

 /* In a directory with all rights for everybody: what is logged goes to the file. */
extern void upgrading_begin (void) ;

 /* At "s", with -v 2 and those options; of a program of another name, if that is not 0. */
extern void upgrading_start (struct testdaemon *, char const *const *options) ;

 /* How many lines of the log have it; and waits until there are so many. 0: they do not come. */
extern unsigned int upgrading_count (char const *word) ;
extern int upgrading_await (char const *word, unsigned int n) ;

 /* SIGUSR1, and waits for the outcome. 0: it does not come. */
extern int upgrading_do (struct testdaemon const *) ;
extern int upgrading_is_refused (struct testdaemon const *, char const *why) ;

#endif
